import assert from 'node:assert/strict'
import { after, before } from 'node:test'

import { Pool } from '../support/engine.mjs'
import { settled } from '../support/pools.mjs'

/**
 * What a function gives in a pool of the engine under test must be what it gives here: Node's globals are
 * those of the standards. Its answers are such that the codec carries them.
 *
 * @returns {(fn: Function, arg?: unknown) => Promise<void>}
 */
export function comparing() {
  let pool
  before(() => {
    pool = new Pool({ threads: 1 })
  })
  after(() => settled(pool.destroy()))
  return async (fn, arg) => {
    const here = await fn(arg)
    assert.notEqual(here, undefined)
    assert.deepEqual(await settled(pool.run(fn, arg)), here)
  }
}

/** A generator of pseudo-random numbers below `n`, the same for a seed. */
export function random(seed) {
  let state = seed
  return (n) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * n)
  }
}
