import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { makeRandom } from '../../bench/workloads/random.mjs'
import { makeValues } from './random-values.mjs'
import { DataCloneError, Encoder, interpreted, LargeDecoder, nodePlatform } from './support.mjs'

/** Decodes in as many portions as there can be. */
function inPortions(platform) {
  const encoder = new Encoder(platform)
  const decoder = new LargeDecoder(platform, { now: () => 0, portionMs: 0 })
  return (value) => {
    const large = decoder.start(Uint8Array.from(encoder.encode(value)), undefined, 'result')
    let portions = 1
    while (large.step()) portions++
    return { portions, value: large.value }
  }
}

const range = (count, make) => Array.from({ length: count }, (_, i) => make(i))
const dictionary = (count, make) => Object.fromEntries(range(count, (i) => [`key${i}`, make(i)]))

/** Of each kind of long list there is, with something to pause at. */
const lists = {
  'an object of many keys': dictionary(5000, (i) => i),
  'an object of many keys and kinds': dictionary(5000, (i) => [i, `${i}`, { i }, [i], null][i % 5]),
  'records in an array': range(5000, (i) => ({ i, text: `text ${i}`, tags: [i, i] })),
  'objects of many shapes': range(5000, (i) => ({ [`a${i}`]: i, b: { [`c${i}`]: [i] } })),
  'numbers, texts and holes': [range(5000, (i) => i), range(5000, (i) => i / 3), range(5000, String), Object.assign(Array(900), { 5: 1, 800: [2] })], // prettier-ignore
  'a Map and a Set': [new Map(range(3000, (i) => [{ i }, i])), new Set(range(3000, (i) => [i]))],
  'long lists within others': { a: { b: { c: { d: { e: range(3000, (i) => [i]) } } } } },
  'long lists within long ones': dictionary(300, (i) => dictionary(i < 3 ? 2000 : 2, (j) => j)),
  'long lists in few records': range(20, (i) => ({
    i,
    rows: range(400, (j) => ({ j, text: `${j}` })),
  })),
  'a long list in one of many records': range(3000, (i) => ({
    i,
    list: range(i === 1700 ? 9000 : i % 4, (j) => j),
  })),
  'long lists deep in records': range(300, (i) => ({
    a: { b: [{ c: range(i === 7 ? 2000 : 1, (j) => [j, 'x']) }] },
  })),
  'long lists of several kinds in a column': range(
    40,
    (i) =>
      [
        range(900, String),
        null,
        { i, rows: range(900, (j) => j) },
        new Map(range(300, (j) => [j, [j]])),
      ][i % 4],
  ),
  'records with Maps': range(30, (i) => ({ i, map: new Map(range(500, (j) => [j, `${j}`])) })),
  'rows of a shape among others': [...range(9, (i) => ({ i, rows: range(700, (j) => j) })), 'x'],
  'many long texts': range(300, (i) => `${i}`.repeat(20_000)),
}

describe('payloads read in portions', () => {
  for (const [name, value] of Object.entries(lists)) {
    test(`${name}: the same value, in many portions`, () => {
      for (const platform of [nodePlatform, interpreted]) {
        const read = inPortions(platform)
        for (let round = 0; round < 3; round++) {
          const { portions, value: copy } = read(value)
          assert.deepStrictEqual(copy, value)
          assert.ok(portions > 20, `${portions}`)
        }
      }
    })
  }

  test('very long strings', () => {
    const length = 17 << 20
    for (const text of ['ab'.repeat(length / 2), `${'x'.repeat(length)}\u20ac`]) {
      for (const value of [text, { text }, [...range(40, String), text, 'after']]) {
        const { portions, value: copy } = inPortions(nodePlatform)(value)
        assert.ok(portions > 3, `${portions}`)
        const found = typeof copy === 'string' ? copy : (copy.text ?? copy[40])
        // Not by assert: it would print what it compares.
        assert.ok(found === text)
        if (Array.isArray(copy)) assert.equal(copy[41], 'after')
      }
    }
  })

  test('many small integers', () => {
    const value = [range(1_000_000, (i) => i % 200), range(600_000, (i) => (i * 7919) % 70_000)]
    const { portions, value: copy } = inPortions(nodePlatform)(value)
    assert.ok(portions > 20, `${portions}`)
    assert.deepEqual(copy, value)
  })

  test('identity and cycles', () => {
    const shared = { shared: true }
    const value = dictionary(1000, (i) => (i % 2 ? shared : { i, shared }))
    value.self = value
    const { value: copy } = inPortions(nodePlatform)(value)
    assert.deepStrictEqual(copy, value)
    assert.equal(copy.self, copy)
    assert.equal(copy.key1, copy.key2.shared)
  })

  test('random values', () => {
    const values = makeValues(makeRandom(20_261_129))
    const read = inPortions(nodePlatform)
    for (let i = 0; i < 60; i++) {
      const value = [values.next(), values.next()]
      assert.deepStrictEqual(read(value).value, value)
    }
  })

  test('several at once', () => {
    const encoder = new Encoder(nodePlatform)
    const decoder = new LargeDecoder(nodePlatform, { now: () => 0, portionMs: 0 })
    const values = Object.values(lists)
    const reading = values.map((value) =>
      decoder.start(Uint8Array.from(encoder.encode(value)), undefined, 'result'),
    )
    const left = new Set(reading)
    while (left.size > 0) for (const one of left) if (!one.step()) left.delete(one)
    assert.deepStrictEqual(
      reading.map(({ value }) => value),
      values,
    )
  })

  test('what the engine lacks is refused with its path, and the next one is read', () => {
    const value = dictionary(2000, (i) => (i === 1500 ? { deep: [/lacking/] } : i))
    const bytes = Uint8Array.from(new Encoder(nodePlatform).encode(value))
    const at = Buffer.from(bytes).indexOf('lacking')
    bytes.set(Buffer.from('(?<g>(?'), at)
    const decoder = new LargeDecoder(nodePlatform, { now: () => 0, portionMs: 0 })
    const large = decoder.start(bytes, undefined, 'result')
    assert.throws(
      () => {
        while (large.step());
      },
      (error) => error instanceof DataCloneError && error.path === 'result.key1500.deep[0]',
    )
    const after = decoder.start(
      Uint8Array.from(new Encoder(nodePlatform).encode([1])),
      undefined,
      'result',
    )
    while (after.step());
    assert.deepEqual(after.value, [1])
  })
})
