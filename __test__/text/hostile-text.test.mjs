import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { rejection, settled, withPool } from '../support/pools.mjs'
import { full, sized } from '../support/size.mjs'
import { randomJson } from './random-json.mjs'

const identity = (item) => item

/** What a call gives, as text, or the code of what it rejects with. */
const outcomeOf = async (call) => {
  try {
    return (await settled(call)).toString()
  } catch (error) {
    if (error.code === undefined) throw error
    return error.code
  }
}

describe('hostile JSON text', () => {
  it('that is cut off anywhere is refused, or was whole already', () =>
    withPool({ threads: 2 }, async (pool) => {
      for (let seed = 1; seed <= sized(60, 8); seed++) {
        const whole = Buffer.from(randomJson(seed).array(6))
        for (let length = 0; length < whole.length; length++) {
          const text = whole.subarray(0, length)
          const got = await outcomeOf(pool.map(text, identity, { from: 'json', into: 'json' }))
          const expected = expectedOf(text.toString())
          assert.equal(got, expected, `seed ${seed}, ${length} bytes`)
        }
      }
    }))

  it('with a byte changed gives what JSON.parse gives, or is refused', () =>
    withPool({ threads: 2 }, async (pool) => {
      const { random } = randomJson(99)
      for (let seed = 1; seed <= sized(4000, 300); seed++) {
        const bytes = Buffer.from(randomJson(seed).array(5))
        bytes[random.integer(0, bytes.length - 1)] = random.integer(0, 255)
        const got = await outcomeOf(pool.map(bytes, identity, { from: 'json', into: 'json' }))
        assert.equal(got, expectedOf(strict(bytes)), `seed ${seed}: ${bytes.toString('latin1')}`)
      }
    }))

  it('of a million brackets does no harm', () =>
    withPool({ threads: 2, memoryLimitMb: 256 }, async (pool) => {
      const depth = 1_000_000
      const nested = `[${'['.repeat(depth)}${']'.repeat(depth)}]`
      const open = `[${'['.repeat(depth)}`
      const depthOf = {
        source: `(item) => { let depth = 0; while (item !== undefined) { item = item[0]; depth++ } return depth }`,
      }
      assert.equal(
        await outcomeOf(pool.map(nested, depthOf, { from: 'json', into: 'json' })),
        `[${depth}]`,
      )
      assert.equal(
        await outcomeOf(pool.map(open, identity, { from: 'json', into: 'json' })),
        'ERR_ISOLANE_INVALID_JSON',
      )
      // V8 writes it where it needs no stack for that.
      const got = await outcomeOf(pool.map(nested, identity, { from: 'json', into: 'json' }))
      assert.ok(got === nested || got === 'ERR_ISOLANE_FUNCTION')
      assert.equal(await pool.run(() => 1), 1)
    }))

  it('that is not UTF-8 fails the item that holds it', () =>
    withPool({ threads: 2 }, async (pool) => {
      const bytes = Buffer.from('["a", "b\u00e9", "c"]', 'latin1')
      const error = await rejection(pool.map(bytes, identity, { from: 'json', into: 'json' }))
      assert.deepEqual([error.code, error.index, error.offset], ['ERR_ISOLANE_INVALID_JSON', 1, 8])
      const options = { from: 'json', into: 'json', onError: 'omit' }
      const { results } = await pool.map(bytes, identity, options)
      assert.equal(results.toString(), '["a","c"]')
    }))

  it(
    'with a string longer than any can be is an error',
    { skip: full ? false : 'takes much memory' },
    () =>
      withPool({ threads: 1, memoryLimitMb: 4096 }, async (pool) => {
        const bytes = Buffer.alloc(2 ** 29 + 64, 'x')
        bytes.write('["')
        bytes.write('"]', bytes.length - 2)
        const got = await outcomeOf(pool.map(bytes, identity, { from: 'json', into: 'json' }))
        assert.match(got, /^ERR_ISOLANE_(INVALID_JSON|MEMORY_LIMIT|FUNCTION|WORKER_LOST)$/)
        assert.equal(await pool.run(() => 1), 1)
      }),
  )

  it('that is taken away during the call fails it', () =>
    withPool({ threads: 1 }, async (pool) => {
      const bytes = new Uint8Array(Buffer.from(`[${'1,'.repeat(3 << 20)}1]`))
      const call = pool.map(bytes, identity, { from: 'json', into: 'json' })
      await Promise.resolve()
      structuredClone(bytes.buffer, { transfer: [bytes.buffer] })
      const error = await rejection(call)
      assert.equal(error.code, 'ERR_ISOLANE_INVALID_ARGUMENT')
      assert.match(error.message, /taken away/)
    }))
})

/** As `JSON.parse` has it; only items whose own text is wrong may change what is refused. */
function expectedOf(text) {
  try {
    const value = JSON.parse(text.replace(/^\ufeff/, ''))
    return Array.isArray(value) ? JSON.stringify(value) : 'ERR_ISOLANE_INVALID_JSON'
  } catch {
    return 'ERR_ISOLANE_INVALID_JSON'
  }
}

/** The text of bytes that are UTF-8; of others one that is not JSON. */
function strict(bytes) {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return ''
  }
}
