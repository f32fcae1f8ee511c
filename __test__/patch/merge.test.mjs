import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runInNewContext } from 'node:vm'
import { applyPatch, diff, mergePatches, PatchConflictError } from 'isolane'

import { ROUNDS } from './rounds.mjs'
import { Random } from './random.mjs'

const set = (...path) => ({ op: 'set', path: path.slice(0, -1), value: path.at(-1) })
const merged = (target, ...patches) => applyPatch(target, mergePatches(patches).operations)

test('the merge of one patch does what the patch does, and merged twice the same', () => {
  for (let seed = 0; seed < ROUNDS; seed++) {
    const random = new Random(seed)
    const before = random.value()
    const after = random.changed(before)
    const patch = diff(before, after)
    assert.deepEqual(merged(before, patch), after, `seed ${seed}`)
    const { operations, conflicts } = mergePatches([patch, patch])
    assert.deepEqual(applyPatch(before, operations), after, `seed ${seed}`)
    assert.deepEqual(conflicts, [], `seed ${seed}`)
    assert.deepEqual(mergePatches([operations]).operations, operations, `seed ${seed}`)
  }
})

test('changes of different nodes are all made, in whatever order', () => {
  for (let seed = 0; seed < ROUNDS; seed++) {
    const random = new Random(seed)
    const names = ['a', 'b', 'c', 'd']
    const target = Object.fromEntries(names.map((name) => [name, random.value(2)]))
    const changed = names.map((name) => [name, random.changed(target[name])])
    const patches = changed.map(([name, value]) => diff(target, { ...target, [name]: value }))
    const wanted = Object.fromEntries(changed)
    assert.deepEqual(merged(target, ...patches), wanted, `seed ${seed}`)
    const { operations, conflicts } = mergePatches(patches.toReversed())
    assert.deepEqual(applyPatch(target, operations), wanted, `seed ${seed}`)
    assert.deepEqual(conflicts, [], `seed ${seed}`)
  }
})

test('where no patch takes away what another changes, merging is applying one after the other', () => {
  let compared = 0
  for (let seed = 0; seed < ROUNDS; seed++) {
    const random = new Random(seed)
    const target = { list: [1, 2, 3], map: new Map([['a', { x: 1 }]]), ...random.value(3) }
    const patches = Array.from({ length: 3 }, () => diff(target, random.changed(target, 2)))
    const { operations } = mergePatches(patches)
    const result = applyPatch(target, operations)
    if (patches.flat().some(({ op, path }) => op !== 'set' || path.length === 0)) continue
    let inTurn = target
    try {
      for (const patch of patches) inTurn = applyPatch(inTurn, patch)
    } catch (error) {
      // A change below what an earlier one replaced by something else.
      assert.equal(error.code, 'ERR_ISOLANE_PATCH')
      continue
    }
    assert.deepEqual(result, inTurn, `seed ${seed}`)
    compared++
  }
  assert(compared > ROUNDS / 20, `only ${compared}`)
})

/** A list of elements with keys, a Map and a Set. */
const collections = (ids) => ({
  rooms: ids.map((id) => ({ id, price: 1 })),
  rates: new Map(ids.map((id) => [id, { price: 1 }])),
  tags: new Set(ids),
})

/** A copy in which one of several writers has changed, taken away and added what is its own. */
function written(random, target, writer, writers) {
  const copy = structuredClone(target)
  const ids = [...copy.tags].filter((id) => id % writers === writer)
  for (const id of ids) {
    const at = copy.rooms.findIndex((room) => room.id === id)
    if (random.next() < 0.4) copy.rooms.splice(at, 1)
    else if (random.next() < 0.5) copy.rooms[at].price = 2
    if (random.next() < 0.4) copy.rates.delete(id)
    else if (random.next() < 0.5) copy.rates.get(id).price = 2
    if (random.next() < 0.4) copy.tags.delete(id)
  }
  for (let i = random.below(3); i > 0; i--) {
    const id = 100 * i + writer
    copy.rooms.splice(random.below(copy.rooms.length + 1), 0, { id, price: 3 })
    copy.rates.set(id, { price: 3 })
    copy.tags.add(id)
  }
  return copy
}

/** What is in it, in whichever order. */
const contents = ({ rooms, rates, tags }) => ({
  rooms: rooms.toSorted((one, other) => one.id - other.id),
  rates,
  tags,
})

test('what comes and goes apart commutes, and merging is applying one after the other', () => {
  let taken = 0
  for (let seed = 0; seed < ROUNDS / 10; seed++) {
    const random = new Random(seed)
    const target = collections(Array.from({ length: random.below(10) }, (_, id) => id))
    const copies = [0, 1, 2].map((writer) => written(random, target, writer, 3))
    const patches = copies.map((copy) => diff(target, copy, { key: 'id' }))
    taken += patches.flat().filter(({ op }) => op === 'delete' || op === 'insert').length
    const { operations, conflicts } = mergePatches(patches)
    const result = contents(applyPatch(target, operations))
    assert.deepEqual(conflicts, [], `seed ${seed}`)
    let inTurn = target
    for (const patch of patches) inTurn = applyPatch(inTurn, patch)
    assert.deepEqual(contents(inTurn), result, `seed ${seed}`)
    assert.deepEqual(contents(merged(target, ...patches.toReversed())), result, `seed ${seed}`)
  }
  assert(taken > ROUNDS / 10, `only ${taken}`)
})

test('whatever patches come together, there is a merge, and it can be applied', () => {
  for (let seed = 0; seed < ROUNDS; seed++) {
    const random = new Random(seed)
    const target = random.value(4)
    const kept = structuredClone(target)
    const patches = Array.from({ length: 4 }, () => diff(target, random.changed(target, 4)))
    for (const onConflict of [
      'last',
      'first',
      ({ path }) => (path.length % 2 ? 'first' : 'last'),
    ]) {
      const { operations } = mergePatches(patches, { onConflict })
      applyPatch(target, operations)
      assert.deepEqual(target, kept, `seed ${seed}`)
    }
  }
})

test('of two changes of one node the later is kept, and told', () => {
  const [one, other] = [[set('a', 1)], [set('a', 2)]]
  const { operations, conflicts } = mergePatches([one, other])
  assert.deepEqual(operations, other)
  assert.deepEqual(conflicts, [
    {
      path: ['a'],
      earlier: { patch: 0, operation: one[0] },
      later: { patch: 1, operation: other[0] },
      kept: 'later',
    },
  ])
  // Doing the same is none.
  assert.deepEqual(mergePatches([one, structuredClone(one)]).conflicts, [])
})

test('onConflict says which is kept', () => {
  const patches = [
    [set('a', 1), set('b', 1)],
    [set('a', 2), set('c', 2)],
  ]
  const first = mergePatches(patches, { onConflict: 'first' })
  assert.deepEqual(applyPatch({}, first.operations), { a: 1, b: 1, c: 2 })
  assert.equal(first.conflicts[0].kept, 'earlier')
  const asked = []
  const chosen = mergePatches(patches, {
    onConflict: (conflict) => (asked.push(conflict), 'first'),
  })
  assert.deepEqual(applyPatch({}, chosen.operations), { a: 1, b: 1, c: 2 })
  assert.deepEqual(Object.keys(asked[0]), ['path', 'earlier', 'later'])
  assert.throws(
    () => mergePatches(patches, { onConflict: 'reject' }),
    (error) => {
      assert(error instanceof PatchConflictError)
      assert.equal(error.code, 'ERR_ISOLANE_PATCH_CONFLICT')
      assert.match(error.message, /Patches 0 and 1 both change value\.a/)
      assert.equal(error.conflicts.length, 1)
      return true
    },
  )
  assert.throws(() => mergePatches(patches, { onConflict: 'both' }), /options\.onConflict must be/)
})

test('a node that is set covers earlier changes below it', () => {
  const target = { a: { b: 1, c: 1 } }
  const { operations, conflicts } = mergePatches([[set('a', 'b', 2)], [set('a', { z: 1 })]])
  assert.deepEqual(applyPatch(target, operations), { a: { z: 1 } })
  assert.equal(conflicts.length, 1)
})

test('a change below a node that was set before is made to what was set', () => {
  const target = { a: { b: 1 } }
  const { operations, conflicts } = mergePatches([[set('a', { b: 5, z: 1 })], [set('a', 'b', 2)]])
  assert.deepEqual(applyPatch(target, operations), { a: { b: 2, z: 1 } })
  assert.deepEqual(conflicts, [])
})

test('a change below a node that was deleted before brings the original back', () => {
  const target = { a: { b: { c: 1 }, d: 1 } }
  const gone = [{ op: 'delete', path: ['a'] }]
  const { operations, conflicts } = mergePatches([gone, [set('a', 'b', 'c', 2)]])
  assert.deepEqual(applyPatch(target, operations), { a: { b: { c: 2 }, d: 1 } })
  assert.equal(conflicts.length, 1)
  const scalar = mergePatches([[set('a', 7)], [set('a', 'b', 'c', 2)]])
  assert.deepEqual(applyPatch(target, scalar.operations), { a: { b: { c: 2 }, d: 1 } })
  assert.equal(scalar.conflicts.length, 1)
})

test('changes below what was set are made together, to what was set', () => {
  const target = { l: ['x'] }
  const deletes = [
    { op: 'delete', path: ['l', 0] },
    { op: 'delete', path: ['l', 2] },
  ]
  const list = set('l', [1, 2, 3, 4])
  assert.deepEqual(merged(target, [list], deletes), { l: [2, 4] })
  assert.deepEqual(applyPatch(target, [list, ...deletes]), { l: [2, 4] })
  assert.deepEqual(merged(target, [list], [deletes[0]], [set('l', 2, 'Z')]), { l: [2, 'Z', 4] })
  const three = [[set('a', { x: 1 })], [set('a', 'x', 2)], [set('a', 'x', 3)]]
  const { operations, conflicts } = mergePatches(three, { onConflict: 'first' })
  assert.deepEqual(applyPatch({}, operations), { a: { x: 2 } })
  assert.deepEqual(
    conflicts.map(({ kept }) => kept),
    ['earlier'],
  )
  // What another has added below counts as there.
  const added = [[set('a', {})], [set('a', 'x', {})], [set('a', 'x', 'y', 1)]]
  assert.deepEqual(merged({}, ...added), { a: { x: { y: 1 } } })
  const inserted = {
    op: 'insert',
    path: ['k', { key: 'id', is: 1 }],
    value: { id: 1 },
    after: null,
  }
  const changed = set('k', { key: 'id', is: 1 }, 'v', 5)
  assert.deepEqual(merged({ k: [] }, [inserted], [changed]), { k: [{ id: 1, v: 5 }] })
})

test('elements that one patch tells by index and another by key are a conflict', () => {
  const target = { l: [{ id: 1, v: 1 }] }
  const byIndex = [set('l', 0, 'v', 5)]
  const byKey = [set('l', { key: 'id', is: 1 }, 'v', 7)]
  const { operations, conflicts } = mergePatches([byIndex, byKey])
  assert.deepEqual(applyPatch(target, operations), { l: [{ id: 1, v: 7 }] })
  assert.equal(conflicts.length, 1)
  assert.throws(() => mergePatches([byIndex, byKey], { onConflict: 'reject' }))
})

test('values of other contexts are what they are', () => {
  const target = runInNewContext('({ m: new Map([["a", 1]]), s: new Set([1]), l: [1] })')
  const now = structuredClone(target)
  now.m.set('b', 2)
  now.s.add(2)
  now.l.push(2)
  assert.deepEqual(structuredClone(applyPatch(target, diff(target, now))), now)
})

test('two patches that change the length of an array disagree; what each does to elements stays', () => {
  const target = { list: ['a', 'b', 'c'] }
  const one = diff(target, { list: ['a', 'b', 'c', 'd'] })
  const other = diff(target, { list: ['b', 'c'] })
  const { operations, conflicts } = mergePatches([one, other, [set('list', 2, 'C')]])
  assert.deepEqual(applyPatch(target, operations), { list: ['b', 'C'] })
  assert.deepEqual(
    conflicts.map(({ earlier, later }) => [earlier.patch, later.patch]),
    [[0, 1]],
  )
  assert.deepEqual(merged(target, other, one), { list: ['a', 'b', 'c', 'd'] })
})

test('elements with keys go, come, move and change apart from each other', () => {
  const room = (id, price) => ({ id, price })
  const target = { rooms: [room('a', 1), room('b', 2), room('c', 3)] }
  const patch = (rooms) => diff(target, { rooms }, { key: 'id' })
  const patches = [
    patch([room('b', 2), room('c', 3)]),
    patch([room('a', 1), room('new', 9), room('b', 2), room('c', 3)]),
    patch([room('c', 3), room('a', 1), room('b', 2)]),
    patch([room('a', 1), room('b', 7), room('c', 3)]),
  ]
  const { operations, conflicts } = mergePatches(patches)
  const { rooms } = applyPatch(target, operations)
  assert.deepEqual(conflicts, [])
  assert.deepEqual(new Set(rooms), new Set([room('c', 3), room('new', 9), room('b', 7)]))
  assert.equal(rooms[0].id, 'c')
})

test('entries of Maps and members of Sets are nodes', () => {
  const target = {
    tags: new Set(['x', 'y']),
    rates: new Map([
      ['a', { p: 1 }],
      ['b', { p: 1 }],
    ]),
  }
  const one = structuredClone(target)
  one.tags.add('one')
  one.rates.get('a').p = 2
  const other = structuredClone(target)
  other.tags.delete('x')
  other.rates.set('b', 'gone')
  const patches = [diff(target, one), diff(target, other)]
  assert.deepEqual(mergePatches(patches).conflicts, [])
  assert.deepEqual(merged(target, ...patches), {
    tags: new Set(['y', 'one']),
    rates: new Map([
      ['a', { p: 2 }],
      ['b', 'gone'],
    ]),
  })
})

test('what has not changed is part of both values', () => {
  const target = { a: { deep: [1] }, b: [{ x: 1 }, { x: 2 }], c: new Map([['k', {}]]) }
  Object.freeze(target)
  Object.freeze(target.b)
  const value = applyPatch(target, [set('b', 0, 'x', 5)])
  assert.equal(value.a, target.a)
  assert.equal(value.b[1], target.b[1])
  assert.equal(value.c, target.c)
  assert.notEqual(value.b, target.b)
  assert.equal(applyPatch(target, []), target)
  const bare = Object.assign(Object.create(null), { a: 1 })
  assert.equal(Object.getPrototypeOf(applyPatch(bare, [set('a', 2)])), null)
})

test('operations that do not fit are refused with their path', () => {
  const refused = (target, operation, message) =>
    assert.throws(() => applyPatch(target, [operation]), { code: 'ERR_ISOLANE_PATCH', message })
  refused({}, set('a', 'b', 1), /^value\.a is not there/)
  refused({ a: 1 }, set('a', 'b', 1), /^value\.a is a number, which has nothing below it/)
  refused({ a: [1] }, set('a', 4, 1), /^value\.a\[4\] is not there; the array has 1 elements/)
  refused({}, { op: 'delete', path: ['a'] }, /cannot be deleted/)
  refused([], set('name', 1), /^value\.name is no step into an array/)
  refused({}, set(0, 1), /^value\[0\] is no step into an object/)
  refused(new Map(), set('a', 1), /is no step into a Map/)
  refused([{ id: 1 }], set({ key: 'id', is: 2 }, 'x', 1), /^value\[id: 2\] is not there/)
  refused(
    { d: new Date(0) },
    set('d', 'x', 1),
    /^value\.d is a value that can only be set as a whole/,
  )
  const move = { op: 'move', path: [{ key: 'id', is: 1 }], after: 1 }
  assert.deepEqual(applyPatch([{ id: 1 }, { id: 2 }], [move]), [{ id: 1 }, { id: 2 }])
  const rate = {}
  const shared = { a: rate, b: rate }
  assert.throws(() => applyPatch(shared, [set('a', 'x', 1), set('b', 'x', 1)]), /the same object/)
})

test('what is no operation is refused by name', () => {
  const refused = (operation, message) =>
    assert.throws(() => applyPatch({}, [operation]), {
      code: 'ERR_ISOLANE_INVALID_ARGUMENT',
      message,
    })
  refused(null, /operations\[0\] must be an operation/)
  refused({ op: 'add', path: [] }, /operations\[0\]\.op must be/)
  refused({ op: 'set', path: 'a' }, /operations\[0\]\.path must be an array/)
  refused({ op: 'set', path: [1.5] }, /operations\[0\]\.path\[0\] must be/)
  refused({ op: 'set', path: [{ by: 1 }] }, /operations\[0\]\.path\[0\] must be/)
  refused({ op: 'delete', path: [] }, /the root can be set/)
  refused({ op: 'move', path: [1] }, /'move' is for elements of arrays that have keys/)
  refused({ op: 'insert', path: ['a'], value: 1 }, /'insert' is for elements/)
  refused({ op: 'move', path: [{ key: 'id', is: 1 }] }, /after must be the key/)
  assert.throws(() => applyPatch({}, {}), /operations must be an array/)
  assert.throws(() => mergePatches([{}]), /patches\[0\] must be an array/)
})
