/**
 * Everything at once: good, failing, slow, leaking and hostile functions at full rate, aborts, pools
 * that come and go, and injected faults. `scripts/soak.mjs` runs it.
 */
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { isDeepStrictEqual, inspect, parseArgs } from 'node:util'
import { setTimeout as pause } from 'node:timers/promises'
import { Pool } from 'isolane'
import { makeRandom } from '../../bench/workloads/random.mjs'
import { Ledger } from './ledger.mjs'
import { threadCount, Memory } from './measures.mjs'
import { faultBehind, kinds, rare } from './work.mjs'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    faults: { type: 'boolean', default: true },
  },
  allowNegative: true,
})
const seconds = Number(values.seconds)
const IN_FLIGHT = 24
/** A call that has not settled by then never will. */
const PATIENCE_MS = 60_000
const options = {
  threads: 2,
  memoryLimitMb: 64,
  recycleAfterTasks: 2000,
  maxLostWorkers: 1000,
  maxLogRecords: 100,
}

/** Seeded, so that a run can be repeated as far as threads allow. */
const draws = makeRandom(Number(values.seed))
const random = (limit) => draws.integer(0, limit - 1)

const tally = { started: 0, settled: 0, panic: 0, memory: 0, wrong: [] }
const byKind = {}
/** Why isolates were replaced, and how often. */
const replaced = {}
const running = new Map()
/** All that were made. */
const pools = []

/** Makes one call and holds it to what may come of it. */
async function attempt(pool, base, name) {
  const n = random(1_000_000)
  const items = Array.from({ length: random(60) }, () => random(1000))
  const id = ++tally.started
  running.set(id, { name, since: performance.now() })
  const [call, expected] = kinds[name](pool, { n, items, base })
  const settled = await call.then(
    (value) => ({ value }),
    (error) => ({ error }),
  )
  running.delete(id)
  tally.settled++
  byKind[name] = (byKind[name] ?? 0) + 1
  if ('value' in settled) {
    if ('value' in expected && isDeepStrictEqual(settled.value, expected.value)) return
  } else if (expected.codes?.includes(settled.error.code)) {
    return
  } else if (values.faults && faultBehind(settled.error) !== undefined) {
    tally[faultBehind(settled.error)]++
    return
  }
  tally.wrong.push(`${name}: ${inspect(settled, { depth: 3 }).slice(0, 600)}`)
}

const names = Object.keys(kinds)
function pick() {
  const name = names[random(names.length)]
  return rare.has(name) && random(10) > 0 ? pick() : name
}

/** Calls without a pause until `until`. */
async function lane(pool, base, until) {
  while (performance.now() < until && tally.wrong.length === 0) await attempt(pool, base, pick())
}

/** A pool for a while, then its end: by `close`, or by `destroy` with running calls. */
async function season(until) {
  const pool = new Pool({ ...options, console: false })
  pools.push(new WeakRef(pool))
  const base = await pool.share('base', 1000)
  // As listeners do, this one refers to all that is around it: to the pool and to its shared value.
  pool.on('workerDestroy', ({ reason }) => {
    if (reason !== undefined) replaced[reason] = (replaced[reason] ?? 0) + 1
  })
  const lanes = Array.from({ length: IN_FLIGHT }, () => lane(pool, base, until))
  await Promise.all(lanes)
  const ends = Array.from({ length: 10 }, () => pool.run((x) => x, 1).catch((e) => e))
  const destroyed = random(2) === 0
  await (destroyed ? pool.destroy() : pool.close())
  for (const end of await Promise.all(ends)) {
    if (end === 1 || (destroyed && end.code === 'ERR_ISOLANE_POOL_CLOSED')) continue
    const fault = values.faults ? faultBehind(end) : undefined
    if (fault === undefined) tally.wrong.push(`at the end of a pool: ${inspect(end)}`)
    else tally[fault]++
  }
}

/** Pools that something still refers to. */
async function uncollected() {
  for (let i = 0; i < 10; i++) {
    // What a WeakRef gave or was made for lives until the turn ends.
    await pause(10)
    globalThis.gc()
  }
  return pools.filter((pool) => pool.deref() !== undefined).length
}

function watch() {
  return setInterval(() => {
    for (const { name, since } of running.values()) {
      if (performance.now() - since < PATIENCE_MS) continue
      console.error(`✗ ${name} has not settled for ${PATIENCE_MS / 1000} s`)
      process.exit(1)
    }
  }, 1000)
}

const NEVER = { panic: 0, start: 0, lateWake: 0, memory: 0 }
const addon = createRequire(import.meta.url)(process.env.NAPI_RS_NATIVE_LIBRARY_PATH)
const ledger = new Ledger(addon)
const started = performance.now()
const end = started + seconds * 1000
const dog = watch()
// V8's own threads start with the first pool and stay.
await season(started + 500)
const threadsBefore = threadCount()
if (values.faults) addon.setFaults({ panic: 500, start: 40, lateWake: 50, memory: 20_000 })
const memory = new Memory()
while (performance.now() < end && tally.wrong.length === 0) {
  await season(Math.min(end, performance.now() + 4000))
  await memory.sample()
}
addon.setFaults(NEVER)
clearInterval(dog)
await pause(200)

const took = (performance.now() - started) / 1000
const struck = addon.struckFaults()
console.log(
  `${tally.settled} calls (${ledger.opened} jobs) in ${took.toFixed(0)} s ` +
    `(${(tally.settled / took).toFixed(0)}/s); seed ${values.seed}`,
)
console.log(
  `faults: ${Object.entries(struck)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ')}; ` +
    `calls that they ended: ${tally.panic} by panics, ${tally.memory} for want of memory`,
)
console.log(
  Object.entries(byKind)
    .map(([name, count]) => `${name} ${count}`)
    .join(', '),
)
console.log(
  `isolates replaced: ${Object.entries(replaced)
    .map(([reason, count]) => `${count} (${reason})`)
    .join(', ')}`,
)
console.log(memory.describe())
assert.deepEqual(tally.wrong, [], 'every call has the right answer')
assert.equal(tally.settled, tally.started, 'every call settles')
assert.deepEqual(ledger.wrong, [], 'every job ends once')
assert.equal(ledger.open, 0, 'every job ends')
// A fault ends one call at most: those that it is not to blame for have another reason.
assert.ok(tally.panic <= struck.panic, 'a call was lost without a panic')
assert.ok(tally.memory <= struck.memory, 'a call lacked memory that was not refused')
if (values.faults && took > 30) assert.ok(struck.panic > 0 && struck.start > 0 && struck.memory > 0)
memory.assertNoSlope()
const leftPools = await uncollected()
assert.equal(leftPools, 0, `${leftPools} of ${pools.length} pools that were closed are still held`)
const threadsAfter = threadCount()
assert.ok(threadsAfter <= threadsBefore, `${threadsAfter} threads, ${threadsBefore} before`)
const handles = process.getActiveResourcesInfo().filter((kind) => !/TTY|Pipe|File/.test(kind))
assert.deepEqual(handles, [], 'no handle is left')
console.log(`✓ ${threadsAfter} threads, none of ${pools.length} pools and no handle left`)
