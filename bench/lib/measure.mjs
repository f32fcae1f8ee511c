import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc')

/** The event-loop delay monitor samples every so many milliseconds, so that is its floor. */
const SAMPLING_MS = 1

/** Of the order of turns. */
const SEED = 0x2545f491

/**
 * Runs `task` and tells what it cost the main thread.
 *
 * - `wallMs`: from call to result
 * - `busyMs`: of that, what the event loop did not spend waiting (event-loop utilisation)
 * - `delayP99Ms`, `delayMaxMs`: how late the event loop was for its timers
 *
 * @template T
 * @param {() => T | Promise<T>} task
 */
export async function measure(task) {
  const delay = monitorEventLoopDelay({ resolution: SAMPLING_MS })
  delay.enable()
  // The monitor measures between ticks: one must come before the task and one after it.
  await pause(5 * SAMPLING_MS)
  const utilization = performance.eventLoopUtilization()
  const started = performance.now()
  const value = await task()
  const wallMs = performance.now() - started
  const busyMs = performance.eventLoopUtilization(utilization).active
  await pause(5 * SAMPLING_MS)
  delay.disable()
  return {
    value,
    wallMs,
    busyMs,
    delayP99Ms: delay.percentile(99) / 1e6,
    delayMaxMs: delay.max / 1e6,
  }
}

/**
 * Rounds in which every contender takes one turn, so that what disturbs the machine disturbs all
 * alike. Each round has an order of its own: what a contender leaves behind, such as how large V8
 * keeps the young generation, costs the next one, and that must not always be the same.
 *
 * @param {Map<string, object>} sessions by contender
 * @param {number} rounds
 * @param {(session: object, name: string, round: number) => Promise<Record<string, number>>} sample
 *   rounds below 0 are warm-ups
 * @param {number} [warmUps] rounds run first and not counted
 * @returns {Promise<Record<string, Record<string, number[]>>>} by contender, then by metric
 */
export async function interleave(sessions, rounds, sample, warmUps = 0) {
  const names = [...sessions.keys()]
  const random = xorshift(SEED)
  const samples = Object.fromEntries(names.map((name) => [name, {}]))
  for (let round = -warmUps; round < rounds; round++) {
    shuffle(names, random)
    for (const name of names) {
      collectGarbage()
      const metrics = await sample(sessions.get(name), name, round)
      if (round < 0) continue
      for (const [metric, value] of Object.entries(metrics)) {
        ;(samples[name][metric] ??= []).push(value)
      }
    }
  }
  return samples
}

/** Fisher and Yates. */
function shuffle(list, random) {
  for (let i = list.length - 1; i > 0; i--) {
    const j = random(i + 1)
    ;[list[i], list[j]] = [list[j], list[i]]
  }
}

/** Marsaglia's xorshift32, so that all runs have the same orders. */
function xorshift(seed) {
  let state = seed
  return (limit) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % limit
  }
}
