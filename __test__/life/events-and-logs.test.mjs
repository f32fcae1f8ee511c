import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { format } from 'node:util'
import { Pool } from '../support/engine.mjs'
import { allIdle, hoard, range, rejection, until, withPool } from '../support/pools.mjs'

const one = { threads: 1 }

/** Collects log entries; `count` of them are awaited. */
async function logsOf(pool, count, fn, arg) {
  const entries = []
  pool.on('log', (entry) => entries.push(entry))
  await pool.run(fn, arg)
  await until(() => entries.length >= count, `${count} log entries`)
  return entries
}

describe("the event 'drain'", () => {
  it('comes when the last outstanding call has ended', () =>
    withPool({ threads: 2 }, async (pool) => {
      let drains = 0
      let settled = 0
      pool.on('drain', () => drains++)
      const calls = range(20).map((n) => pool.run((x) => x, n).then(() => settled++))
      await once(pool, 'drain')
      await Promise.all(calls)
      assert.equal(drains, 1)
      assert.equal(settled, 20)
    }))

  it('comes for calls that fail, and again after more calls', () =>
    withPool(one, async (pool) => {
      for (const _ of range(3)) {
        const drained = once(pool, 'drain')
        const failing = () => {
          throw new Error('no')
        }
        await rejection(pool.run(failing))
        await drained
      }
    }))
})

describe("the events 'workerCreate' and 'workerDestroy'", () => {
  it('come once for each worker, with its id', async () => {
    const pool = new Pool({ threads: 3 })
    const created = []
    const destroyed = []
    pool.on('workerCreate', ({ id }) => created.push(id))
    pool.on('workerDestroy', ({ id, reason }) => destroyed.push([id, reason]))
    await pool.run(() => {})
    await allIdle(pool)
    await until(() => created.length === 3)
    assert.deepEqual(
      created.toSorted(),
      pool
        .status()
        .map(({ id }) => id)
        .toSorted(),
    )
    await pool.close()
    assert.deepEqual(destroyed.toSorted(), [
      [0, undefined],
      [1, undefined],
      [2, undefined],
    ])
  })

  it('tell a replacement: the old id with the reason, a new id', () =>
    withPool({ threads: 1, memoryLimitMb: 32 }, async (pool) => {
      const events = []
      pool.on('workerCreate', ({ id }) => events.push(['create', id]))
      pool.on('workerDestroy', ({ id, reason }) => events.push(['destroy', id, typeof reason]))
      await rejection(pool.run(hoard))
      await pool.run(() => {})
      await until(() => events.length === 3)
      assert.deepEqual(events, [
        ['create', 0],
        ['destroy', 0, 'string'],
        ['create', 1],
      ])
    }))
})

describe("the event 'error'", () => {
  it('tells of a worker that was destroyed', () =>
    withPool({ threads: 1, memoryLimitMb: 32 }, async (pool) => {
      const reported = once(pool, 'error').catch((error) => [error])
      await rejection(pool.run(hoard))
      const [error] = await reported
      assert.ok(error instanceof Error)
      assert.match(error.message, /memory/)
    }))

  it('does not end a process that does not listen', () =>
    withPool({ threads: 1, memoryLimitMb: 32 }, async (pool) => {
      assert.equal(pool.listenerCount('error'), 0)
      await rejection(pool.run(hoard))
      assert.equal(await pool.run(() => 42), 42)
    }))

  it('does not come for calls that fail: they reject', () =>
    withPool(one, async (pool) => {
      const errors = []
      pool.on('error', (error) => errors.push(error))
      await rejection(
        pool.run(() => {
          throw new Error('no')
        }),
      )
      await rejection(pool.run({ source: '(' }))
      await pool.run(() => {})
      assert.deepEqual(errors, [])
    }))
})

describe("the event 'log'", () => {
  it('carries level, message, time, function and worker', () =>
    withPool(one, async (pool) => {
      const before = Date.now()
      const [entry] = await logsOf(pool, 1, function matchRoom(_, { log }) {
        log('room', 5)
      })
      assert.deepEqual(Object.keys(entry).toSorted(), [
        'callId',
        'function',
        'item',
        'level',
        'message',
        'place',
        'tenant',
        'time',
        'worker',
      ])
      assert.equal(entry.level, 'info')
      assert.equal(entry.message, 'room 5')
      assert.equal(entry.function, 'matchRoom')
      assert.equal(entry.worker, pool.status()[0].id)
      assert.ok(entry.time instanceof Date)
      assert.ok(entry.time.getTime() >= before - 1 && entry.time.getTime() <= Date.now() + 1)
    }))

  it('comes for all levels of log and console', () =>
    withPool(one, async (pool) => {
      const entries = await logsOf(pool, 14, (_, { log }) => {
        for (const to of [log, console]) {
          for (const level of ['trace', 'debug', 'info', 'warn', 'error']) to[level](level)
        }
        log('plain')
        console.log('plain')
        console.dir({ a: 1 })
        console.assert(true, 'not this')
        console.assert(false, 'but this')
      })
      const levels = ['trace', 'debug', 'info', 'warn', 'error']
      assert.deepEqual(
        entries.map(({ level }) => level),
        [...levels, ...levels, 'info', 'info', 'info', 'error'],
      )
      assert.deepEqual(
        entries.slice(0, 5).map(({ message }) => message),
        levels,
      )
      assert.match(entries[13].message, /Assertion failed.*but this/)
    }))

  it('keeps the order of a call, and comes before its promise settles', () =>
    withPool(one, async (pool) => {
      const lines = []
      pool.on('log', ({ message }) => lines.push(message))
      await pool.run((_, { log }) => {
        for (let n = 0; n < 100; n++) log(n)
      })
      assert.deepEqual(lines, range(100).map(String))
    }))

  it('comes for calls that fail', () =>
    withPool(one, async (pool) => {
      const lines = []
      pool.on('log', ({ message }) => lines.push(message))
      await rejection(
        pool.run((_, { log }) => {
          log('before')
          throw new Error('no')
        }),
      )
      assert.deepEqual(lines, ['before'])
    }))

  it('names the function of each line when calls alternate', () =>
    withPool({ threads: 2 }, async (pool) => {
      const pairs = []
      pool.on('log', (entry) => pairs.push([entry.function, entry.message]))
      const a = { name: 'a', source: '(x, { log }) => log("a")' }
      const b = { name: 'b', source: '(x, { log }) => log("b")' }
      await Promise.all(range(100).map((n) => pool.run(n % 2 ? a : b)))
      assert.equal(pairs.length, 100)
      for (const [fn, message] of pairs) assert.equal(fn, message)
    }))

  it('costs nothing to leave alone', () =>
    withPool(one, async (pool) => {
      assert.equal(await pool.run((_, { log }) => log('unheard')), undefined)
      assert.equal(await pool.run(() => 1), 1)
    }))

  it('is bounded: a flood is cut, and says by how much', () =>
    withPool(one, async (pool) => {
      const lines = []
      pool.on('log', ({ message }) => lines.push(message))
      await pool.run(() => {
        for (let n = 0; n < 100_000; n++) console.log(n)
      })
      assert.ok(lines.length < 100_000)
      const dropped = Number(/(\d+)/.exec(lines.at(-1))[1])
      assert.equal(lines.length - 1 + dropped, 100_000)
      await pool.run(() => console.log('x'.repeat(10_000_000)))
      assert.ok(lines.at(-1).length < 10_000_000)
      assert.match(lines.at(-1), /truncated/)
    }))

  it('never fails a call, whatever is logged', () =>
    withPool(one, async (pool) => {
      const hostile = () => {
        console.log({
          get n() {
            throw new Error('from a getter')
          },
        })
        console.log(
          new Proxy(
            {},
            {
              ownKeys: () => {
                throw new Error('from a proxy')
              },
            },
          ),
        )
        console.log({
          [Symbol.toPrimitive]: () => {
            throw new Error('no')
          },
          toString: null,
        })
        console.log('%s %d %j', Object.create(null), Symbol('s'), 5n)
        return 'survived'
      }
      assert.equal(await pool.run(hostile), 'survived')
    }))

  it('marks a cycle', () =>
    withPool(one, async (pool) => {
      const [entry] = await logsOf(pool, 1, () => {
        const loop = { n: 1 }
        loop.self = loop
        console.log(loop)
      })
      assert.match(entry.message, /n: 1, self: \[Circular/)
    }))

  const samples = {
    'strings and numbers': ['a', 1, -0, NaN, 5n, true],
    nothing: [],
    'null and undefined': [null, undefined],
    'an object': [{ a: 1, b: 'x', 'c-d': null }],
    'an array': [[1, 'two', [3]]],
    'nested objects': [{ a: { b: { c: { d: 1 } } } }],
    'a Map and a Set': [new Map([['a', 1]]), new Set([1, 'b'])],
    'a Date': [new Date(0)],
    'a regular expression': [/x/gi],
    'a typed array': [Uint8Array.of(1, 2, 3)],
    placeholders: ['%s is %d, %i, %f, %j, %%', 'a', 1.5, 1.5, 1.5, { a: 1 }],
    'more values than placeholders': ['%s', 'a', 'b', { c: 1 }],
    'fewer values than placeholders': ['%s %s', 'a'],
  }
  for (const [name, values] of Object.entries(samples)) {
    it(`formats ${name} as console.log does`, () =>
      withPool(one, async (pool) => {
        const [entry] = await logsOf(pool, 1, (values) => console.log(...values), values)
        assert.equal(entry.message, format(...values))
      }))
  }
})
