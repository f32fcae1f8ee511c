import { fileURLToPath } from 'node:url'
import { Piscina } from 'piscina'
import { shareWithWorkers, workerFile, workerPoolSession } from './worker-pool.mjs'

/** Default wake-up through `Atomics.wait`, threads kept for the pool's life. */
export function start({ threads, rules }) {
  shareWithWorkers(rules)
  const pool = new Piscina({
    filename: fileURLToPath(workerFile('tasks')),
    minThreads: threads,
    maxThreads: threads,
    idleTimeout: Infinity,
  })
  const run = (name, argument) => pool.run(argument, { name })
  return workerPoolSession(threads, run, () => pool.destroy())
}
