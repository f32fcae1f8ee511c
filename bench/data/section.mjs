import { setTimeout as pause } from 'node:timers/promises'
import { DataCache } from '@isolane/functions'
import { Pool } from 'isolane'
import { interleave, measure } from '../lib/measure.mjs'

/** Between refreshes. */
const PAUSE_MS = 100
/** How long calls run without any. */
const ALONE_MS = 2000
const CALLERS = 4
/** About 10 MB. */
const ROWS = 130_000

const METRICS = [
  { key: 'callsP99Ms', label: 'calls p99 ms' },
  { key: 'delayP99Ms', label: 'delay p99 ms' },
  { key: 'delayMaxMs', label: 'delay max ms' },
  { key: 'refreshMs', label: 'a refresh, ms' },
]

const read = (n, { shared }) => shared.table[n].price

/** Data of about 10 MB that is another at each load, while calls read it. */
export const dataSection = {
  name: 'data',
  async run({ rounds, threads, refreshes, note }) {
    note('refreshes of 10 MB beside calls')
    const each = Math.ceil(refreshes / rounds)
    const two = [1, 2].map(table)
    const texts = two.map((value) => Buffer.from(JSON.stringify(value)))
    const contenders = new Map([
      ['no refreshes', { load: () => two[0], refreshes: 0 }],
      ['objects', { load: (i) => two[i % 2], refreshes: each }],
      ['JSON text', { load: (i) => texts[i % 2], from: 'json', refreshes: each }],
    ])
    const samples = await interleave(contenders, rounds, (kind) => turn(kind, threads))
    const title = `${each * rounds} refreshes of ${(texts[0].length / 1e6).toFixed(0)} MB`
    return [{ id: 'data', title: `${title} beside calls that read it`, metrics: METRICS, samples }]
  },
}

/** One turn, on a pool of its own. */
async function turn({ load, refreshes, ...options }, threads) {
  const pool = new Pool({ threads })
  const cache = new DataCache(pool)
  let loads = 0
  const data = cache.define('table', { load: () => load(loads++), timeout: 60_000, ...options })
  await data.ready
  const calls = { isOn: true, ms: [] }
  const { value, delayP99Ms, delayMaxMs } = await measure(async () => {
    const callers = Array.from({ length: CALLERS }, () => call(pool, data, calls))
    const refreshMs = await refresh(data, refreshes)
    calls.isOn = false
    await Promise.all(callers)
    return refreshMs
  })
  await cache.close()
  await pool.close()
  return { callsP99Ms: p99(calls.ms), delayP99Ms, delayMaxMs, refreshMs: value }
}

/** Calls one after the other. */
async function call(pool, data, calls) {
  while (calls.isOn) {
    const start = performance.now()
    await pool.run(read, calls.ms.length % ROWS, { shared: [data.shared] })
    calls.ms.push(performance.now() - start)
    await pause(1)
  }
}

/** Milliseconds of one. */
async function refresh(data, count) {
  if (count === 0) await pause(ALONE_MS)
  let ms = 0
  for (let i = 0; i < count; i++) {
    const start = performance.now()
    await data.refresh()
    ms += performance.now() - start
    await pause(PAUSE_MS)
  }
  return count === 0 ? 0 : ms / count
}

function p99(list) {
  return list.toSorted((a, b) => a - b)[Math.floor(list.length * 0.99)]
}

function table(price) {
  return Array.from({ length: ROWS }, (_, id) => ({
    id,
    name: `hotel ${id}`,
    price: price * id,
    tags: ['wifi', 'pool'],
    open: true,
  }))
}
