import { fileURLToPath } from 'node:url'
import { outputOf, startChild } from '../lib/children.mjs'
import { interleave } from '../lib/measure.mjs'
import { POOLS } from '../peers/contenders.mjs'

const child = fileURLToPath(new URL('children/start-up.mjs', import.meta.url))
const FURTHER_WORKERS = 8

/** Time and memory of a pool's first results, each sample in a process of its own. */
export const startUpSection = {
  name: 'start-up',
  usesProcesses: true,
  async run(context) {
    const { rounds, threads, pools = POOLS, onUnavailable } = context
    context.note('fresh processes')
    const names = await startable(pools, threads, onUnavailable)
    const samples = await interleave(names, rounds, async (name) => {
      const few = await startUp(name, threads)
      const many = await startUp(name, threads + FURTHER_WORKERS)
      return {
        ...few,
        ms: (many.readyMs - few.readyMs) / FURTHER_WORKERS,
        workerRssMb: (many.rssMb - few.rssMb) / FURTHER_WORKERS,
      }
    })
    return [startUpOf(samples, threads), furtherWorkerOf(samples)]
  },
}

const pickMetrics = (samples, keys) =>
  Object.fromEntries(
    Object.entries(samples).map(([name, values]) => [
      name,
      Object.fromEntries(Object.entries(keys).map(([to, from]) => [to, values[from]])),
    ]),
  )

const startUpOf = (samples, threads) => ({
  id: 'start-up',
  title: `${threads} threads, from new Pool to all first results`,
  metrics: [
    { key: 'readyMs', label: 'first results ms' },
    { key: 'importMs', label: 'import ms' },
    { key: 'rssMb', label: 'memory MB' },
  ],
  samples: pickMetrics(samples, { readyMs: 'readyMs', importMs: 'importMs', rssMb: 'rssMb' }),
})

const furtherWorkerOf = (samples) => ({
  id: 'further-worker',
  title: `each further worker, over ${FURTHER_WORKERS} more`,
  metrics: [
    { key: 'ms', label: 'ms' },
    { key: 'rssMb', label: 'memory MB' },
  ],
  samples: pickMetrics(samples, { ms: 'ms', rssMb: 'workerRssMb' }),
})

async function startUp(name, threads) {
  return JSON.parse(await outputOf(startChild([child, name, String(threads)])))
}

/** Those that can start at all; the first start also brings their files into the page cache. */
async function startable(pools, threads, onUnavailable) {
  const names = new Map()
  for (const name of pools) {
    try {
      await startUp(name, threads)
      names.set(name, name)
    } catch (error) {
      onUnavailable(name, error)
    }
  }
  return names
}
