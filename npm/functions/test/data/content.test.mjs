/** Which values are taken for the same: those that arrive in isolates as the same, and no others. */
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { describe, test } from 'node:test'

const require = createRequire(import.meta.url)
const { contentOf } = require('../../dist/data/content.js')

const hashOf = async (value) => (await contentOf('n', value, undefined, Infinity)).hash

const cyclic = () => {
  const value = { list: [] }
  value.list.push(value)
  return value
}
const twice = (one, other = one) => ({ one, other })

/** Makers of values, all different. */
const makers = [
  () => undefined,
  () => null,
  () => true,
  () => 'true',
  () => 0,
  () => -0,
  () => NaN,
  () => '0',
  () => 0n,
  () => '',
  () => [],
  () => [undefined],
  () => new Array(1),
  () => [[]],
  () => [[], []],
  () => ['a,b'],
  () => ['a', 'b'],
  () => ['a","b'],
  () => [1, 23],
  () => [12, 3],
  () => ({}),
  () => ({ a: undefined }),
  () => ({ a: 1, b: 2 }),
  () => ({ b: 2, a: 1 }),
  () => ({ a: { b: 2 } }),
  () => new Map(),
  () => new Map([['a', 1]]),
  () => new Map([[['a'], 1]]),
  () => new Set(['a', 1]),
  () => new Date(1),
  () => new Date(2),
  () => new Date(NaN),
  () => /a/,
  () => /a/g,
  () => new Uint8Array([1, 2]),
  () => new Uint8Array([1, 3]),
  () => new Int8Array([1, 2]),
  () => new Uint8Array([1, 2]).buffer,
  () => new DataView(new Uint8Array([1, 2]).buffer),
  () => Object.assign(new Error('a'), { stack: 's' }),
  () => Object.assign(new Error('b'), { stack: 's' }),
  () => Object.assign(new TypeError('a'), { stack: 's' }),
  () => Object.assign(new Error('a', { cause: 1 }), { stack: 's' }),
  () => Object.assign(new Error('a'), { stack: 's', code: 'E' }),
  cyclic,
  () => ({ list: [{ list: [] }] }),
  () => twice({ a: 1 }),
  () => twice({ a: 1 }, { a: 1 }),
  () => 'x'.repeat(100_000),
  () => 'x'.repeat(99_999) + 'y',
  () => '\ud800',
  () => '\udc00',
]

describe('the content of a value', () => {
  test('is the same for equal values, and other for others', async () => {
    const seen = new Map()
    for (const make of makers) {
      const hash = await hashOf(make())
      assert.equal(typeof hash, 'string')
      assert.equal(await hashOf(make()), hash, `${make}`)
      assert.equal(seen.get(hash), undefined, `${make} is as ${seen.get(hash)}`)
      seen.set(hash, `${make}`)
    }
  })

  test('is equal to nothing where that cannot be told', async () => {
    for (const value of [() => 1, Symbol('s'), { f() {} }, new SharedArrayBuffer(1), Object(1)]) {
      assert.equal(await hashOf([value]), undefined)
    }
  })

  test('is found of values of any depth and size', async () => {
    let deep = []
    for (let i = 0; i < 20_000; i++) deep = [deep]
    assert.equal(typeof (await hashOf(deep)), 'string')
    const wide = Array.from({ length: 50_000 }, (_, i) => ({ i }))
    assert.equal(await hashOf(wide), await hashOf(structuredClone(wide)))
  })

  test('has about the size of its text', async () => {
    const value = Array.from({ length: 1000 }, (_, i) => ({ id: i, name: `näme ${i}` }))
    const { bytes } = await contentOf('n', value, undefined, Infinity)
    const text = Buffer.byteLength(JSON.stringify(value))
    assert.ok(bytes > text && bytes < text * 1.1, `${bytes} for ${text}`)
  })

  test('of text is that of its bytes', async () => {
    const of = async (text) => contentOf('n', text, 'json', Infinity)
    for (const text of ['{"a": 1}', `"${'ä😀'.repeat(50_000)}"`]) {
      const bytes = Buffer.from(text)
      assert.deepEqual(await of(text), await of(bytes))
      assert.deepEqual(await of(bytes), await of(new Uint8Array(bytes).buffer))
      assert.equal((await of(bytes)).bytes, bytes.length)
    }
    assert.notEqual((await of('[1]')).hash, (await of('[2]')).hash)
    const before = 'x'.repeat(32_767)
    assert.notEqual((await of(`${before}😀`)).hash, (await of(`${before}😁`)).hash)
  })

  test('is not read beyond what is too much', async () => {
    let read = 0
    const value = Array.from({ length: 100_000 }, () => ({
      get text() {
        read++
        return 'x'.repeat(100)
      },
    }))
    const error = await contentOf('n', value, undefined, 100_000).catch((reason) => reason)
    assert.equal(error.code, 'ERR_ISOLANE_DATA_LOAD')
    assert.ok(read < 3000, `${read}`)
  })
})
