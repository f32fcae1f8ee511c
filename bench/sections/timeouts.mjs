import { quantile } from '../lib/statistics.mjs'
import { ISOLANE } from '../peers/contenders.mjs'
import { Pool } from 'isolane'

const CALLS = 200
const TIMEOUT_MS = 20

const METRICS = [
  { key: 'lateP50Ms', label: 'late p50 ms' },
  { key: 'lateP99Ms', label: 'late p99 ms' },
  { key: 'nextP50Ms', label: 'next p50 ms' },
  { key: 'nextP99Ms', label: 'next p99 ms' },
]

/** How late a call that runs for ever is rejected, and when the next one on that worker is done. */
export const timeoutsSection = {
  name: 'timeouts',
  async run({ rounds, note }) {
    note(`${CALLS} endless calls with a timeout of ${TIMEOUT_MS} ms, one after another`)
    const pool = new Pool({ threads: 1 })
    await endless(pool, 10)
    const samples = { [ISOLANE]: Object.fromEntries(METRICS.map(({ key }) => [key, []])) }
    for (let round = 0; round < rounds; round++) {
      const figures = await endless(pool, CALLS)
      for (const { key } of METRICS) samples[ISOLANE][key].push(figures[key])
    }
    await pool.close()
    return [{ id: 'timeouts', title: 'after a timeout', metrics: METRICS, samples }]
  },
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
