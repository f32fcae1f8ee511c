// oxlint-disable no-sparse-arrays
/** Targets of `pool.patch` that are not as plain data is. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { applyPatch } from 'isolane'

import { Pool } from '../../support/engine.mjs'

const pool = new Pool({ threads: 2 })
after(() => pool.close())

test('an array with holes is one value, which keeps them', async () => {
  const target = { list: [1, , 3], a: 1 }
  const { value, applied, conflicts } = await pool.patch(target, [
    { fn: (copy) => void (copy.list[0] = 5) },
    { fn: (copy) => void (copy.a = 2) },
  ])
  assert.deepEqual(value, { list: [5, , 3], a: 2 })
  assert.equal(1 in value.list, false)
  assert.deepEqual(conflicts, [])
  assert.deepEqual(applyPatch(target, applied), value)
  assert.deepEqual(target, { list: [1, , 3], a: 1 })

  const filled = await pool.patch(target, [{ fn: (copy) => void (copy.list[1] = undefined) }])
  assert.equal(1 in filled.value.list, true)

  const tasks = [{ fn: (copy) => void copy.push(4) }, { fn: (copy) => void delete copy[0] }]
  const root = await pool.patch([1, , 3], tasks)
  assert.equal(root.conflicts.length, 1)
  const wanted = [
    [1, , 3, 4],
    [, , 3],
  ]
  assert.deepEqual(root.value, wanted[root.conflicts[0].later.patch])
})

test('a getter is read for the copies, and is a property of what changes', async () => {
  let asked = 0
  const target = {
    get rate() {
      asked++
      return { price: 1 }
    },
    apart: {
      get name() {
        return 'Alpha'
      },
    },
    sum: 0,
  }
  const { value, applied } = await pool.patch(target, [
    { fn: (copy) => void (copy.rate.price = 2) },
    { fn: (copy) => void (copy.sum = copy.rate.price + 1) },
  ])
  assert.ok(asked > 0)
  assert.deepEqual(
    new Set(applied.map(({ path }) => path.join('.'))),
    new Set(['rate.price', 'sum']),
  )
  assert.deepEqual(Object.getOwnPropertyDescriptor(value, 'rate').value, { price: 2 })
  assert.equal(value.sum, 2)
  // Nobody has changed it: it is the target's own.
  assert.equal(value.apart, target.apart)
  assert.equal(typeof Object.getOwnPropertyDescriptor(target, 'rate').get, 'function')
})

test('elements that have one key are told by index, or refused where the key was asked for by place', async () => {
  const target = {
    rooms: [
      { id: 1, price: 1 },
      { id: 1, price: 2 },
    ],
  }
  const tasks = [
    { fn: (copy) => void (copy.rooms[0].price = 5) },
    { fn: (copy) => void (copy.rooms[1].price = 6) },
  ]
  const { value, applied, conflicts } = await pool.patch(target, tasks, { key: 'id' })
  assert.deepEqual(
    value.rooms.map(({ price }) => price),
    [5, 6],
  )
  assert.deepEqual(new Set(applied.map(({ path }) => path[1])), new Set([0, 1]))
  assert.deepEqual(conflicts, [])

  const refused = await pool.patch(target, tasks, { key: { rooms: 'id' } })
  assert.equal(refused.value, target)
  assert.deepEqual(
    refused.failures.map(({ index, error }) => [index, error.code, error.path]),
    [0, 1].map((index) => [index, 'ERR_ISOLANE_PATCH', ['rooms']]),
  )
  // So it is where a task makes them: it leaves no trace.
  const twice = (copy) => void copy.rooms.push({ id: 1, price: 3 })
  const raise = (copy) => void (copy.rooms[0].price = 7)
  const one = { rooms: [{ id: 1, price: 1 }] }
  const made = await pool.patch(one, [{ fn: twice }, { fn: raise }], { key: { rooms: 'id' } })
  assert.deepEqual(made.value, { rooms: [{ id: 1, price: 7 }] })
  assert.deepEqual(
    made.failures.map(({ index, error }) => [index, error.code]),
    [[0, 'ERR_ISOLANE_PATCH']],
  )
})
