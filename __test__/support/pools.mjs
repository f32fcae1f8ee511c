import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import { Pool } from './engine.mjs'

/** How long a helper waits for what must come before it calls that a hang. */
const PATIENCE_MS = 60_000

/**
 * Gives `use` a pool and destroys it afterwards, also when `use` throws. Meanwhile the process
 * stays alive, so that `use` may wait for events of an idle pool.
 *
 * @template T
 * @param {import('isolane').PoolOptions} options
 * @param {(pool: Pool) => Promise<T>} use
 * @returns {Promise<T>}
 */
export async function withPool(options, use) {
  const pool = new Pool(options)
  const alive = setInterval(() => {}, PATIENCE_MS)
  try {
    return await use(pool)
  } finally {
    clearInterval(alive)
    await settled(pool.destroy())
  }
}

/** Resolves once `condition()` is truthy, with what it gave. */
export async function until(condition, what = String(condition)) {
  const end = performance.now() + PATIENCE_MS
  for (;;) {
    const value = await condition()
    if (value) return value
    if (performance.now() > end) throw new Error(`still not so: ${what}`)
    await pause(1)
  }
}

/** What `promise` settles to; rejects where it would hang, also with nothing to keep the process alive. */
export async function settled(promise) {
  const giveUp = new AbortController()
  const hang = pause(PATIENCE_MS, undefined, { signal: giveUp.signal }).then(() => {
    throw new Error('the promise does not settle')
  })
  hang.catch(() => {})
  try {
    return await Promise.race([promise, hang])
  } finally {
    giveUp.abort()
  }
}

/** Resolves once all workers have started and none has work, but for those that are lost. */
export function allIdle(pool) {
  const isSo = ({ state }) => state === 'idle' || state === 'lost'
  return until(() => pool.status().every(isSo), 'all workers are idle')
}

/** Names of the functions that run at the moment. */
export function runningFunctions(pool) {
  return pool
    .status()
    .filter(({ state }) => state === 'running')
    .map((worker) => worker.function)
}

/**
 * Keeps one worker of the pool busy with an endless loop.
 *
 * @returns {Promise<() => Promise<void>>} once the loop runs: a function that ends it
 */
export async function occupy(pool) {
  const stop = new AbortController()
  const name = `occupant${++occupants}`
  const call = pool.run({ name, source: '() => { for (;;) {} }' }, undefined, {
    signal: stop.signal,
  })
  const ended = assert.rejects(call, { code: 'ERR_ISOLANE_ABORTED' })
  await until(() => runningFunctions(pool).includes(name), `${name} runs`)
  return () => {
    stop.abort()
    return ended
  }
}

let occupants = 0

/** What `promise` was rejected with. */
export async function rejection(promise) {
  const outcome = await settled(
    promise.then(
      (value) => ({ value }),
      (error) => ({ error }),
    ),
  )
  assert.ok('error' in outcome, 'the call was expected to reject')
  return outcome.error
}

/** `count` integers from 0. */
export function range(count) {
  return Array.from({ length: count }, (_, index) => index)
}
