import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { interpreted, makeRoundTrip, times } from './support.mjs'

const buffer = new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]).buffer

/** Values that structured clone carries with the same outcome. */
const values = {
  undefined,
  null: null,
  booleans: [true, false],
  'small integers': times(200, (i) => i - 100),
  'integer limits': [2 ** 31 - 1, -(2 ** 31), 2 ** 31, 2 ** 32, Number.MAX_SAFE_INTEGER, 2 ** 53],
  doubles: [0.1, -0, NaN, Infinity, -Infinity, Number.MIN_VALUE, Number.MAX_VALUE],
  'negative zero': -0,
  'integers, then doubles': times(100, (i) => (i < 50 ? i : i / 3)),
  'integers with one negative zero': times(100, (i) => (i === 70 ? -0 : i)),
  bigints: [0n, 1n, -1n, 255n, 256n, -(2n ** 63n), 2n ** 64n - 1n, 2n ** 64n, -(2n ** 200n)],
  'short strings': [
    '',
    'a',
    'ab',
    'abc',
    'abcd',
    'abcde',
    'abcdef',
    'abcdefg',
    'abcdefgh',
    'abcdefghi',
  ],
  'wide strings': ['é', 'ÿ', 'Ā', '日本語', '👍', '\ud800', '\udc00x', '日'.repeat(100)],
  'long strings': ['x'.repeat(31), 'x'.repeat(32), 'y'.repeat(70_000), 'ÿ'.repeat(40_000)],
  'many strings': times(5000, (i) => `string ${i % 900}`),
  'unique strings': times(5000, (i) => `unique ${i}`),
  'unique strings, some wide': times(9000, (i) => (i % 2500 === 2400 ? `東京 ${i}` : `city ${i}`)),
  'unique strings, some long or empty': times(
    4000,
    (i) => 'x'.repeat(i % 700 === 699 ? i * 5 : i % 9) + i,
  ),
  'unique strings with others between': times(3000, (i) =>
    i % 400 === 399 ? [i, null, undefined][i % 3] : `s${i}`,
  ),
  'unique strings with holes': Object.assign(
    times(1000, (i) => `s${i}`),
    { length: 1200, 1300: 'end' },
  ),
  'consecutive integers': [
    times(5000, (i) => i),
    times(50, (i) => i - 3),
    times(9, (i) => 2 ** 31 - 9 + i),
  ],
  'strings of both widths': times(3000, (i) => (i % 50 === 7 ? `東京${i}` : `city ${i}`)),
  dates: [new Date(0), new Date(-1), new Date(1.7e12)],
  'regular expressions': [/a+/, /\//giu, /\u2028/m, /x/dy],
  map: new Map([
    ['a', 1],
    [{ k: 1 }, new Map()],
    [NaN, undefined],
  ]),
  set: new Set([1, 'a', null, new Set([2])]),
  boxed: [Object(1), Object('s'), Object(true), Object(false), Object(7n), Object(-0)],
  'plain object': { a: 1, b: 'x', c: null, d: undefined, e: { f: [] } },
  'empty object': {},
  'index keys': { 2: 'b', 1: 'a', x: 'c' },
  holes: Object.assign([], { 1: 1, 3: 3, length: 5 }),
  'a hole in a long array': Object.assign(
    times(100, (i) => i),
    { length: 120 },
  ),
  sparse: Object.assign([], { 3: 'a', 70_000: 'b', 4_000_000_000: 'c' }),
  'named properties': Object.assign([1, 2, 3], { name: 'n', 'a b': 2 }),
  'regular expression result': 'key=value'.match(/(\w+)=/),
  'regular expression results': times(40, (i) => `x${i}`.match(/x(\d+)/)),
  'array buffer': buffer,
  'empty buffer': new ArrayBuffer(0),
  'views of one buffer': [
    new Uint8Array(buffer, 2, 4),
    new DataView(buffer, 1, 9),
    new Float64Array(buffer, 8),
  ],
  'typed arrays': [
    Int8Array.of(-1),
    Uint8Array.of(255),
    Uint8ClampedArray.of(300),
    Int16Array.of(-2),
    Uint16Array.of(65535),
    Int32Array.of(-3),
    Uint32Array.of(2 ** 32 - 1),
    Float32Array.of(0.5),
    Float64Array.of(NaN, -0),
    BigInt64Array.of(-5n),
    BigUint64Array.of(2n ** 64n - 1n),
  ],
  records: times(500, (i) => ({ id: i, name: `n${i % 9}`, ratio: i / 7, on: i % 2 === 0 })),
  'records with optional fields': times(500, (i) => (i % 3 ? { id: i } : { id: i, extra: null })),
  'records whose field changes type': times(500, (i) => ({ v: i < 250 ? i : i % 2 ? 'x' : [i] })),
  'nested records': times(300, (i) => ({ a: { b: { c: i } }, list: times(i % 5, (j) => ({ j })) })),
  'one record shape at several places': times(200, (i) => ({ from: { x: i }, to: { x: i / 2 } })),
  tree: tree(8),
  'nested arrays': times(100, (i) => [[i], [[i, [i, [i, [i, [i]]]]]]]),
  'empty arrays and objects': times(300, (i) => (i % 2 ? [] : {})),
  'constant records': times(300, () => ({ ok: true, none: null })),
  dictionary: Object.fromEntries(times(500, (i) => [`key ${i}`, { i }])),
  'small dictionaries': times(100, (i) => ({ [`k${i}`]: i, [`l${i * 7}`]: 'v' })),
  'a mixture in records': times(100, (i) => ({
    at: new Date(i),
    big: BigInt(i),
    set: new Set([i]),
    map: new Map([[i, `${i}`]]),
  })),
}

function tree(depth) {
  return depth === 0 ? { leaf: true } : { left: tree(depth - 1), right: tree(depth - 1), depth }
}

for (const [mode, roundTrip] of [
  ['compiled', makeRoundTrip()],
  ['interpreted', makeRoundTrip(interpreted)],
]) {
  describe(`what structured clone carries, ${mode}`, () => {
    for (const [name, value] of Object.entries(values)) {
      test(name, () => {
        // Several times: compiled code takes over after some rows.
        for (let i = 0; i < 3; i++) assert.deepStrictEqual(roundTrip(value), structuredClone(value))
        assert.deepStrictEqual(roundTrip({ value }), { value: structuredClone(value) })
        assert.deepStrictEqual(roundTrip(times(20, () => [value]))[19], [structuredClone(value)])
      })
    }
  })
}
