import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { range, withPool } from '../support/pools.mjs'

const one = { threads: 1 }

describe('hostile: what others notice', () => {
  it('27 28 30 built-ins replaced, globals written, frozen and deleted: nothing', () =>
    withPool(one, async (pool) => {
      for (const source of [
        "() => { Object.assign(Object.prototype, { x: 1, then: null, toJSON: () => 'evil' }) }",
        "() => { Array.prototype.map = Array.prototype.push = JSON.stringify = JSON.parse = () => 'evil' }",
        '() => { globalThis.Promise = globalThis.Map = globalThis.Uint8Array = undefined }',
        '() => { Array.prototype[Symbol.iterator] = String.prototype.split = null }',
        '() => { globalThis.secret = 1; Object.freeze(globalThis) }',
        '() => { delete globalThis.Array; Object.setPrototypeOf(globalThis, null) }',
        "() => { Object.defineProperty(Array.prototype, 0, { set() { throw new Error('evil') } }) }",
      ]) {
        // Its own results have to survive it too, or fail as an error.
        for (const tenant of ['evil', undefined]) {
          await pool.run({ source }, 0, { tenant, stateful: tenant !== undefined }).catch(({ code }) => assert.match(code, /^ERR_ISOLANE_/)) // prettier-ignore
        }
        const items = range(50).map((id) => ({ id, tags: ['a', `b${id}`], at: new Date(id) }))
        const check = (item) => ({
          ...item,
          seen: [typeof globalThis.secret, {}.x, [1].map((n) => n + 1), JSON.stringify([item.id])],
        })
        assert.deepEqual(await pool.map(items, check), items.map(check))
      }
    }))

  it('29 keys with a meaning are ordinary keys, both ways', () =>
    withPool(one, async (pool) => {
      const text = '{"__proto__":{"evil":1},"constructor":{"prototype":{"evil":1}}}'
      const back = await pool.run((value) => [value, {}.evil, Object.keys(value)], JSON.parse(text))
      assert.deepEqual(Object.keys(back[0]), ['__proto__', 'constructor'])
      assert.equal(Object.getPrototypeOf(back[0]), Object.prototype)
      assert.deepEqual(
        [back[1], back[2], {}.evil],
        [undefined, ['__proto__', 'constructor'], undefined],
      )
      const made = await pool.run({ source: `() => JSON.parse(${JSON.stringify(text)})` })
      assert.deepEqual(Object.keys(made), ['__proto__', 'constructor'])
      assert.equal({}.evil, undefined)
    }))

  it('40 calls that end at their deadlines give their own result or their own timeout', () =>
    withPool({ threads: 2 }, async (pool) => {
      const spin = (x) => {
        const end = Date.now() + 2
        while (Date.now() < end);
        return x
      }
      const outcomes = { right: 0, late: 0 }
      for (const round of range(20)) {
        const calls = range(100).map(async (n) => {
          try {
            assert.equal(await pool.run(spin, round * 100 + n, { timeout: 2 }), round * 100 + n)
            outcomes.right++
          } catch (error) {
            if (error.code !== 'ERR_ISOLANE_TIMEOUT') throw error
            outcomes.late++
          }
        })
        await Promise.all(calls)
      }
      assert.equal(outcomes.right + outcomes.late, 2000)
      assert.deepEqual(await pool.map(range(500), (x) => x), range(500))
    }))

  it('41 a buffer changed or detached after the call was made: the call has its own', () =>
    withPool(one, async (pool) => {
      const items = new Float64Array(100_000).fill(1)
      const detached = new Float64Array(1000).fill(2)
      const sums = [pool.map(items, (x) => x * 2), pool.map(detached, (x) => x * 2)]
      detached.buffer.transfer?.()
      structuredClone(items.buffer, { transfer: [items.buffer] })
      const [first, second] = await Promise.all(sums)
      assert.ok(first.every((x) => x === 2))
      assert.ok(second.every((x) => x === 4))
    }))

  it('42 random text compiles or does not', () =>
    withPool({ ...one, timeout: 1000 }, async (pool) => {
      let seed = 42
      const random = (below) => (seed = (seed * 48_271) % 2_147_483_647) % below
      const pieces = ['(', ')', '{', '}', '=>', 'x', 'return', ';', '`', '${', '"', '/', '*', '\n', '[', ']', '#', '\u0000', '\ud800', '1', '.', ',', 'async', 'function', 'class'] // prettier-ignore
      for (const _ of range(400)) {
        const source = range(1 + random(12)).map(() => pieces[random(pieces.length)]).join(' ') // prettier-ignore
        await pool
          .run({ source }, 1)
          .catch(({ code }) => assert.match(String(code), /^ERR_ISOLANE_/))
      }
      assert.equal(await pool.run((x) => x * 2, 21), 42)
    }))
})
