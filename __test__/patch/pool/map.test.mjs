/* oxlint-disable no-unnecessary-await -- what an isolate awaits is the point */
import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { applyPatch } from 'isolane'

import { Pool } from '../../support/engine.mjs'
import { range, rejection } from '../../support/pools.mjs'

const pool = new Pool({ threads: 2 })
after(() => pool.close())

const patch = { into: 'patch' }
const room = (id) => ({ id, name: `room ${id}`, rates: [{ code: 'A', price: 10 * id }], tags: [] })
const label = (item) => {
  item.rates[0].price++
  item.tags.push('new')
}

describe("a map into 'patch'", () => {
  it('gives what the function changed of each item', async () => {
    const rooms = range(500).map(room)
    const all = await pool.map(rooms, label, patch)
    assert.equal(all.length, 500)
    assert.deepEqual(all[3], [
      { op: 'set', path: ['rates', 0, 'price'], value: 31 },
      { op: 'insert', path: ['tags', 0], value: 'new' },
    ])
    const changed = rooms.map((item, i) => applyPatch(item, all[i]))
    assert.deepEqual(
      changed,
      range(500).map((id) => {
        const item = room(id)
        label(item)
        return item
      }),
    )
    assert.deepEqual(rooms[3], room(3))
  })

  it('or from the item to what it returned; no operation where nothing changed', async () => {
    const fn = (item) => (item.id % 2 === 0 ? { ...item, name: 'even' } : undefined)
    const all = await pool.map(range(4).map(room), fn, patch)
    const even = [{ op: 'set', path: ['name'], value: 'even' }]
    assert.deepEqual(all, [even, [], even, []])
  })

  it('takes async functions', async () => {
    const fn = async (item) => {
      await null
      item.name = item.name.toUpperCase()
    }
    const all = await pool.map(range(3).map(room), fn, patch)
    assert.deepEqual(
      all.map(([{ value }]) => value),
      ['ROOM 0', 'ROOM 1', 'ROOM 2'],
    )
  })

  it('takes JSON text, and numbers', async () => {
    const text = JSON.stringify(range(3).map(room))
    const named = [{ op: 'set', path: ['name'], value: 'x' }]
    const rename = (item) => void (item.name = 'x')
    assert.deepEqual(await pool.map(text, rename, { from: 'json', into: 'patch' }), [
      named,
      named,
      named,
    ])
    const numbers = Float64Array.of(1, 2)
    assert.deepEqual(await pool.map(numbers, (n) => n * 2 - 2, patch), [
      [{ op: 'set', path: [], value: 0 }],
      [],
    ])
  })

  it('sees what changed in large buffers', async () => {
    const items = [{ bytes: new Uint8Array(200_000) }, { bytes: new Uint8Array(200_000) }]
    const fn = (item, index) => {
      if (index === 1) item.bytes[5] = 7
    }
    const [none, [operation]] = await pool.map(items, fn, patch)
    assert.deepEqual(none, [])
    assert.deepEqual(operation.path, ['bytes'])
    assert.equal(operation.value[5], 7)
  })

  describe('of an item whose changes cannot be told', () => {
    /** The third one is in a cycle that changes. */
    const items = range(4).map(room)
    items[2].self = items[2]
    const sync = (item) => void (item.name = 'x')
    const later = async (item) => {
      await null
      item.name = 'x'
    }

    for (const [kind, fn] of Object.entries({ sync, async: later })) {
      it(`fails, naming it (${kind})`, async () => {
        const error = await rejection(pool.map(items, fn, patch))
        assert.equal(error.code, 'ERR_ISOLANE_PATCH')
        assert.equal(error.path[0], 'self')
        assert.match(error.message, /^value\.self.{0,200} item 2/)
      })

      it(`fails alone under onError (${kind})`, async () => {
        const options = { ...patch, onError: 'original' }
        const { results, failures } = await pool.map(items, fn, options)
        assert.deepEqual(
          results.map((operations) => operations.length),
          [1, 1, 0, 1],
        )
        assert.deepEqual(
          failures.map((failure) => [failure.index, failure.error.code]),
          [[2, 'ERR_ISOLANE_PATCH']],
        )
      })
    }
  })

  it('gives at a deadline what is finished, as operations', async () => {
    const fn = (item) => {
      if (item.id === 50) for (;;);
      item.name = 'x'
    }
    const options = { ...patch, onTimeout: 'partial', timeout: 300, chunkSize: 10 }
    const { status, results } = await pool.map(range(100).map(room), fn, options)
    assert.equal(status, 'partial')
    assert.ok(results.length > 0)
    // What is missing is a hole.
    results.forEach((operations) => {
      assert.deepEqual(operations, [{ op: 'set', path: ['name'], value: 'x' }])
    })
  })
})
