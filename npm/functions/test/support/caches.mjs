import { once } from 'node:events'

import { DataCache } from '@isolane/functions'

import { TestClock } from './clocks.mjs'
import { newPool } from './registries.mjs'

/**
 * Gives `use` a cache of data on a pool of its own, with the clock that it goes by; ends them.
 *
 * @template T
 * @param {(tools: {
 *   pool: import('isolane').Pool, cache: DataCache, clock: TestClock, shares: unknown[],
 *   read: (name: string) => Promise<unknown>,
 * }) => Promise<T>} use `shares`: the values that the pool was given; `read`: what a function finds
 */
export async function withCache(use, { start, ...options } = {}) {
  const pool = newPool(options)
  const clock = new TestClock(start)
  const shares = []
  const { share } = pool
  pool.share = (name, value, given) => {
    shares.push(value)
    return share.call(pool, name, value, given)
  }
  const cache = new DataCache(pool, { clock })
  const look = { name: 'look', source: '(name, { shared }) => shared[name]' }
  const read = (name) => pool.run(look, name, { shared: cache.shared(name) })
  const alive = setInterval(() => {}, 60_000)
  try {
    return await use({ pool, cache, clock, shares, read })
  } finally {
    await cache.close()
    await pool.destroy()
    clearInterval(alive)
  }
}

/** What the next event of a kind tells. */
export async function told(cache, event) {
  const [info] = await once(cache, event)
  return info
}

/** A promise, and what settles it. */
export function deferred() {
  let resolve
  let reject
  const promise = new Promise((...settle) => ([resolve, reject] = settle))
  return { promise, resolve, reject }
}
