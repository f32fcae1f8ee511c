/** `node start-child.mjs <place> <functions> <threads>`: what a start cost, as JSON on stdout. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { FunctionRegistry } from '@isolane/functions'
import { Pool } from 'isolane'
import { endWithParent } from '../lib/children.mjs'
import { median } from '../lib/statistics.mjs'
import { storeIn } from './places.mjs'
import { nameOf, orderOf } from './texts.mjs'

endWithParent()
setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc')

const [text, count, threads] = process.argv.slice(2)
const place = JSON.parse(text)
const pool = new Pool({ threads: Number(threads) })
await pool.run(() => 0)
const heapBefore = heapUsed()
const cpuBefore = process.cpuUsage()
const started = performance.now()
const functions = new FunctionRegistry(pool, optionsFor(place))
await functions.ready
const readyMs = performance.now() - started
const { user, system } = process.cpuUsage(cpuBefore)
const { ms: listMs, length } = list()
if (length !== Number(count)) throw new Error(`There are ${length} functions, not ${count}`)
const called = performance.now()
await functions.run(nameOf(0), orderOf(0))
const firstMs = performance.now() - called
const heapBytes = (heapUsed() - heapBefore) / length
const figures = { readyMs, cpuMs: (user + system) / 1000, listMs, firstMs, heapBytes }
process.stdout.write(JSON.stringify(figures), () => process.exit())

function optionsFor({ kind, path }) {
  if (kind !== 'snapshot') return { store: storeIn({ kind, path }), timeout: 60_000 }
  const away = async () => {
    throw new Error('The store is away')
  }
  const store = { head: away, read: away, records: away, commit: away, history: away }
  return { store, snapshot: path }
}

function list() {
  let listed = []
  const times = Array.from({ length: 9 }, () => {
    const began = performance.now()
    listed = functions.list()
    return performance.now() - began
  })
  return { ms: median(times), length: listed.length }
}

function heapUsed() {
  collectGarbage()
  return process.memoryUsage().heapUsed
}
