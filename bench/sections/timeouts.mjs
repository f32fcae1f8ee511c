import { Pool } from 'isolane'
import { interleave } from '../lib/measure.mjs'
import { quantile } from '../lib/statistics.mjs'
import { ISOLANE, ISOLANE_NODE } from '../peers/contenders.mjs'

const TIMEOUT_MS = 20

/**
 * Pools of one thread, and how many calls make a sample. On the node engine each costs a Worker and
 * takes ten times as long.
 */
const CONTENDERS = {
  [ISOLANE]: { calls: 200, options: { engine: 'v8' } },
  [ISOLANE_NODE]: { calls: 20, options: { engine: 'node' } },
  [`${ISOLANE_NODE}, a spare`]: { calls: 20, options: { engine: 'node', spareWorkers: 1 } },
}

const METRICS = [
  { key: 'lateP50Ms', label: 'late p50 ms' },
  { key: 'lateP99Ms', label: 'late p99 ms' },
  { key: 'nextP50Ms', label: 'next p50 ms' },
  { key: 'nextP99Ms', label: 'next p99 ms' },
]

/** How late a call that runs for ever is rejected, and when the next one on that worker is done. */
export const timeoutsSection = {
  name: 'timeouts',
  async run({ rounds, note, onUnavailable }) {
    note(`endless calls with a timeout of ${TIMEOUT_MS} ms, one after another`)
    const pools = startPools(onUnavailable)
    const sample = (pool, name) => endless(pool, CONTENDERS[name].calls)
    const samples = await interleave(pools, rounds, sample, 1)
    for (const pool of pools.values()) await pool.close()
    return [{ id: 'timeouts', title: 'after a timeout', metrics: METRICS, samples }]
  },
}

function startPools(onUnavailable) {
  const pools = new Map()
  for (const [name, { options }] of Object.entries(CONTENDERS)) {
    try {
      pools.set(name, new Pool({ threads: 1, ...options }))
    } catch (error) {
      onUnavailable(name, error)
    }
  }
  return pools
}

/** The worker is idle at the call, so execution starts at once. */
async function endless(pool, calls) {
  const late = new Float64Array(calls)
  const next = new Float64Array(calls)
  for (let i = 0; i < calls; i++) {
    const called = performance.now()
    const call = pool.run(forEver, 0, { timeout: TIMEOUT_MS }).catch(() => performance.now())
    const follower = pool.run(identity, i).then(() => performance.now())
    const rejected = await call
    late[i] = rejected - called - TIMEOUT_MS
    next[i] = (await follower) - rejected
  }
  return {
    lateP50Ms: quantile(late, 0.5),
    lateP99Ms: quantile(late, 0.99),
    nextP50Ms: quantile(next, 0.5),
    nextP99Ms: quantile(next, 0.99),
  }
}

const forEver = () => {
  for (;;);
}
const identity = (x) => x
