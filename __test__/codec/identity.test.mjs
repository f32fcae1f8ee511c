import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { interpreted, makeRoundTrip, times } from './support.mjs'

for (const [mode, roundTrip] of [
  ['compiled', makeRoundTrip()],
  ['interpreted', makeRoundTrip(interpreted)],
]) {
  describe(`identity inside one payload, ${mode}`, () => {
    test('a cycle through an object', () => {
      const value = { name: 'a', list: [] }
      value.self = value
      value.list.push(value, value.list)
      const copy = roundTrip(value)
      assert.equal(copy.self, copy)
      assert.equal(copy.list[0], copy)
      assert.equal(copy.list[1], copy.list)
    })

    test('records that share a record', () => {
      const owners = times(5, (i) => ({ id: i, name: `owner ${i}` }))
      for (let round = 0; round < 3; round++) {
        const copy = roundTrip(times(500, (i) => ({ id: i, owner: owners[i % 5] })))
        for (let i = 5; i < 500; i++) assert.equal(copy[i].owner, copy[i % 5].owner)
        assert.notEqual(copy[0].owner, copy[1].owner)
        assert.deepEqual(copy[499].owner, owners[4])
      }
    })

    test('records that look alike stay apart', () => {
      for (let round = 0; round < 3; round++) {
        const copy = roundTrip(times(3000, () => ({ tag: 'same', score: 1 })))
        assert.equal(new Set(copy).size, 3000)
      }
    })

    test('one of many look-alikes comes again', () => {
      for (let round = 0; round < 3; round++) {
        const value = times(3000, () => ({ tag: 'same', score: 1 }))
        value.push(value[0], value[7], value[400], value[2999])
        const copy = roundTrip(value)
        assert.deepEqual(
          value.slice(3000).map((_, i) => copy.indexOf(copy[3000 + i])),
          [0, 7, 400, 2999],
        )
      }
    })

    test('every object twice, in another order', () => {
      for (let round = 0; round < 3; round++) {
        const once = times(2000, (i) => ({ id: i % 400, name: `n${i % 50}` }))
        const copy = roundTrip([...once, ...once.map((_, i) => once[1999 - i])])
        for (let i = 0; i < 2000; i++) assert.equal(copy[i], copy[3999 - i])
        assert.equal(new Set(copy).size, 2000)
      }
    })

    test('arrays at several places', () => {
      const shared = times(20, (i) => [i, `${i}`])
      const copy = roundTrip(times(400, (i) => ({ a: shared[i % 20], b: [shared[(i * 7) % 20]] })))
      for (let i = 20; i < 400; i++) {
        assert.equal(copy[i].a, copy[i % 20].a)
        assert.equal(copy[i].b[0], copy[(i * 7) % 20].a)
      }
    })

    test('an array that poses as a record among records', () => {
      for (let round = 0; round < 3; round++) {
        const value = times(200, (i) => ({ id: i, name: `n${i}` }))
        value[150] = Object.assign(Object.setPrototypeOf([], Object.prototype), value[150])
        const copy = roundTrip(value)
        assert.ok(Array.isArray(copy[150]))
        assert.deepEqual(copy[151], { id: 151, name: 'n151' })
      }
    })

    test('records with keys of others, and records that look like arrays', () => {
      for (let round = 0; round < 3; round++) {
        const value = times(300, (i) => [{ 0: i, 1: 'x' }, { 1: i }, [i, 'x'], '01', null][i % 5])
        const copy = roundTrip({ value })
        assert.deepEqual(copy, { value })
      }
    })

    test('linked records form a ring', () => {
      const nodes = times(300, (i) => ({ id: i, next: undefined }))
      nodes.forEach((node, i) => (node.next = nodes[(i + 1) % 300]))
      const copy = roundTrip(nodes)
      for (let i = 0; i < 300; i++) assert.equal(copy[i].next, copy[(i + 1) % 300])
    })

    test('an object first alone, then among many of its shape', () => {
      const shared = { id: -1, name: 'shared' }
      for (let round = 0; round < 3; round++) {
        const many = times(200, (i) => (i % 50 === 49 ? shared : { id: i, name: `n${i}` }))
        const copy = roundTrip({ shared, few: [shared], many, last: shared })
        assert.equal(copy.few[0], copy.shared)
        assert.equal(copy.last, copy.shared)
        for (const i of [49, 99, 149, 199]) assert.equal(copy.many[i], copy.shared)
      }
    })

    test('every kind of object keeps its number', () => {
      const target = { target: true }
      const shared = [
        new Date(1),
        /x/,
        new Map([[1, 2]]),
        new Set([1]),
        new Error('e'),
        Object(1),
        Object('s'),
        new ArrayBuffer(3),
        new Uint8Array(4),
        Buffer.from('b'),
        [1],
        Object.create(null),
        target,
      ]
      const copy = roundTrip([...shared, ...shared])
      for (let i = 0; i < shared.length; i++) assert.equal(copy[i], copy[i + shared.length])
      assert.deepEqual(copy.at(-1), { target: true })
    })

    test('views of one buffer stay views of one buffer', () => {
      const memory = new ArrayBuffer(16)
      const copy = roundTrip({
        bytes: new Uint8Array(memory, 4, 8),
        doubles: new Float64Array(memory),
        memory,
      })
      assert.equal(copy.bytes.buffer, copy.memory)
      assert.equal(copy.doubles.buffer, copy.memory)
      assert.deepEqual([copy.bytes.byteOffset, copy.bytes.length], [4, 8])
    })

    test('a map that contains itself', () => {
      const map = new Map()
      map.set('me', map).set(map, new Set([map]))
      const copy = roundTrip(map)
      assert.equal(copy.get('me'), copy)
      assert.ok(copy.get(copy).has(copy))
    })
  })
}
