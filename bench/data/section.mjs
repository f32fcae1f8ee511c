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
/** About 50 MB. */
const MANY_ROWS = 600_000

const METRICS = [
  { key: 'callsP99Ms', label: 'calls p99 ms' },
  { key: 'delayP99Ms', label: 'delay p99 ms' },
  { key: 'delayMaxMs', label: 'delay max ms' },
  { key: 'refreshMs', label: 'a refresh, ms' },
]

const METRICS_OF_LOADS = [
  { key: 'delayP99Ms', label: 'delay p99 ms' },
  { key: 'delayMaxMs', label: 'delay max ms' },
  { key: 'loadMs', label: 'a load, ms' },
]

const read = (n, { shared }) => shared.table[n].price

/** Data that is another at each load: of about 10 MB while calls read it, and of about 50 MB. */
export const dataSection = {
  name: 'data',
  async run({ rounds, threads, refreshes, note }) {
    note('refreshes of 10 MB beside calls')
    const beside = await besideCalls(rounds, threads, Math.ceil(refreshes / rounds))
    note('loads of 50 MB')
    return [beside, await largeLoads(rounds, threads)]
  },
}

async function besideCalls(rounds, threads, each) {
  const { two, texts } = versions(ROWS)
  const contenders = new Map([
    ['no refreshes', { load: () => two[0], refreshes: 0 }],
    ['objects', { load: (i) => two[i % 2], refreshes: each }],
    ['JSON text', { load: (i) => texts[i % 2], from: 'json', refreshes: each }],
  ])
  const samples = await interleave(contenders, rounds, (kind) => turn(kind, threads))
  const title = `${each * rounds} refreshes of ${megabytes(texts)} MB beside calls that read it`
  return { id: 'data', title, metrics: METRICS, samples }
}

/** What the event loop notices of a large load that nobody reads yet. */
async function largeLoads(rounds, threads) {
  const { two, texts } = versions(MANY_ROWS)
  const contenders = new Map([
    ['nothing', undefined],
    ['objects', { load: (i) => two[i % 2] }],
    ['JSON text', { load: (i) => texts[i % 2], from: 'json' }],
  ])
  const samples = await interleave(contenders, rounds, (kind) => largeLoad(kind, threads))
  const title = `A load of ${megabytes(texts)} MB`
  return { id: 'data-large', title, metrics: METRICS_OF_LOADS, samples }
}

async function largeLoad(kind, threads) {
  if (kind === undefined) {
    const { delayP99Ms, delayMaxMs } = await measure(() => pause(ALONE_MS))
    return { delayP99Ms, delayMaxMs, loadMs: 0 }
  }
  const { load, ...options } = kind
  const pool = new Pool({ threads, memoryLimitMb: 2048 })
  const cache = new DataCache(pool)
  let loads = 0
  const data = cache.define('table', { load: () => load(loads++), timeout: 300_000, ...options })
  await data.ready
  const { wallMs, delayP99Ms, delayMaxMs } = await measure(() => data.refresh())
  await cache.close()
  await pool.close()
  return { delayP99Ms, delayMaxMs, loadMs: wallMs }
}

function versions(rows) {
  const two = [1, 2].map((price) => table(price, rows))
  return { two, texts: two.map((value) => Buffer.from(JSON.stringify(value))) }
}

function megabytes([text]) {
  return (text.length / 1e6).toFixed(0)
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

function table(price, rows) {
  return Array.from({ length: rows }, (_, id) => ({
    id,
    name: `hotel ${id}`,
    price: price * id,
    tags: ['wifi', 'pool'],
    open: true,
  }))
}
