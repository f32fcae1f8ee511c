import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { FixedThreadPool } from 'poolifier'
import { shareWithWorkers, workerFile, workerPoolSession } from './worker-pool.mjs'

export function start({ threads, rules }) {
  shareWithWorkers(rules)
  const pool = new FixedThreadPool(threads, fileURLToPath(workerFile('poolifier')))
  const run = (name, argument) => pool.execute(argument, name)
  // poolifier 5.3.2's destroy() now and then never settles, mostly with more threads than cores.
  const close = () => Promise.race([pool.destroy(), pause(2000)])
  return workerPoolSession(threads, run, close)
}
