import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { makeRandom } from '../../bench/workloads/random.mjs'
import { makeValues } from '../codec/random-values.mjs'
import { range, withPool } from '../support/pools.mjs'
import { sized } from '../support/size.mjs'

const ROUNDS = sized(6, 2)
const VALUES = 40

describe('values of every kind, from the host to an isolate and back', () => {
  // The seed stands in the name, so that a failure can be had again.
  const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 1e9)

  it(`arrive as by structured clone (FUZZ_SEED=${seed})`, () =>
    withPool({ threads: 2 }, async (pool) => {
      const values = makeValues(makeRandom(seed))
      for (const _ of range(ROUNDS)) {
        const items = range(VALUES).map(() => values.next({ named: false }))
        const expected = structuredClone(items)
        assert.deepStrictEqual(await pool.map(items, (x) => x), expected)
        assert.deepStrictEqual(await pool.run((x) => x, items[0]), structuredClone(items[0]))
        const args = await pool.run((_, { args }) => args, 0, { args: items[1] })
        assert.deepStrictEqual(args, structuredClone(items[1]))
      }
    }))
})
