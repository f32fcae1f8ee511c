import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { onlyV8 } from '../support/engine.mjs'
import { heapOf } from '../support/heap.mjs'
import { range, rejection, withPool } from '../support/pools.mjs'

const roomy = { threads: 1, memoryLimitMb: 2048 }

/** Some megabytes once they are decoded. */
const records = range(20_000).map((id) => ({ id, name: `record ${id}`, tags: [id % 7, id % 11] }))

/** Functions that differ by their text, of which it shows that they write to nothing they did not make. */
const proven = (count) =>
  range(count).map((n) => ({
    name: `proven${n}`,
    source: `(id, { shared }) => shared.records[id].tags.length + shared.records.length + ${n}`,
  }))

/** What such a function gives. */
const expected = (n) => 2 + records.length + n

/** How many copies of the value functions leave behind that use it one after the other. */
async function copiesOf(pool, functions, options) {
  const before = await heapOf(pool)
  assert.equal(await pool.run(functions[0], 1, options), expected(0))
  const one = (await heapOf(pool)) - before
  for (const [n, fn] of functions.entries()) {
    assert.equal(await pool.run(fn, n, options), expected(n))
  }
  return ((await heapOf(pool)) - before) / one
}

describe('a shared value is held once', () => {
  it('by all functions that leave it as it is', () =>
    withPool(roomy, async (pool) => {
      const shared = [await pool.share('records', records)]
      const copies = await copiesOf(pool, proven(30), { shared })
      assert.ok(copies < 10, `${copies}`)
    }))

  it('by those of a tenant', onlyV8, () =>
    withPool(roomy, async (pool) => {
      const shared = [await pool.share('records', records)]
      const copies = await copiesOf(pool, proven(30), { shared, tenant: 'a' })
      assert.ok(copies < 10, `${copies}`)
      assert.equal(await pool.run(proven(1)[0], 0, { shared, tenant: 'b' }), expected(0))
    }),
  )

  it('and its versions go, though the worker is never at rest', () =>
    withPool(roomy, async (pool) => {
      const value = await pool.share('records', records)
      const options = { shared: [value] }
      const [fn] = proven(1)
      const before = await heapOf(pool)
      await pool.run(fn, 0, options)
      const one = (await heapOf(pool)) - before
      for (const _ of range(20)) {
        await value.update(records)
        assert.equal(await pool.run(fn, 0, options), expected(0))
      }
      const copies = ((await heapOf(pool)) - before) / one
      assert.ok(copies < 9, `${copies}`)
    }))

  it('in a worker that is warm', () =>
    withPool(roomy, async (pool) => {
      const shared = [await pool.share('records', records)]
      const functions = proven(20)
      await pool.warm(functions, { shared, samples: functions.map((_, n) => [n]), as: 'run' })
      assert.equal(await pool.run(functions[3], 3, { shared }), expected(3))
    }))
})

describe('functions that hold a value together', () => {
  const value = { text: 'a secret', list: [1, 2, 3] }
  const spin = {
    name: 'spin',
    source: '(x, { shared }) => { for (;;) if (shared.v.list.length < 0) return x }',
  }
  const sum = {
    name: 'sum',
    source:
      '(x, { shared }) => { let n = x; for (const each of shared.v.list) n += each; return n }',
  }

  it('do not pay for one that is stopped', () =>
    withPool({ threads: 1 }, async (pool) => {
      const shared = [await pool.share('v', value)]
      assert.equal(await pool.run(sum, 1, { shared }), 7)
      for (const _ of range(3)) {
        const { code } = await rejection(pool.run(spin, 0, { shared, timeout: 20 }))
        assert.equal(code, 'ERR_ISOLANE_TIMEOUT')
        assert.equal(await pool.run(sum, 1, { shared }), 7)
        assert.deepEqual(
          await pool.map([1, 2], { source: sum.source.replace('(x, {', '(x, _, {') }, { shared }),
          [7, 8],
        )
      }
    }))

  it('have the errors, logs and promises of their own calls after one was stopped', () =>
    withPool({ threads: 1 }, async (pool) => {
      const shared = [await pool.share('v', value)]
      const lines = []
      pool.on('log', ({ message }) => lines.push(message))
      const chatty = {
        name: 'chatty',
        source:
          "(x, { shared, log }) => { log('stopped'); for (;;) if (shared.v.list.length < 0) return x }",
      }
      await rejection(pool.run(chatty, 0, { shared, timeout: 20 }))
      const fails = {
        name: 'fails',
        source: '(x, { shared }) => { throw new RangeError(shared.v.text) }',
      }
      const error = await rejection(pool.run(fails, 0, { shared }))
      assert.equal(error.cause.message, 'a secret')
      assert.match(error.cause.stack, /fails/)
      const speaks = {
        name: 'speaks',
        source: "(x, { shared, log }) => { log('list', shared.v.list); return x }",
      }
      assert.equal(await pool.run(speaks, 5, { shared }), 5)
      const later = {
        name: 'later',
        source: 'async (x, { shared }) => { await null; return [x, shared.v.list] }',
      }
      assert.deepEqual(await pool.run(later, { a: [1n] }, { shared }), [{ a: [1n] }, [1, 2, 3]])
      assert.equal(lines.at(-1), 'list [ 1, 2, 3 ]')
    }))

  it('give what they have finished when they are stopped, and go on', onlyV8, () =>
    withPool({ threads: 1 }, async (pool) => {
      const shared = [await pool.share('v', value)]
      const source = `(x, _, { shared }) => {
        if (x === 2) for (;;) if (shared.v.list.length < 0) return x
        return [x, shared.v.list]
      }`
      const options = { shared, timeout: 50, onTimeout: 'partial', chunkSize: 4 }
      for (const _ of range(2)) {
        const { status, completed, results } = await pool.map([0, 1, 2, 3], { source }, options)
        assert.equal(status, 'partial')
        // On a busy machine it may not have begun.
        assert.ok(completed <= 2, `${completed}`)
        const done = [0, 1].map((x) => [x, value.list])
        assert.deepEqual(results.slice(0, completed), done.slice(0, completed))
        assert.equal(await pool.run(sum, 1, { shared }), 7)
      }
    }),
  )

  it('do not learn of each other what built-ins remember', onlyV8, () =>
    withPool({ threads: 1 }, async (pool) => {
      const shared = [await pool.share('v', value)]
      const match = {
        name: 'match',
        source: '(x, { shared }) => shared.v.text.replace(/(se)(cret)/, "-")',
      }
      // The names come as arguments: of the text alone one cannot see what it reads.
      const spy = {
        name: 'spy',
        source: `(x, { shared, args }) => {
          const seen = [shared.v.list.length]
          for (const name of args.names) seen.push((/x/)[args.way][name])
          return seen
        }`,
      }
      const args = {
        way: 'constructor',
        names: ['$1', '$2', 'lastMatch', 'input', 'leftContext', 'rightContext', 'lastParen'],
      }
      assert.equal(await pool.run(match, 0, { shared }), 'a -')
      assert.deepEqual(await pool.run(spy, 0, { shared, args }), [3, '', '', '', '', '', '', ''])
    }),
  )

  it('see nothing of what another kind of function does to built-ins', onlyV8, () =>
    withPool({ threads: 1 }, async (pool) => {
      const shared = [await pool.share('v', value)]
      assert.equal(await pool.run(sum, 1, { shared }), 7)
      const alter = {
        name: 'alter',
        source: `(x, { shared }) => {
          Array.prototype[Symbol.iterator] = function* () { yield 1000 }
          Object.prototype.list = 'mine'
          globalThis.leaked = shared
          return [...shared.v.list]
        }`,
      }
      assert.deepEqual(await pool.run(alter, 0, { shared }), [1000])
      assert.equal(await pool.run(sum, 1, { shared }), 7)
      const look = {
        name: 'look',
        source: '(x, { shared }) => [typeof leaked, ({}).list === undefined]',
      }
      assert.deepEqual(await pool.run(look, 0, { shared }), ['undefined', true])
    }),
  )

  it('are evicted from the memory that the values of others take', onlyV8, () =>
    withPool({ threads: 1, memoryLimitMb: 64 }, async (pool) => {
      const large = (seed) => range(150_000).map((n) => ({ n: n + seed, half: n / 2 + seed }))
      const values = await Promise.all([1, 2, 3].map((seed) => pool.share('v', large(seed))))
      for (const _ of range(3)) {
        for (const [index, each] of values.entries()) {
          const fn = { name: `f${index}`, source: `(x, { shared }) => shared.v[x].n + ${index}` }
          assert.equal(await pool.run(fn, 7, { shared: [each] }), 7 + 2 * index + 1)
        }
      }
    }),
  )
})
