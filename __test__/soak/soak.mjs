/**
 * Everything at once: good, failing, slow, leaking and hostile functions at full rate, aborts, pools
 * that come and go, and injected faults. `scripts/soak.mjs` runs it.
 */
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { isDeepStrictEqual, inspect, parseArgs } from 'node:util'
import { setTimeout as pause } from 'node:timers/promises'
import { Pool } from 'isolane'
import { threadCount, Memory } from './measures.mjs'
import { isInjected, kinds, rare } from './work.mjs'

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

let seed = Number(values.seed) >>> 0
/** Park and Miller, so that a run can be repeated as far as threads allow. */
function random(limit) {
  seed = (Math.imul(seed, 48_271) >>> 0) + 1
  return (seed >>> 8) % limit
}

const tally = { started: 0, settled: 0, injected: 0, wrong: [] }
const byKind = {}
const running = new Map()

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
  } else if (values.faults && isInjected(settled.error)) {
    tally.injected++
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

/** A pool for a while, then its end: by `close`, or by `destroy` with calls on board. */
async function season(until) {
  const pool = new Pool(options)
  const base = await pool.share('base', 1000)
  const lanes = Array.from({ length: IN_FLIGHT }, () => lane(pool, base, until))
  await Promise.all(lanes)
  if (random(2) === 0) return pool.close()
  const ends = Array.from({ length: 10 }, () => pool.run((x) => x, 1).catch((e) => e))
  await pool.destroy()
  for (const end of await Promise.all(ends)) {
    if (end !== 1 && end.code !== 'ERR_ISOLANE_POOL_CLOSED' && !isInjected(end)) {
      tally.wrong.push(`at the end of a pool: ${inspect(end)}`)
    }
  }
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

const { setFaults } = createRequire(import.meta.url)(process.env.NAPI_RS_NATIVE_LIBRARY_PATH)
const started = performance.now()
const end = started + seconds * 1000
const dog = watch()
// V8's own threads start with the first pool and stay.
await season(started + 500)
const threadsBefore = threadCount()
if (values.faults) setFaults(500, 200, 50, 20_000)
const memory = new Memory()
while (performance.now() < end && tally.wrong.length === 0) {
  await season(Math.min(end, performance.now() + 4000))
  await memory.sample()
}
setFaults(0, 0, 0, 0)
clearInterval(dog)
await pause(200)

const took = (performance.now() - started) / 1000
console.log(
  `${tally.settled} calls in ${took.toFixed(0)} s (${(tally.settled / took).toFixed(0)}/s), ` +
    `${tally.injected} ended by injected faults; seed ${values.seed}`,
)
console.log(
  Object.entries(byKind)
    .map(([name, count]) => `${name} ${count}`)
    .join(', '),
)
console.log(memory.describe())
assert.deepEqual(tally.wrong, [], 'every call has the right answer')
assert.equal(tally.settled, tally.started, 'every call settles once')
assert.equal(running.size, 0)
memory.assertNoSlope()
const threadsAfter = threadCount()
assert.ok(threadsAfter <= threadsBefore, `${threadsAfter} threads, ${threadsBefore} before`)
const handles = process.getActiveResourcesInfo().filter((kind) => !/TTY|Pipe|File/.test(kind))
assert.deepEqual(handles, [], 'no handle is left')
console.log(`✓ ${threadsAfter} threads and no handle left`)
