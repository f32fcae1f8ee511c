import { Tinypool } from 'tinypool'
import { shareWithWorkers, workerFile, workerPoolSession } from './worker-pool.mjs'

export function start({ threads, rules }) {
  shareWithWorkers(rules)
  const pool = new Tinypool({
    filename: workerFile('tasks').href,
    minThreads: threads,
    maxThreads: threads,
    idleTimeout: Infinity,
  })
  const run = (name, argument) => pool.run(argument, { name })
  return workerPoolSession(threads, run, () => pool.destroy())
}
