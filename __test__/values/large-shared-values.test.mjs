import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { jsonPieces } from '../../npm/isolane/dist/values/json-pieces.js'
import { range, rejection, settled, withPool } from '../support/pools.mjs'

/** So short a slice takes one step. */
const one = { threads: 1, sliceMs: 0.01 }

const records = range(20_000).map((i) => ({ i, text: `row ${i}`, tags: [i % 3, null, i / 7] }))
const dictionary = Object.fromEntries(
  range(20_000).map((i) => [`key ${i}`, i % 5 ? i : { i: [i] }]),
)

const values = {
  'an array of records': records,
  'an object of many keys': dictionary,
  'long lists within others': { a: { list: range(30_000), empty: [], none: {} }, b: [records] },
  'an array of long arrays': range(30).map((i) => range(3000 + i)),
  'long texts, some of them wide': range(3000).map((i) => `${'€"\n\\'[i % 4]}${'x'.repeat(i)}`),
  'numbers that JSON has in other words': [1e21, 1e-7, 2 ** 53, ...range(5000).map((i) => -i / 3)],
}

/** What is no plain JSON, and comes whole all the same. */
const others = {
  'with holes': Object.assign(range(3000), { length: 4000 }),
  'with one object twice': [records[0], ...range(3000), records[0]],
  'with what JSON has no words for': [...range(3000), -0, NaN, undefined, 5n, new Date(5)],
  'with Maps': [...range(3000), new Map([[{ a: 1 }, new Set([1])]])],
}

/** What a call gives, and how many turns of the event loop it took. */
async function turnsOf(call) {
  let turns = 0
  let isDone = false
  const count = () => {
    turns++
    if (!isDone) setImmediate(count)
  }
  setImmediate(count)
  const value = await settled(call.finally(() => (isDone = true)))
  return { value, turns }
}

const get = (_, { shared }) => shared.large

describe('a large shared value', () => {
  for (const [name, value] of Object.entries(values)) {
    it(`${name}: is encoded in many turns of the event loop`, () =>
      withPool(one, async (pool) => {
        const { value: shared, turns } = await turnsOf(pool.share('large', value))
        assert.ok(turns > 10, `${turns}`)
        assert.deepStrictEqual(await settled(pool.run(get, 0, { shared: [shared] })), value)
      }))
  }

  for (const [name, value] of Object.entries(others)) {
    it(`${name}: comes as it is`, () =>
      withPool(one, async (pool) => {
        const shared = await settled(pool.share('large', value))
        const copy = await settled(pool.run(get, 0, { shared: [shared] }))
        assert.deepStrictEqual(copy, value)
        if (value[0] === records[0]) assert.equal(copy[0], copy.at(-1))
      }))
  }

  it('with names: has them', () =>
    withPool(one, async (pool) => {
      const list = Object.assign(range(3000), { title: 'list' })
      const shared = await settled(pool.share('large', list))
      const look = (_, { shared: { large } }) => [large.length, large.title]
      assert.deepEqual(await settled(pool.run(look, 0, { shared: [shared] })), [3000, 'list'])
    }))

  const wide = `["${'😀'.repeat(600_000)}", "${' '}${'😀'.repeat(600_000)}"]`
  const texts = {
    bytes: Buffer.from(JSON.stringify(range(700_000))),
    'a string': JSON.stringify(range(700_000)),
    'a string of characters with two halves': wide,
  }
  for (const [name, text] of Object.entries(texts)) {
    it(`is read in many turns of the event loop where it is JSON text, as ${name}`, () =>
      withPool(one, async (pool) => {
        const sum = (_, { shared: { large } }) => [large.length, large.at(-1)]
        const { value: shared, turns } = await turnsOf(pool.share('large', text, { from: 'json' }))
        assert.ok(turns > 10, `${turns}`)
        const whole = JSON.parse(text)
        const options = { shared: [shared] }
        assert.deepEqual(await settled(pool.run(sum, 0, options)), [whole.length, whole.at(-1)])
        if (Buffer.isBuffer(text)) text.fill(0)
        const again = pool.run({ name: 'again', source: `${sum}` }, 0, options)
        assert.deepEqual(await settled(again), [whole.length, whole.at(-1)])
      }))
  }

  it('is refused where its text is taken away meanwhile, and its pool goes on', () =>
    withPool(one, async (pool) => {
      const text = new Uint8Array(Buffer.from(JSON.stringify(range(700_000))))
      const call = rejection(pool.share('large', text, { from: 'json' }))
      structuredClone(text.buffer, { transfer: [text.buffer] })
      const { code, message } = await call
      assert.equal(code, 'ERR_ISOLANE_INVALID_ARGUMENT')
      assert.match(message, /taken away/)
      const shared = await settled(pool.share('large', '[1]', { from: 'json' }))
      assert.deepEqual(await settled(pool.run(get, 0, { shared: [shared] })), [1])
    }))

  it('has its getters run once', () =>
    withPool(one, async (pool) => {
      let runs = 0
      const list = range(3000).map((i) => ({ i }))
      Object.defineProperty(list[2000], 'i', { enumerable: true, get: () => ++runs })
      Object.defineProperty(list, 2500, { enumerable: true, get: () => ({ i: ++runs }) })
      const shared = await settled(pool.share('large', list))
      const copy = await settled(pool.run(get, 0, { shared: [shared] }))
      assert.equal(runs, 2)
      assert.deepEqual([copy[2000], copy[2500]], [{ i: 1 }, { i: 2 }])
    }))

  it('what cannot be carried is refused with its path', () =>
    withPool(one, async (pool) => {
      const error = await rejection(pool.share('large', [...records, { deep: [() => 1] }]))
      assert.equal(error.code, 'ERR_ISOLANE_NOT_CLONEABLE')
      assert.equal(error.path, 'shared.large[20000].deep[0]')
    }))

  it('that changes meanwhile gives something of before or after, and fails nothing else', () =>
    withPool(one, async (pool) => {
      const list = records.map((record) => ({ ...record }))
      const sharing = pool.share('large', list)
      list[19_999].text = 'changed'
      list[19_998] = () => 1
      list.length = 19_999
      const shared = await settled(sharing).catch(({ code }) => code)
      if (typeof shared === 'string') assert.equal(shared, 'ERR_ISOLANE_NOT_CLONEABLE')
      else {
        const copy = await settled(pool.run(get, 0, { shared: [shared] }))
        assert.deepEqual(copy.slice(0, 1000), records.slice(0, 1000))
      }
      assert.equal(await settled(pool.run((x) => x, 1)), 1)
    }))

  it('is refused by a pool that is closed meanwhile', () =>
    withPool(one, async (pool) => {
      const sharing = pool.share('large', records)
      const closed = pool.close()
      assert.equal((await rejection(sharing)).code, 'ERR_ISOLANE_POOL_CLOSED')
      await settled(closed)
    }))
})

describe('shared.update with a large value', () => {
  it('holds for calls made when it has resolved', () =>
    withPool(one, async (pool) => {
      const shared = await pool.share('large', 1)
      const updated = shared.update(records)
      assert.equal(await settled(pool.run(get, 0, { shared: [shared] })), 1)
      await settled(updated)
      assert.equal((await settled(pool.run(get, 0, { shared: [shared] }))).length, records.length)
    }))

  it('gives way to a later one that was faster', () =>
    withPool(one, async (pool) => {
      const shared = await pool.share('large', 1)
      const slow = shared.update(records)
      await settled(shared.update(2))
      await settled(slow)
      assert.equal(await settled(pool.run(get, 0, { shared: [shared] })), 2)
    }))

  it('is refused where the value is disposed of meanwhile', () =>
    withPool(one, async (pool) => {
      const shared = await pool.share('large', 1)
      const updated = shared.update(records)
      shared.dispose()
      assert.match((await rejection(updated)).message, /disposed/)
      await settled(pool.close())
    }))
})

describe('a large value that changes while it is read', () => {
  const list = () => range(3000).map((i) => ({ i }))
  const within = () => ({ list: list() })
  const deep = (depth) => {
    let value = range(600)
    for (let i = 0; i < depth; i++) value = [value]
    return value
  }
  const changes = {
    'an array that shrinks': [list, (value) => (value.length = 10), /3000 elements has got 10/],
    'an array that grows': [list, (value) => value.push(1), /3000 elements has got 3001/],
    'a BigInt that comes': [list, (value) => (value[2999] = 1n), /BigInt/],
    'a property that goes': [
      () => ({ ...within(), last: list() }),
      (value) => delete value.last,
      /undefined/,
    ],
    'a value that becomes a part of itself': [list, (value) => (value[2999] = value), /itself/],
    'a value that becomes a part of its parts': [
      within,
      (value) => (value.list[2999] = value),
      /itself/,
    ],
    'a value that becomes too deep': [list, (value) => (value[2999] = deep(1100)), /too deep/],
  }
  for (const [name, [make, change, message]] of Object.entries(changes)) {
    it(`is refused: ${name}`, () => {
      const value = make()
      const steps = jsonPieces(value)
      steps.next()
      change(value)
      const rest = () => {
        while (!steps.next().done);
      }
      assert.throws(rest, { name: 'TypeError', code: 'ERR_ISOLANE_INVALID_ARGUMENT', message })
    })
  }
})
