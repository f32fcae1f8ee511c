import { readFileSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import { setTimeout as pause } from 'node:timers/promises'

/** So often the event loop is looked at. */
const EVERY_MS = 1

/**
 * Runs `task` and tells how long the event loop stood still meanwhile, at most.
 *
 * - `blockMs`: by the clock
 * - `blockCpuMs`: how much CPU time the main thread used without a turn for others. What the clock shows
 *   beyond that, it waited: for a CPU, or for V8's helper threads
 *
 * @template T
 * @param {() => Promise<T>} task
 * @returns {Promise<{ value: T, blockMs: number, blockCpuMs: number }>}
 */
export async function longestBlock(task) {
  let wall = performance.now()
  let cpu = threadCpu()
  let blockMs = 0
  let blockCpuMs = 0
  const look = () => {
    blockMs = Math.max(blockMs, performance.now() - wall)
    blockCpuMs = Math.max(blockCpuMs, threadCpu() - cpu)
    wall = performance.now()
    cpu = threadCpu()
  }
  const timer = setInterval(look, EVERY_MS)
  try {
    const value = await task()
    // What stands still with the last step is seen one turn later.
    await pause(2 * EVERY_MS)
    look()
    return { value, blockMs, blockCpuMs }
  } finally {
    clearInterval(timer)
  }
}

/** Milliseconds of CPU time that this thread has had; NaN where nobody tells. */
function threadCpu() {
  if (process.threadCpuUsage !== undefined) {
    const { user, system } = process.threadCpuUsage()
    return (user + system) / 1e3
  }
  try {
    return Number(readFileSync('/proc/thread-self/schedstat', 'latin1').split(' ')[0]) / 1e6
  } catch {
    return NaN
  }
}
