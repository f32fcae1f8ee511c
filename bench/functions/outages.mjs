import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { FunctionRegistry, memory } from '@isolane/functions'
import { redis } from '@isolane/functions/redis'
import { Pool } from 'isolane'
import { interleave } from '../lib/measure.mjs'
import { quantile } from '../lib/statistics.mjs'
import { withRedis } from './places.mjs'

const CALLERS = 4
/** How long calls are measured, before the store is away and while it is. */
const WINDOW_MS = 1000
/** The store is asked so often, and given up on after so long. */
const POLL_MS = 50
const TIMEOUT_MS = 1000

const METRICS = [
  { key: 'beforeMs', label: 'calls p99 ms' },
  { key: 'awayMs', label: 'calls p99 ms, the store away' },
  { key: 'times', label: 'ratio' },
]

/** Calls by name before a store is away and while it is; in one way it stays, which says how far windows differ. */
export async function outages({ rounds, threads, note, onUnavailable }) {
  note('calls while the store is away')
  const samples = await withRedis(onUnavailable, (server) => {
    const ways = new Map([
      ['it stays', { store: () => memory() }],
      ['requests hang', hanging()],
    ])
    if (server !== undefined) {
      const store = () => redis({ connection: url(server), timeout: TIMEOUT_MS })
      const resume = () => server.resume()
      const start = () => server.start()
      ways.set('redis hangs', { store, take: () => server.pause(), giveBack: resume })
      ways.set('redis is killed', { store, take: () => server.kill(), giveBack: start })
    }
    return interleave(ways, Math.ceil(rounds / 3), (way) => sample(way, threads), 1)
  })
  const title = `calls by name, ${CALLERS} at a time, before the store is away and while it is`
  return { id: 'functions-outage', title, metrics: METRICS, samples }
}

const url = ({ port }) => `redis://127.0.0.1:${port}`

/** A store in this process that answers no more. */
function hanging() {
  let answers = Promise.resolve()
  let giveBack
  const take = () => void (answers = new Promise((resolve) => (giveBack = resolve)))
  const store = () => {
    const kept = memory()
    const faces = ['head', 'read', 'records', 'commit', 'history'].map((name) => [
      name,
      (...args) => answers.then(() => kept[name](...args)),
    ])
    return Object.fromEntries(faces)
  }
  return { store, take, giveBack: () => giveBack() }
}

/** Both windows, with a pool and a registry of their own. */
async function sample({ store, take, giveBack }, threads) {
  const pool = new Pool({ threads })
  const options = { pollInterval: POLL_MS, timeout: TIMEOUT_MS }
  const functions = new FunctionRegistry(pool, { store: store(), ...options })
  try {
    await functions.publish('next', '(n) => n + 1')
    await p99(functions)
    const beforeMs = await p99(functions)
    const awayMs = await whileAway(functions, { take, giveBack }, () => p99(functions))
    return { beforeMs, awayMs, times: awayMs / beforeMs }
  } finally {
    await functions.close()
    await pool.close()
  }
}

/** What `measured` gives while the registry knows that its store is away. */
async function whileAway(functions, { take, giveBack }, measured) {
  if (take === undefined) return measured()
  // Neither a registry nor a store that hangs keeps a process alive.
  const alive = setInterval(() => {}, WINDOW_MS)
  const noticed = once(functions, 'storeError')
  try {
    await take()
    await noticed
    const given = await measured()
    const recovered = once(functions, 'storeRecovered')
    await giveBack()
    await recovered
    return given
  } finally {
    clearInterval(alive)
  }
}

/** Of calls in a window, from `run` to its result, in milliseconds. */
async function p99(functions) {
  const end = performance.now() + WINDOW_MS
  const ms = []
  const call = async () => {
    while (performance.now() < end) {
      const start = performance.now()
      await functions.run('next', ms.length)
      ms.push(performance.now() - start)
      await pause(1)
    }
  }
  await Promise.all(Array.from({ length: CALLERS }, call))
  return quantile(ms, 0.99)
}
