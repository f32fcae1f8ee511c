import { fileURLToPath } from 'node:url'
import workerpool from 'workerpool'
import { shareWithWorkers, workerFile, workerPoolSession } from './worker-pool.mjs'

export function start({ threads, rules }) {
  shareWithWorkers(rules)
  const pool = workerpool.pool(fileURLToPath(workerFile('workerpool')), {
    workerType: 'thread',
    minWorkers: threads,
    maxWorkers: threads,
  })
  const run = (name, argument) => pool.exec(name, [argument])
  return workerPoolSession(threads, run, () => pool.terminate())
}
