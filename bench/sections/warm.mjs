import { setTimeout as pause } from 'node:timers/promises'
import { Pool } from 'isolane'
import { interleave } from '../lib/measure.mjs'
import { median } from '../lib/statistics.mjs'
import { ISOLANE, ISOLANE_NODE } from '../peers/contenders.mjs'
import { roomByTag } from '../workloads/workloads.mjs'

const CALLS = 1_000
/** Rooms of a call. */
const ROOMS = 2
/** Rooms that a function is warmed with. */
const SAMPLES = 500
const RULES = 100
/** Of the last calls the median: a single one is the machine's as much as ours. */
const LAST = 100

/** Pools of one thread, and how their worker is replaced after so many calls. */
const CONTENDERS = {
  [ISOLANE]: { engine: 'v8', isWarmed: true },
  [`${ISOLANE}, not warmed`]: { engine: 'v8', isWarmed: false },
  [ISOLANE_NODE]: { engine: 'node', isWarmed: true },
  [`${ISOLANE_NODE}, not warmed`]: { engine: 'node', isWarmed: false },
}

const METRICS = [
  { key: 'firstUs', label: 'first µs' },
  { key: 'laterUs', label: `${CALLS}th µs` },
  { key: 'firstTimes', label: 'first, × of that' },
  { key: 'replacedTimes', label: 'first after a replacement, ×' },
]

/** What the first call costs that a worker has, against a late one. */
export const warmSection = {
  name: 'warm',
  async run({ rounds, note, onUnavailable }) {
    note(`${CALLS} calls of ${ROOMS} rooms, in new pools`)
    const { fn, items, rules } = roomByTag('matchRoom', SAMPLES, RULES)
    const available = new Map()
    for (const [name, contender] of Object.entries(CONTENDERS)) {
      try {
        await new Pool({ threads: 1, engine: contender.engine }).close()
        available.set(name, contender)
      } catch (error) {
        onUnavailable(name, error)
      }
    }
    const sample = (contender) => firstCalls(contender, fn, items, rules)
    const samples = await interleave(available, rounds, sample, 1)
    const title = `first calls of ${ROOMS} rooms × ${RULES} rules, one thread`
    return [{ id: 'warm', title, metrics: METRICS, samples }]
  },
}

async function firstCalls({ engine, isWarmed }, fn, items, rules) {
  const options = engine === 'v8' ? { recycleAfterTasks: CALLS } : {}
  const pool = new Pool({ threads: 1, engine, ...options })
  const shared = [await pool.share('rules', rules)]
  await rested(pool)
  if (isWarmed) await pool.warm([fn], { shared, samples: [items] })
  const call = async () => {
    const called = performance.now()
    await pool.map(items.slice(0, ROOMS), fn, { shared, chunkSize: ROOMS })
    return (performance.now() - called) * 1e3
  }
  const replaced = new Promise((resolve) => pool.once('workerCreate', resolve))
  const times = []
  while (times.length < CALLS) times.push(await call())
  if (engine === 'node') await pool.run(() => process.exit(1)).catch(() => {})
  // Nothing else keeps the process alive.
  const alive = setInterval(() => {}, 1_000)
  await replaced
  clearInterval(alive)
  await rested(pool, isWarmed ? items.length : 0)
  const again = await call()
  await pool.close()
  const [firstUs] = times
  const laterUs = median(times.slice(-LAST))
  return { firstUs, laterUs, firstTimes: firstUs / laterUs, replacedTimes: again / laterUs }
}

/** Waits until the worker has done so many items and has nothing to do, its housekeeping included. */
async function rested(pool, items = 0) {
  const isSo = ({ state, itemsDone }) => state === 'idle' && itemsDone >= items
  while (!isSo(pool.status()[0])) await pause(1)
  await pause(200)
}
