/** Every call has a name: where it is seen, and what it is. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { engine, onlyV8 } from '../support/engine.mjs'
import { occupy, range, rejection, until, withPool } from '../support/pools.mjs'

const one = { threads: 1 }
const UUID_7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const say = { name: 'say', source: '(x) => console.log(x)' }
const fail = { name: 'fail', source: '() => { throw new Error("no") }' }

/** Runs `use` with the entries that the pool logs from now on. */
function entriesOf(pool) {
  const entries = []
  pool.on('log', (entry) => entries.push(entry))
  return entries
}

describe('the id of a call', () => {
  it('is that of the option, on its log entries', () =>
    withPool(one, async (pool) => {
      const entries = entriesOf(pool)
      await pool.run(say, 1, { callId: 'mine' })
      assert.deepEqual(
        entries.map(({ callId, function: fn, message }) => [callId, fn, message]),
        [['mine', 'say', '1']],
      )
    }))

  it('is made otherwise: a UUID of version 7, of the time of the call', () =>
    withPool(one, async (pool) => {
      const entries = entriesOf(pool)
      const before = Date.now()
      await pool.run(say, 1)
      const [{ callId }] = entries
      assert.match(callId, UUID_7)
      const time = Number.parseInt(callId.slice(0, 8) + callId.slice(9, 13), 16)
      assert.ok(time >= before - 1 && time <= Date.now(), `${time}`)
    }))

  it('is told by an error of modules that cannot be linked, as of other calls', () =>
    withPool(one, async (pool) => {
      const missing = { entry: 'a', modules: [{ id: 'a', source: "require('b')" }] }
      const broken = { entry: 'a', modules: [{ id: 'a', source: 'const' }] }
      const raise = { name: 'raise', source: '() => 1' }
      for (const fn of [missing, broken]) {
        const given = await rejection(pool.run(fn, 0, { callId: 'mine' }))
        assert.deepEqual([given.callId, given.function, given.tenant], ['mine', 'a', undefined])
        const errors = await Promise.all([
          rejection(pool.run(fn)),
          rejection(pool.map([1], fn)),
          rejection(pool.reduce([1], { reduce: raise, map: fn })),
          rejection(pool.patch({}, [{ fn }])),
          rejection(pool.warm([fn])),
          rejection(pool.publish('a', fn)),
        ])
        const ids = errors.map(({ callId }) => callId)
        for (const id of ids) assert.match(id, UUID_7)
        assert.equal(new Set(ids).size, ids.length)
      }
    }))

  it('is told by an error of a file that cannot be read', () =>
    withPool(one, async (pool) => {
      const fn = { filename: '/nowhere/at-all.mjs' }
      const error = await rejection(pool.run(fn, 0, { callId: 'mine' }))
      assert.deepEqual(
        [error.code, error.callId, error.function],
        ['ERR_ISOLANE_MODULE', 'mine', 'at-all'],
      )
    }))

  it('sorts as the calls were made, of all pools', () =>
    withPool(one, (pool) =>
      withPool(one, async (other) => {
        const ids = []
        for (const each of [pool, other])
          each.on('log', ({ callId, message }) => (ids[message] = callId))
        await Promise.all(range(300).map((n) => (n % 3 ? pool : other).run(say, n)))
        assert.equal(new Set(ids).size, 300)
        assert.deepEqual(ids.toSorted(), ids)
      }),
    ))

  it('is the same for all that a call logs, whatever it is made of', () =>
    withPool({ threads: 2 }, async (pool) => {
      const entries = entriesOf(pool)
      const calls = {
        run: (options) => pool.run(say, 1, options),
        map: (options) => pool.map([1, 2, 3], say, { chunkSize: 1, ...options }),
        forEach: (options) => pool.forEach([1, 2], say, { chunkSize: 1, ...options }),
        filter: (options) => pool.filter([1, 2], say, { chunkSize: 1, ...options }),
        reduce: (options) =>
          pool.reduce(
            [1, 2, 3],
            { reduce: { source: '(a, b) => (console.log(a), a + b)' } },
            { chunkSize: 1, ...options },
          ),
        stream: async (options) => {
          for await (const _ of pool.stream([1, 2, 3], say, options));
        },
        'stream of text': async (options) => {
          for await (const _ of pool.stream('1\n2\n', say, { from: 'ndjson', ...options }));
        },
        'a map of text': (options) => pool.map('[1,2]', say, { from: 'json', ...options }),
        'a run of text': (options) => pool.run(say, '1', { from: 'json', ...options }),
        patch: (options) =>
          pool.patch({}, [{ fn: say }, { fn: { source: '() => console.log(2)' } }], options),
      }
      for (const [name, call] of Object.entries(calls)) {
        entries.length = 0
        await call({ callId: name })
        assert.ok(entries.length > 0, name)
        assert.deepEqual([...new Set(entries.map(({ callId }) => callId))], [name])
        entries.length = 0
        await call({})
        const made = new Set(entries.map(({ callId }) => callId))
        assert.equal(made.size, 1, name)
        assert.match([...made][0], UUID_7)
      }
    }))

  it('is on the errors of a call, beside the function', () =>
    withPool(one, async (pool) => {
      const options = { callId: 'mine' }
      const calls = {
        'of the function': () => pool.run(fail, 1, options),
        'of an item': () => pool.map([1], fail, options),
        'of source': () => pool.run({ name: 'fail', source: '(' }, 1, options),
        'of an argument': () => pool.run({ name: 'fail', source: '(x) => x' }, () => {}, options),
        'of args': () =>
          pool.run({ name: 'fail', source: '(x) => x' }, 1, { ...options, args: () => {} }),
        'of a result': () => pool.run({ name: 'fail', source: '() => () => {}' }, 1, options),
        'of an abort': () => pool.run(fail, 1, { ...options, signal: AbortSignal.abort() }),
        'of a timeout': () =>
          pool.run({ name: 'fail', source: '() => { for (;;) {} }' }, 1, {
            ...options,
            timeout: 20,
          }),
        'of a text': () => pool.map('[1', fail, { ...options, from: 'json' }),
        'of reduce': () => pool.reduce([], { reduce: fail }, options),
      }
      for (const [name, call] of Object.entries(calls)) {
        const error = await rejection(call())
        assert.match(error.code, /^ERR_ISOLANE_/, name)
        assert.equal(error.callId, 'mine', name)
        assert.equal(error.function, 'fail', name)
        assert.ok(!('tenant' in error), name)
      }
    }))

  it('is on errors of a stream, and of items that onError bears', () =>
    withPool(one, async (pool) => {
      const { failures } = await pool.map([1, 2], fail, { callId: 'mine', onError: 'omit' })
      assert.deepEqual(
        failures.map(({ error }) => error.callId),
        ['mine', 'mine'],
      )
      const settled = []
      const options = { callId: 'mine', onError: 'settle' }
      for await (const { reason } of pool.stream([1, () => {}], fail, options)) settled.push(reason)
      assert.deepEqual(
        settled.map(({ callId }) => callId),
        ['mine', 'mine'],
      )
      const { failures: tasks } = await pool.patch({}, [{ fn: fail }], { callId: 'mine' })
      assert.equal(tasks[0].error.callId, 'mine')
    }))

  it('is made for errors of calls without one, each its own', () =>
    withPool(one, async (pool) => {
      const errors = await Promise.all(range(3).map(() => rejection(pool.run(fail))))
      const ids = errors.map(({ callId }) => callId)
      for (const id of ids) assert.match(id, UUID_7)
      assert.equal(new Set(ids).size, 3)
    }))

  it('leaves alone what is not isolane’s: the error of a getter', () =>
    withPool(one, async (pool) => {
      const thrown = Object.freeze(new Error('mine'))
      const bomb = {
        get x() {
          throw thrown
        },
      }
      assert.equal(await rejection(pool.run((x) => x, bomb, { callId: 'mine' })), thrown)
    }))

  it('is in pool.status(): of what runs and of what waits', () =>
    withPool(one, async (pool) => {
      const end = await occupy(pool)
      const running = pool.status()
      assert.equal(running.length, 1)
      assert.match(running[0].callId, UUID_7)
      assert.equal(running[0].tenant, undefined)
      assert.deepEqual(running.running, [
        { callId: running[0].callId, function: running[0].function, tenant: undefined },
      ])
      assert.deepEqual(running.queued, [])
      const first = pool.run(say, 1, { callId: 'first' })
      const second = pool.map([1], say, { callId: 'second' })
      assert.deepEqual(
        pool.status().queued,
        ['first', 'second'].map((callId) => ({ callId, function: 'say', tenant: undefined })),
      )
      assert.deepEqual(pool.status().running, running.running)
      await end()
      await Promise.all([first, second])
      const { running: left, queued } = pool.status()
      assert.deepEqual([left, queued], [[], []])
      assert.equal(pool.status()[0].callId, undefined)
    }))

  it('is bounded in pool.status()', () =>
    withPool(one, async (pool) => {
      const end = await occupy(pool)
      const calls = range(1100).map((n) => pool.run((x) => x, n, { callId: `${n}` }))
      const { queued } = pool.status()
      assert.deepEqual(
        queued.map(({ callId }) => callId),
        range(1000).map(String),
      )
      assert.equal(pool.stats().queued, 1100)
      await end()
      await Promise.all(calls)
    }))

  it('comes with the version of a published function', () =>
    withPool(one, async (pool) => {
      const entries = entriesOf(pool)
      const price = await pool.publish('price', { source: '() => { console.log(1); throw 1 }' })
      await price.update({ source: '() => { console.log(2); throw 2 }' })
      const error = await rejection(pool.run('price', 1))
      assert.equal(error.function, 'price@2')
      assert.equal(entries[0].function, 'price@2')
      assert.equal(entries[0].callId, error.callId)
    }))

  it('comes with the tenant', onlyV8, () =>
    withPool(one, async (pool) => {
      const entries = entriesOf(pool)
      const source = '() => { console.log(1); throw 1 }'
      const error = await rejection(pool.run({ source }, 1, { tenant: 'acme' }))
      assert.equal(error.tenant, 'acme')
      assert.equal(entries[0].tenant, 'acme')
      const stop = new AbortController()
      const call = rejection(
        pool.run({ source: '() => { for (;;) {} }' }, 1, { tenant: 'b', signal: stop.signal }),
      )
      await until(() => pool.status()[0].tenant === 'b')
      assert.equal(pool.status().running[0].tenant, 'b')
      stop.abort()
      await call
    }),
  )

  it(
    'is not told of a line that comes when the call has ended',
    {
      skip: engine === 'node' ? false : 'only there functions go on',
    },
    () =>
      withPool(one, async (pool) => {
        const entries = entriesOf(pool)
        const later = { name: 'later', source: '() => { setImmediate(() => console.log("late")) }' }
        await pool.run(later, 1, { callId: 'mine' })
        await until(() => entries.length === 1)
        const [{ function: fn, callId }] = entries
        assert.deepEqual([fn, callId], ['later', undefined])
      }),
  )
})

describe('the option callId', () => {
  for (const [value, error] of [
    [7, TypeError],
    [null, TypeError],
    [{}, TypeError],
    ['', RangeError],
    ['a\nb', RangeError],
    ['\u0000', RangeError],
    ['x'.repeat(257), RangeError],
  ]) {
    it(`refuses ${JSON.stringify(value).slice(0, 20)}`, () =>
      withPool(one, async (pool) => {
        const options = { callId: value }
        const reasons = await Promise.all([
          rejection(pool.run((x) => x, 1, options)),
          rejection(pool.map([1], (x) => x, options)),
          rejection(pool.publish('f', (x) => x, options)),
        ])
        for (const reason of reasons) {
          assert.ok(reason instanceof error)
          assert.equal(reason.code, 'ERR_ISOLANE_INVALID_ARGUMENT')
          assert.match(reason.message, /options\.callId must be a string of 1 to 256 characters/)
        }
      }))
  }

  it('takes any other text, and the same more than once', () =>
    withPool(one, async (pool) => {
      const entries = entriesOf(pool)
      const ids = ['x'.repeat(256), '__proto__', '%s', 'ü 🎈', '%s']
      for (const callId of ids) await pool.run(say, 1, { callId })
      assert.deepEqual(
        entries.map(({ callId }) => callId),
        ids,
      )
    }))
})
