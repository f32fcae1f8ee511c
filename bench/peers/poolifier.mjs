import { fileURLToPath } from 'node:url'
import { FixedThreadPool } from 'poolifier'
import { shareWithWorkers, workerFile, workerPoolSession } from './worker-pool.mjs'

export function start({ threads, rules }) {
  shareWithWorkers(rules)
  const pool = new FixedThreadPool(threads, fileURLToPath(workerFile('poolifier')))
  const run = (name, argument) => pool.execute(argument, name)
  return workerPoolSession(threads, run, () => pool.destroy())
}
