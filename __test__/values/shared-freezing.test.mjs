import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { engine, onlyV8 } from '../support/engine.mjs'
import { rejection, withPool } from '../support/pools.mjs'

const one = { threads: 1 }
const value = () => ({ list: [{ n: 1 }, { n: 2 }], map: new Map([['k', [1]]]) })

const isFrozen = (_, { shared }) =>
  [shared.v, shared.v.list, shared.v.list[0]].map((it) => Object.isFrozen(it))
// The text does not show what it calls.
const isFrozenUnproven = (_, { shared }) => {
  const { isFrozen } = Object
  return [shared.v, shared.v.list, shared.v.list[0]].map((it) => isFrozen(it))
}
const yes = [true, true, true]
const no = [false, false, false]

/** All lines that the pool logs during `body`. */
async function logged(pool, body) {
  const lines = []
  const listen = (entry) => lines.push(entry)
  pool.on('log', listen)
  await body()
  pool.off('log', listen)
  return lines
}

describe('a shared value whose freezing is left open', () => {
  it('is not frozen for a function that is proven to write to nothing it did not make', () =>
    withPool(one, async (pool) => {
      const shared = [await pool.share('v', value())]
      assert.deepEqual(await pool.run(isFrozen, 0, { shared }), no)
    }))

  it('is frozen for a function that is not', () =>
    withPool(one, async (pool) => {
      const shared = [await pool.share('v', value())]
      assert.deepEqual(await pool.run(isFrozenUnproven, 0, { shared }), yes)
      const push = (_, { shared }) => shared.v.list.push(3)
      const error = await rejection(pool.run(push, 0, { shared }))
      assert.equal(error.cause.name, 'TypeError')
    }))

  it('is frozen where the function is handed it by its second function only', () =>
    withPool(one, async (pool) => {
      const shared = [await pool.share('v', value())]
      const map = (x, _, { shared }) => {
        const { isFrozen } = Object
        return isFrozen(shared.v.list)
      }
      const reducers = { map, reduce: (a, b) => a && b }
      assert.equal(await pool.reduce([1, 2, 3], reducers, { shared, chunkSize: 1 }), true)
    }))

  it('is frozen once a function that is not proven has come into the context', () =>
    withPool(one, async (pool) => {
      const shared = [await pool.share('v', value())]
      const scope = { shared, stateful: true }
      const scoped = engine === 'v8' ? { ...scope, tenant: 'a' } : scope
      assert.deepEqual(await pool.run(isFrozen, 0, scoped), no)
      assert.deepEqual(await pool.run(isFrozenUnproven, 0, scoped), yes)
      // The same copy, and for good.
      assert.deepEqual(await pool.run(isFrozen, 0, scoped), yes)
      const late = [await pool.share('v', value())]
      assert.deepEqual(await pool.run(isFrozen, 0, { ...scoped, shared: late }), yes)
    }))

  it('is frozen where a function came first that had nothing to do with it, and is not proven', () =>
    withPool(one, async (pool) => {
      const shared = [await pool.share('v', value())]
      const scope = engine === 'v8' ? { tenant: 'a', stateful: true } : {}
      const alter = () => {
        const { map } = Array.prototype
        const marking = function (...args) {
          this.push('mark')
          return map.apply(this, args)
        }
        Object.assign(Array.prototype, { map: marking })
      }
      await pool.run(alter, 0, scope)
      const read = (_, { shared }) => shared.v.list.map((it) => it.n)
      const error = await rejection(pool.run(read, 0, { ...scope, shared }))
      assert.match(error.cause.message, /not extensible/)
      const count = (_, { shared }) => shared.v.list.length
      assert.equal(await pool.run(count, 0, { ...scope, shared }), 2)
    }))

  it('is frozen before the text of such a function is evaluated', () =>
    withPool(one, async (pool) => {
      const shared = [await pool.share('v', value())]
      const scope = engine === 'v8' ? { tenant: 'a', stateful: true } : {}
      const keep = `(() => { const kept = []; return (_, { shared }) => { kept.push(shared.v.list); return kept[0].length } })()`
      assert.equal(await pool.run({ source: keep }, 0, { ...scope, shared }), 2)
      const source = `(() => {
        const { map } = Array.prototype
        Array.prototype.map = function (...args) { this.push(1); return map.apply(this, args) }
        return (x) => x
      })()`
      await pool.run({ source }, 0, scope)
      assert.equal(await pool.run({ source: keep }, 0, { ...scope, shared }), 2)
      const read = (_, { shared }) => shared.v.list.map((it) => it.n)
      await assert.rejects(pool.run(read, 0, { ...scope, shared }))
      assert.equal(await pool.run({ source: keep }, 0, { ...scope, shared }), 2)
    }))

  it('says once, in the log, what keeps a function from being proven', () =>
    withPool({ threads: 2 }, async (pool) => {
      const shared = [await pool.share('v', value())]
      const mark = function mark(room, _, { shared }) {
        room.seen = shared.v.list.length
        return room
      }
      const rooms = Array.from({ length: 10 }, () => ({}))
      const lines = await logged(pool, async () => {
        await pool.map(rooms, mark, { shared, chunkSize: 1 })
        await pool.map(rooms, mark, { shared, chunkSize: 1 })
      })
      assert.equal(lines.length, 1)
      assert.equal(lines[0].level, 'debug')
      assert.equal(lines[0].function, 'mark')
      assert.equal(
        lines[0].message,
        "shared values are frozen for 'mark': `room` may not be the function's own: " +
          'this writes to it (line 2, column 9)',
      )
    }))

  it('says nothing where it does not matter', () =>
    withPool(one, async (pool) => {
      const deep = [await pool.share('v', value(), { freeze: 'deep' })]
      const open = [await pool.share('v', value())]
      const lines = await logged(pool, async () => {
        await pool.run(isFrozenUnproven, 0, { shared: deep })
        await pool.run((x) => x, 0, { shared: open })
      })
      assert.deepEqual(lines, [])
    }))

  it('says nothing, and counts nothing, where there is no room for it in the log', () =>
    withPool({ ...one, maxLogRecords: 0 }, async (pool) => {
      const shared = [await pool.share('v', value())]
      const lines = await logged(pool, () => pool.run(isFrozenUnproven, 0, { shared }))
      assert.deepEqual(lines, [])
      assert.equal(pool.stats().truncated.logs, 0)
    }))

  it('tells the place in a method as the user sees it', () =>
    withPool(one, async (pool) => {
      const shared = [await pool.share('v', value())]
      const rules = { mark(x) { x.seen = 1 } } // prettier-ignore
      const lines = await logged(pool, () => pool.run(rules.mark, {}, { shared }))
      assert.match(lines[0].message, /line 1, column 11\)$/)
    }))

  it('has its strings interned, and cycles, in either form', () =>
    withPool(one, async (pool) => {
      const cyclic = { name: 'a'.repeat(3), list: [] }
      cyclic.list.push(cyclic, cyclic.list)
      const shared = [await pool.share('v', cyclic)]
      const read = (_, { shared: { v } }) => [v.name, v.list[0] === v, v.list[1] === v.list]
      assert.deepEqual(await pool.run(read, 0, { shared }), ['aaa', true, true])
    }))

  it('keeps tenants and stateless functions apart from what others have altered', onlyV8, () =>
    withPool(one, async (pool) => {
      const shared = [await pool.share('v', value())]
      await pool.run(() => void Object.assign(Array.prototype, { map: null }), 0, {
        tenant: 'a',
        stateful: true,
      })
      assert.deepEqual(await pool.run(isFrozen, 0, { shared, tenant: 'a' }), no)
      assert.deepEqual(await pool.run(isFrozen, 0, { shared, tenant: 'b', stateful: true }), no)
    }),
  )
})

describe('options.freeze', () => {
  const cases = { deep: yes, objects: [true, false, true], false: no }
  for (const [name, expected] of Object.entries(cases)) {
    const freeze = name === 'false' ? false : name
    it(`${name} holds whoever reads the value`, () =>
      withPool(one, async (pool) => {
        const shared = [await pool.share('v', value(), { freeze })]
        assert.deepEqual(await pool.run(isFrozen, 0, { shared }), expected)
        assert.deepEqual(await pool.run(isFrozenUnproven, 0, { shared }), expected)
        assert.deepEqual(await pool.run(isFrozen, 0, { shared }), expected)
      }))
  }

  it('false leaves what a function writes to later calls of its context', () =>
    withPool(one, async (pool) => {
      const shared = [await pool.share('v', value(), { freeze: false })]
      const push = (_, { shared }) => shared.v.list.push(3) + shared.v.map.set('x', 1).size
      assert.equal(await pool.run(push, 0, { shared }), 5)
      assert.equal(await pool.run(push, 0, { shared }), 6)
    }))

  it('is checked', () =>
    withPool(one, async (pool) => {
      for (const freeze of ['shallow', true, 0, null]) {
        const error = await rejection(pool.share('v', 1, { freeze }))
        assert.equal(error.code, 'ERR_ISOLANE_INVALID_ARGUMENT')
        assert.match(error.message, /'deep', 'objects' or false/)
      }
    }))
})
