/** Functions that each worker has met before calls come, and each that replaces it. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { engine, onlyV8 } from '../support/engine.mjs'
import { allIdle, occupy, range, rejection, until, withPool } from '../support/pools.mjs'
import { one, two, say, counted, linesOf, replace } from './support.mjs'

describe('pool.warm', () => {
  it('has each worker run the samples of each function, once and in order', () =>
    withPool(two, async (pool) => {
      const lines = linesOf(pool)
      const other = { name: 'other', source: '(x) => console.log(x)' }
      await pool.warm([say, other], { samples: [[1, 2], 'x'] })
      for (const { id } of pool.status()) {
        assert.deepEqual(
          lines.filter(([worker]) => worker === id).map(([, fn, message]) => [fn, message]),
          [
            ['say', '1'],
            ['say', '2'],
            ['other', 'x'],
          ],
        )
      }
      assert.equal(lines.length, 6)
      assert.deepEqual(await pool.map(range(10), { source: '(x) => x' }), range(10))
      assert.equal(lines.length, 6)
    }))

  it('calls functions as map does, or as run', () =>
    withPool(one, async (pool) => {
      const lines = linesOf(pool)
      const tell = {
        name: 'tell',
        source:
          '(...all) => console.log(JSON.stringify(all.map((x) => typeof x === "object" ? x.args : x)))',
      }
      await pool.warm([tell], { samples: [['a', 'b']], args: 7 })
      await pool.warm([tell], { samples: [['a', 'b']], args: 7, as: 'run' })
      assert.deepEqual(
        lines.map(([, , message]) => message),
        ['["a",0,7]', '["b",1,7]', '["a",7]', '["b",7]'],
      )
    }))

  it('has each sample run once, in its place, however many there are', () =>
    withPool(one, async (pool) => {
      const lines = linesOf(pool)
      const tell = { name: 'tell', source: '(x, i) => console.log(`${i}: ${x}`)' }
      const samples = range(200).map((n) => n * 10)
      delete samples[7]
      await pool.warm([tell], { samples: [samples] })
      assert.deepEqual(
        lines.map(([, , message]) => message),
        Object.entries(samples).map(([i, x]) => `${i}: ${x}`),
      )
    }))

  it('loads functions without samples, and calls none', () =>
    withPool(two, async (pool) => {
      const lines = linesOf(pool)
      await pool.warm([counted, say], { stateful: true })
      assert.deepEqual(
        lines.map(([, , message]) => message),
        ['evaluated', 'evaluated'],
      )
      assert.deepEqual(
        await pool.map([1, 2, 3, 4], counted, { stateful: true, chunkSize: 1 }),
        [2, 4, 6, 8],
      )
      assert.equal(lines.length, 2)
    }))

  it('gives functions the shared values', () =>
    withPool(two, async (pool) => {
      const lines = linesOf(pool)
      const rules = await pool.share('rules', { min: 3 })
      const read = { name: 'read', source: '(x, i, { shared }) => console.log(shared.rules.min)' }
      await pool.warm([read], { shared: [rules], samples: [1] })
      // What has been shared by then stays with it.
      rules.dispose()
      assert.deepEqual(
        lines.map(([, , message]) => message),
        ['3', '3'],
      )
    }))

  it('takes published functions, by name too, and tells the version', () =>
    withPool(one, async (pool) => {
      const lines = linesOf(pool)
      const price = await pool.publish('price', say)
      const { functions } = await pool.warm([price, 'price'], { samples: [1, 2] })
      assert.deepEqual(functions, ['price@1', 'price@1'])
      assert.deepEqual(
        lines.map(([, fn, message]) => [fn, message]),
        [
          ['price@1', '1'],
          ['price@1', '2'],
        ],
      )
    }))

  it('is a call with a name, and none in the statistics', () =>
    withPool(one, async (pool) => {
      const ids = []
      pool.on('log', ({ callId }) => ids.push(callId))
      await pool.warm([say], { samples: [[1, 2]], callId: 'warm' })
      assert.deepEqual(ids, ['warm', 'warm'])
      const { completed, failed, queued, running } = pool.stats()
      assert.deepEqual([completed, failed, queued, running], [0, 0, 0, 0])
    }))

  it('of nothing is done', () =>
    withPool(one, async (pool) => {
      const warm = await pool.warm([])
      assert.deepEqual(warm.functions, [])
      warm.dispose()
    }))

  it('keeps tenants apart', onlyV8, () =>
    withPool(one, async (pool) => {
      const lines = linesOf(pool)
      for (const tenant of ['a', 'b']) await pool.warm([counted], { tenant, stateful: true })
      assert.equal(lines.length, 2)
      await pool.run(counted, 1, { tenant: 'a', stateful: true })
      assert.equal(lines.length, 2)
    }),
  )
})

describe('a worker that is busy', () => {
  it('is reached when it is free, before the calls that wait', () =>
    withPool(two, async (pool) => {
      await allIdle(pool)
      const end = await occupy(pool)
      const lines = linesOf(pool)
      let isWarm = false
      const warm = pool.warm([say], { samples: ['warm'] }).then(() => (isWarm = true))
      await until(() => lines.length === 1)
      const endOther = await occupy(pool)
      const waiting = pool.run(say, 'call')
      assert.equal(isWarm, false)
      await end()
      await Promise.all([warm, waiting])
      assert.deepEqual(
        lines.map(([, , message]) => message),
        ['warm', 'warm', 'call'],
      )
      await endOther()
    }))

  it('does not wait for one in a full queue', () =>
    withPool({ ...one, maxQueue: 0 }, async (pool) => {
      await allIdle(pool)
      const end = await occupy(pool)
      const warm = pool.warm([say], { samples: [1] })
      assert.equal((await rejection(pool.run(say, 1))).code, 'ERR_ISOLANE_QUEUE_FULL')
      await end()
      await warm
    }))
})

describe('an isolate that replaces another', () => {
  const small = { threads: 1, memoryLimitMb: 32 }

  it('is warmed before it takes calls', () =>
    withPool(small, async (pool) => {
      await pool.warm([say], { samples: [['a', 'b']] })
      const lines = linesOf(pool)
      await replace(pool)
      const [{ id }] = pool.status()
      await pool.run(say, 'call')
      assert.deepEqual(
        lines,
        ['a', 'b', 'call'].map((message) => [id, 'say', message]),
      )
    }))

  it('is warmed where it was time for it, and that wears none', onlyV8, () =>
    withPool({ ...one, recycleAfterTasks: 1 }, async (pool) => {
      const lines = linesOf(pool)
      await pool.warm([say], { samples: ['warm'] })
      const { id: first } = pool.status()[0]
      for (const n of [1, 2]) await pool.run(say, n)
      await until(() => lines.length === 5)
      const ids = [0, 1, 1, 2, 2]
      assert.deepEqual(
        lines.map(([worker]) => worker - first),
        [0, 0, 1, 1, 2],
        `${ids}`,
      )
    }),
  )

  it('is not, once that has been taken back', () =>
    withPool(small, async (pool) => {
      const warm = await pool.warm([say], { samples: ['warm'] })
      const kept = await pool.warm([say], { samples: ['kept'] })
      const lines = linesOf(pool)
      warm.dispose()
      warm.dispose()
      await replace(pool)
      await pool.run(say, 'call')
      assert.deepEqual(
        lines.map(([, , message]) => message),
        ['kept', 'call'],
      )
      kept[Symbol.dispose]()
      await replace(pool)
      await pool.run(say, 'call')
      assert.equal(lines.length, 3)
    }))

  it('takes calls though it could not be warmed, and the pool tells it', async () => {
    const { TZ } = process.env
    const moody = {
      name: 'moody',
      source: `() => {
        if (new Date(0).getTimezoneOffset() === -330 || globalThis.process?.env.MOODY)
          throw new Error('not here')
      }`,
    }
    await withPool(small, async (pool) => {
      await pool.warm([moody], { samples: [1] })
      const told = []
      pool.on('error', (error) => told.push(error))
      process.env.TZ = 'Asia/Kolkata'
      process.env.MOODY = '1'
      try {
        await replace(pool)
        assert.equal(await pool.run(say, 7), 7)
        await until(() => told.length === 2)
      } finally {
        delete process.env.MOODY
        if (TZ === undefined) delete process.env.TZ
        else process.env.TZ = TZ
      }
      const { code, failures } = told.find((error) => error.code === 'ERR_ISOLANE_WARM_UP')
      assert.equal(code, 'ERR_ISOLANE_WARM_UP')
      assert.equal(failures.length, 1)
      const [{ worker, function: fn, sample, error }] = failures
      assert.deepEqual([worker, fn, sample], [pool.status()[0].id, 'moody', 0])
      assert.equal(error.cause.message, 'not here')
    })
  })
})

describe('memory that Workers share', () => {
  it(
    'is in the samples of Workers that come later',
    {
      skip: engine === 'node' ? false : 'only the node engine has it',
    },
    () =>
      withPool({ threads: 1, memoryLimitMb: 32 }, async (pool) => {
        const counter = new Int32Array(new SharedArrayBuffer(4))
        const count = { name: 'count', source: '(counter) => { Atomics.add(counter, 0, 1) }' }
        const warm = await pool.warm([count], { samples: [[counter]] })
        await replace(pool)
        await pool.run(say, 1)
        assert.equal(counter[0], 2)
        warm.dispose()
      }),
  )
})
