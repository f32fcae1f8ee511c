import assert from 'node:assert/strict'
import { Pool } from './engine.mjs'
import { PATIENCE_MS, settled, until } from './waiting.mjs'

export { settled, until } from './waiting.mjs'

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

/**
 * A function that meets the memory limit. Of a Worker that is Node's own, which ends the process where one
 * collection or allocation comes 16 MB past it; what collections move of small objects may come so far.
 * Arrays of this length are never moved, and each one's allocation looks at the limit.
 */
export const hoard = () => {
  const hoarded = []
  for (;;) hoarded.push(new Array(200_000).fill(hoarded.length))
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
    // It may be the pool's that is tried.
    queueTimeout: Infinity,
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
