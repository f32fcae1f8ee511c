import { fileURLToPath } from 'node:url'
import { Piscina } from 'piscina'
import { shareWithWorkers, workerFile, workerPoolSession } from './worker-pool.mjs'

/** Default wake-up through `Atomics.wait`, threads kept for the pool's life. */
const startPool = (threads, options) =>
  new Piscina({
    filename: fileURLToPath(workerFile('tasks')),
    minThreads: threads,
    maxThreads: threads,
    idleTimeout: Infinity,
    ...options,
  })

export function start({ threads, rules }) {
  shareWithWorkers(rules)
  const pool = startPool(threads)
  const run = (name, argument) => pool.run(argument, { name })
  return workerPoolSession(threads, run, () => pool.destroy())
}

/** A pool that gets slices of a JSON array, and gives the text of each. */
export function startTextSlices({ threads, rules }) {
  shareWithWorkers(rules)
  const pool = startPool(threads)
  return {
    async mapText({ task, slices }) {
      const run = (slice) => pool.run({ task, ...slice }, { name: 'mapText' })
      return Buffer.from(`[${(await Promise.all(slices.map(run))).join(',')}]`)
    },
    close: () => pool.destroy(),
  }
}

/** A pool for calls that wait: each thread may have `concurrency` of them. */
export function startWaiter({ threads, concurrency }) {
  const pool = startPool(threads, { concurrentTasksPerWorker: concurrency })
  return {
    waitForAll: (calls, ms) =>
      Promise.all(Array.from({ length: calls }, () => pool.run(ms, { name: 'wait' }))),
    close: () => pool.destroy(),
  }
}
