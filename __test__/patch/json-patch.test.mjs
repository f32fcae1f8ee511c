import assert from 'node:assert/strict'
import { test } from 'node:test'
import { applyPatch, diff, fromJsonPatch, toJsonPatch } from 'isolane'
import fastJsonPatch from 'fast-json-patch'

import { ROUNDS } from './rounds.mjs'
import { Random } from './random.mjs'

/** fast-json-patch refuses names that lead to a prototype. */
const isTame = (value) => !JSON.stringify(value).match(/__proto__|constructor/)

test('another library that is given the JSON Patch makes the same value of it', () => {
  let compared = 0
  for (let seed = 0; compared < ROUNDS; seed++) {
    const random = new Random(seed, { isJson: true })
    const before = random.value()
    const after = random.next() < 0.8 ? random.changed(before) : random.value()
    if (!isTame(before) || !isTame(after)) continue
    compared++
    const patch = toJsonPatch(diff(before, after))
    const { newDocument } = fastJsonPatch.applyPatch(structuredClone(before), patch, true)
    assert.deepEqual(newDocument, after, `seed ${seed}`)
    // And the other way round.
    const theirs = fastJsonPatch.compare(wrapped(before), wrapped(after))
    const operations = fromJsonPatch(theirs, wrapped(before))
    assert.deepEqual(applyPatch(wrapped(before), operations), wrapped(after), `seed ${seed}`)
  }
})

/** It compares objects and arrays only. */
const wrapped = (value) => ({ value })

test('elements with keys become indexes, for which the target is needed', () => {
  const before = [{ id: 1, a: 1 }, { id: 2 }, { id: 3 }]
  const after = [{ id: 3 }, { id: 1, a: 2 }]
  const operations = diff(before, after, { key: 'id' })
  assert.throws(() => toJsonPatch(operations), {
    code: 'ERR_ISOLANE_PATCH',
    message: /must be given/,
  })
  const patch = toJsonPatch(operations, before)
  const { newDocument } = fastJsonPatch.applyPatch(structuredClone(before), patch, true)
  assert.deepEqual(newDocument, after)
})

test('what JSON has not is refused with its path', () => {
  const refused = (before, after, message) =>
    assert.throws(() => toJsonPatch(diff(before, after)), { code: 'ERR_ISOLANE_PATCH', message })
  refused({}, { a: undefined }, /^value\.a becomes undefined/)
  refused({}, { a: 1n }, /^value\.a becomes 1/)
  refused({}, { a: [{ b: undefined }] }, /^value\.a\[0\]\.b becomes undefined/)
  refused({}, { a: { b: new Map(), c: 1 } }, /^value\.a\.b becomes Map/)
  refused({}, { a: NaN }, /^value\.a becomes NaN/)
  refused({ m: new Map([['a', 1]]) }, { m: new Map([['a', 2]]) }, /is no node of JSON/)
})

test('each operation of RFC 6902 is made', () => {
  const target = { a: [1, 2, 3], 'b/c': { '~d': 1 }, e: null }
  const after = (patch) => applyPatch(target, fromJsonPatch(patch, target))
  assert.deepEqual(after([{ op: 'add', path: '/a/-', value: 4 }]).a, [1, 2, 3, 4])
  assert.deepEqual(after([{ op: 'add', path: '/a/1', value: 9 }]).a, [1, 9, 2, 3])
  assert.deepEqual(after([{ op: 'remove', path: '/a/0' }]).a, [2, 3])
  assert.deepEqual(after([{ op: 'replace', path: '/b~1c/~0d', value: 2 }])['b/c'], { '~d': 2 })
  assert.deepEqual(after([{ op: 'move', from: '/a/0', path: '/a/2' }]).a, [2, 3, 1])
  assert.deepEqual(after([{ op: 'copy', from: '/a', path: '/f' }]).f, [1, 2, 3])
  assert.deepEqual(after([{ op: 'replace', path: '', value: 5 }]), 5)
  assert.deepEqual(after([{ op: 'add', path: '', value: { x: 1 } }]), { x: 1 })
  const tested = [
    { op: 'test', path: '/e', value: null },
    { op: 'remove', path: '/e' },
  ]
  assert.equal('e' in after(tested), false)
})

test('a JSON Patch that does not fit is refused', () => {
  const target = { a: [1], b: {} }
  const refused = (operation, message, code = 'ERR_ISOLANE_PATCH') =>
    assert.throws(() => fromJsonPatch([operation], target), { code, message })
  refused({ op: 'remove', path: '/x' }, /^value\.x is not there/)
  refused({ op: 'replace', path: '/b/x', value: 1 }, /^value\.b\.x is not there/)
  refused({ op: 'add', path: '/x/y', value: 1 }, /^value\.x/)
  refused({ op: 'add', path: '/a/2', value: 1 }, /the array has 1 elements/)
  refused({ op: 'add', path: '/a/01', value: 1 }, /is not there/)
  refused({ op: 'remove', path: '/a/-' }, /is not there/)
  refused({ op: 'test', path: '/a', value: [2] }, /is not what the patch tests for/)
  const wrong = 'ERR_ISOLANE_INVALID_ARGUMENT'
  refused({ op: 'add', path: 'a', value: 1 }, /patch\[0\]\.path must be a JSON Pointer/, wrong)
  refused({ op: 'add', path: '/a~2', value: 1 }, /must be a JSON Pointer/, wrong)
  refused({ op: 'move', path: '/a' }, /patch\[0\]\.from must be/, wrong)
  refused({ op: 'nope', path: '/a' }, /patch\[0\]\.op must be/, wrong)
  refused(null, /patch\[0\] must be an operation/, wrong)
  assert.throws(() => fromJsonPatch({}, target), /patch must be an array/)
})
