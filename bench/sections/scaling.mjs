import { availableParallelism } from 'node:os'
import { interleave, measure } from '../lib/measure.mjs'
import { ISOLANE, loadContender, startAll } from '../peers/contenders.mjs'
import { asText } from '../workloads/text.mjs'
import { roomByTag } from '../workloads/workloads.mjs'

const METRICS = [
  { key: 'wallMs', label: 'wall ms' },
  { key: 'busyMs', label: 'main thread busy ms' },
]

/** What crosses, and how: the threads have the same work in each. */
const KINDS = [
  {
    id: 'scaling-objects',
    title: 'objects in and out, 2,000 rooms × 300 tag rules',
    workload: () => roomByTag('matchRoom'),
    call: (pool, work) => pool.map(work),
    isRight: (results, { items }) => results.length === items.length,
  },
  {
    id: 'scaling-bytes',
    title: 'JSON text in and out, 2,000 rooms × 300 tag rules',
    workload: () => asText(roomByTag('matchRoom')),
    call: (pool, work) => pool.mapText(work),
    isRight: (text, { items }) => JSON.parse(text).length === items.length,
  },
]

/** The job with full results on one thread, on two, and so on up to one for each CPU. */
export const scalingSection = {
  name: 'scaling',
  async run(context) {
    const measurements = []
    for (const kind of KINDS) {
      context.note(kind.title)
      measurements.push(await scale(kind, context))
    }
    return measurements
  },
}

const threadsName = (count) => `${count} ${count === 1 ? 'thread' : 'threads'}`

async function scale({ id, title, workload, ...kind }, { rounds, onUnavailable }) {
  const work = workload()
  const { start } = await loadContender(ISOLANE)
  const counts = Array.from({ length: availableParallelism() }, (_, index) => index + 1)
  const contenders = counts.map((threads) => [
    threadsName(threads),
    (options) => start({ ...options, threads }),
  ])
  const pools = await startAll(Object.fromEntries(contenders), { rules: work.rules }, onUnavailable)
  try {
    const samples = await interleave(pools, rounds, (pool) => sampleOf(pool, work, kind), 2)
    return { id, title, metrics: METRICS, baseline: threadsName(1), samples }
  } finally {
    for (const pool of pools.values()) await pool.close()
  }
}

async function sampleOf(pool, work, { call, isRight }) {
  const { value, wallMs, busyMs } = await measure(() => call(pool, work))
  if (!isRight(value, work)) throw new Error('not a result for each item')
  return { wallMs, busyMs }
}
