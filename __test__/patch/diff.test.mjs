// oxlint-disable no-sparse-arrays
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { applyPatch, diff, PatchError } from 'isolane'

import { ROUNDS } from './rounds.mjs'
import { define, Random } from './random.mjs'

test('what the difference is made to becomes the other value', () => {
  for (let seed = 0; seed < ROUNDS; seed++) {
    const random = new Random(seed)
    const before = random.value()
    const after = random.next() < 0.8 ? random.changed(before) : random.value()
    const kept = structuredClone(before)
    const operations = diff(before, after)
    assert.deepEqual(applyPatch(before, operations), after, `seed ${seed}`)
    assert.deepEqual(before, kept, `seed ${seed}: the value itself has changed`)
    assert.deepEqual(diff(after, applyPatch(before, operations)), [], `seed ${seed}`)
  }
})

test('elements with keys become the other value too, in its order', () => {
  for (let seed = 0; seed < ROUNDS; seed++) {
    const random = new Random(seed)
    const list = () => {
      const ids = new Set(
        Array.from({ length: random.below(7) }, () => random.one([1, 2, 'x', 3, 4, 5, true])),
      )
      return [...ids].map((id) => ({ id, value: random.value(1) }))
    }
    const [before, after] = [{ rooms: list() }, { rooms: list() }]
    const operations = diff(before, after, { key: 'id' })
    assert.deepEqual(applyPatch(before, operations), after, `seed ${seed}`)
    assert.deepEqual(applyPatch(before, diff(before, after, { key: { rooms: 'id' } })), after)
  }
})

test('equal values have no difference', () => {
  for (let seed = 0; seed < ROUNDS; seed++) {
    const value = new Random(seed).value()
    assert.deepEqual(diff(value, structuredClone(value)), [], `seed ${seed}`)
  }
  assert.deepEqual(diff(NaN, NaN), [])
  assert.deepEqual(diff([new Date(1)], [new Date(1)]), [])
})

test('numbers that only look alike are different', () => {
  assert.deepEqual(diff({ a: 0 }, { a: -0 }), [{ op: 'set', path: ['a'], value: -0 }])
  assert.deepEqual(diff([1], ['1']), [{ op: 'set', path: [0], value: '1' }])
  assert.deepEqual(diff([1], [1n]), [{ op: 'set', path: [0], value: 1n }])
})

test('what is compared as a whole is set as a whole', () => {
  const now = { date: new Date(2), regexp: /x/i, bytes: Uint8Array.of(1, 3), boxed: Object(2) }
  const before = { date: new Date(1), regexp: /x/g, bytes: Uint8Array.of(1, 2), boxed: Object(1) }
  assert.deepEqual(
    diff(before, now).map(({ op, path }) => [op, ...path]),
    [
      ['set', 'date'],
      ['set', 'regexp'],
      ['set', 'bytes'],
      ['set', 'boxed'],
    ],
  )
})

test('elements that go or come among others cost themselves only', () => {
  const list = Array.from({ length: 100 }, (_, id) => ({ id, big: 'x'.repeat(10) }))
  assert.deepEqual(
    diff(
      list,
      list.filter(({ id }) => id % 10 !== 0),
    ),
    [0, 10, 20, 30, 40, 50, 60, 70, 80, 90].map((i) => ({ op: 'delete', path: [i] })),
  )
  const more = list.toSpliced(50, 0, 'new').toSpliced(3, 0, 'first')
  assert.deepEqual(diff(list, more), [
    { op: 'insert', path: [3], value: 'first' },
    { op: 'insert', path: [50], value: 'new' },
  ])
})

test('an element with a key is moved, changed and found by it', () => {
  const before = [
    { id: 1, a: 1 },
    { id: 2, a: 2 },
    { id: 3, a: 3 },
  ]
  const after = [
    { id: 3, a: 3 },
    { id: 1, a: 9 },
    { id: 4, a: 4 },
    { id: 2, a: 2 },
  ]
  assert.deepEqual(diff(before, after, { key: 'id' }), [
    { op: 'move', path: [{ key: 'id', is: 3 }], after: null },
    { op: 'set', path: [{ key: 'id', is: 1 }, 'a'], value: 9 },
    { op: 'insert', path: [{ key: 'id', is: 4 }], value: { id: 4, a: 4 }, after: 1 },
  ])
})

test('where a key is named for a place, an element must have one of its own', () => {
  const place = { key: { 'hotels.*.rooms': 'id' } }
  const hotels = (...rooms) => ({ hotels: [{ rooms }] })
  assert.throws(() => diff(hotels({ id: 1 }), hotels({ name: 'x' }), place), {
    name: 'PatchError',
    code: 'ERR_ISOLANE_PATCH',
    path: ['hotels', 0, 'rooms'],
    message: /^value\.hotels\[0\]\.rooms \[0\] has no key 'id'/,
  })
  assert.throws(
    () => diff(hotels({ id: 1 }), hotels({ id: 2 }, { id: 2 }), place),
    /key of another/,
  )
  // A name for all arrays is for those that have it.
  const twice = hotels({ id: 2 }, { id: 2 })
  assert.deepEqual(
    applyPatch(hotels({ id: 1 }), diff(hotels({ id: 1 }), twice, { key: 'id' })),
    twice,
  )
})

test('only what is at the paths is compared', () => {
  const before = { rooms: [{ a: 1 }], rates: { x: 1 }, rest: 1 }
  const after = { rooms: [{ a: 2 }], rates: { x: 2 }, rest: 2 }
  const paths = [['rooms'], ['rates', 'x']]
  assert.deepEqual(diff(before, after, { paths }), [
    { op: 'set', path: ['rooms', 0, 'a'], value: 2 },
    { op: 'set', path: ['rates', 'x'], value: 2 },
  ])
})

test('__proto__ is a name as others are', () => {
  const before = {}
  const after = {}
  define(after, '__proto__', { polluted: true })
  const operations = diff(before, after)
  assert.deepEqual(operations, [{ op: 'set', path: ['__proto__'], value: { polluted: true } }])
  const patched = applyPatch(before, operations)
  assert.equal(Object.getPrototypeOf(patched), Object.prototype)
  assert.deepEqual(Object.getOwnPropertyNames(patched), ['__proto__'])
  assert.equal({}.polluted, undefined)
  const changed = {}
  define(changed, '__proto__', { polluted: 1 })
  assert.deepEqual(diff(after, changed), [{ op: 'set', path: ['__proto__', 'polluted'], value: 1 }])
  assert.deepEqual(Object.getOwnPropertyNames(applyPatch(after, diff(after, {}))), [])
})

test('arrays with holes or properties are compared as a whole', () => {
  const sparse = [1, , 3]
  assert.deepEqual(diff(sparse, [1, , 3]), [])
  assert.deepEqual(diff(sparse, [1, undefined, 3]), [
    { op: 'set', path: [], value: [1, undefined, 3] },
  ])
  const named = Object.assign([1, 2], { name: 'x' })
  assert.deepEqual(diff([1, 2], named), [{ op: 'set', path: [], value: named }])
  assert.deepEqual(applyPatch(sparse, [{ op: 'insert', path: [3], value: 4 }]), [1, , 3, 4])
})

test('a cycle is refused with its path, and so is what is too deep', () => {
  const cycle = () => {
    const value = { a: { b: {} }, x: Math.random() }
    value.a.b.c = value
    return value
  }
  assert.throws(
    () => diff(cycle(), cycle()),
    (error) => {
      assert(error instanceof PatchError)
      assert.deepEqual(error.path.slice(0, 4), ['a', 'b', 'c', 'a'])
      return true
    },
  )
  const deep = (leaf) => {
    let value = leaf
    for (let i = 0; i < 100_000; i++) value = [value]
    return value
  }
  assert.throws(() => diff(deep(1), deep(2)), { code: 'ERR_ISOLANE_PATCH' })
})

test('one object with two paths may stay as it is, and is refused where it changed', () => {
  const rate = { price: 1 }
  const value = { a: rate, b: rate, x: 1 }
  const same = structuredClone(value)
  same.x = 2
  assert.deepEqual(diff(value, same), [{ op: 'set', path: ['x'], value: 2 }])
  const changed = structuredClone(value)
  changed.a.price = 2
  assert.throws(() => diff(value, changed), { code: 'ERR_ISOLANE_PATCH', path: ['b'] })
  // Of many paths to equal objects none is gone twice.
  let many = {}
  let others = {}
  for (let i = 0; i < 60; i++) {
    many = { l: many, r: many }
    others = { l: others, r: others }
  }
  assert.deepEqual(diff(many, others), [])
})

test('getters are asked as reading asks them, and what they throw is thrown', () => {
  const before = {
    get a() {
      return 1
    },
  }
  assert.deepEqual(diff(before, { a: 2 }), [{ op: 'set', path: ['a'], value: 2 }])
  const throws = {
    get a() {
      throw new RangeError('mine')
    },
  }
  assert.throws(() => diff(throws, { a: 1 }), { name: 'RangeError', message: 'mine' })
})

test('wrong options are named', () => {
  assert.throws(() => diff(1, 2, { key: 7 }), /options\.key must be the name/)
  assert.throws(() => diff(1, 2, { key: { rooms: '' } }), /options\.key\['rooms'\]/)
  assert.throws(
    () => diff(1, 2, { paths: ['rooms'] }),
    /options\.paths\[0\] must be an array of steps/,
  )
  assert.throws(() => diff(1, 2, { paths: [[-1]] }), /options\.paths\[0\]\[0\] must be a property/)
  assert.throws(() => diff(1, 2, { nope: 1 }), { code: 'ERR_ISOLANE_INVALID_ARGUMENT' })
})
