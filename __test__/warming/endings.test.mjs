/** What cannot be warmed, and what ends a warm-up. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Pool } from '../support/engine.mjs'
import { allIdle, hoard, range, rejection, until, withPool } from '../support/pools.mjs'
import { one, two, say, hang, failAtTwo, linesOf, replace } from './support.mjs'

describe('what cannot be warmed', () => {
  it('rejects with worker, function and sample, of all workers, and is not kept', () =>
    withPool({ threads: 2, memoryLimitMb: 32 }, async (pool) => {
      await allIdle(pool)
      const error = await rejection(pool.warm([say, failAtTwo], { samples: [[], [1, 2]] }))
      assert.equal(error.code, 'ERR_ISOLANE_WARM_UP')
      assert.equal(error.name, 'WarmUpError')
      assert.match(
        error.message,
        /^failAtTwo could not be warmed on worker \d, sample 1: .*two.* \(and 1 more failure\)$/s,
      )
      const ids = pool
        .status()
        .map(({ id }) => id)
        .toSorted()
      assert.deepEqual(error.failures.map(({ worker }) => worker).toSorted(), ids)
      for (const { function: fn, sample, error: reason } of error.failures) {
        assert.deepEqual([fn, sample], ['failAtTwo', 1])
        assert.equal(reason.code, 'ERR_ISOLANE_FUNCTION')
        assert.equal(reason.cause.message, 'two')
      }
      assert.equal(error.cause, error.failures[0].error)
      assert.equal(error.callId, error.failures[0].error.callId)
    }))

  it('names the first sample that fails of many, once for each worker', () =>
    withPool(two, async (pool) => {
      await allIdle(pool)
      const fail = { name: 'fail', source: '(x) => { if (x >= 150) throw new Error(`no ${x}`) }' }
      const { failures } = await rejection(pool.warm([fail], { samples: [range(200)] }))
      assert.deepEqual(
        failures.map(({ sample, error }) => [sample, error.cause.message]),
        [
          [150, 'no 150'],
          [150, 'no 150'],
        ],
      )
    }))

  it('and hangs is not tried with its other samples', () =>
    withPool({ threads: 1, memoryLimitMb: 32 }, async (pool) => {
      await allIdle(pool)
      const { failures } = await rejection(
        pool.warm([hang], { samples: [range(200)], timeout: 50 }),
      )
      assert.deepEqual(
        failures.map(({ sample, error }) => [sample, error.code]),
        [[undefined, 'ERR_ISOLANE_TIMEOUT']],
      )
      assert.equal(await pool.run(say, 1), 1)
      await replace(pool)
      assert.equal(await pool.run(say, 2), 2)
    }))

  it('names the sample that is called as by run', () =>
    withPool(one, async (pool) => {
      const error = await rejection(pool.warm([failAtTwo], { samples: [[1, 2, 3]], as: 'run' }))
      assert.deepEqual(
        error.failures.map(({ sample }) => sample),
        [1],
      )
    }))

  it('names no sample where the function is none', () =>
    withPool(one, async (pool) => {
      const error = await rejection(pool.warm([{ name: 'broken', source: '(' }]))
      const [{ function: fn, sample, error: reason }] = error.failures
      assert.deepEqual([fn, sample], ['broken', undefined])
      assert.equal(reason.code, 'ERR_ISOLANE_SOURCE')
    }))

  it('names the sample whose result cannot be copied', () =>
    withPool(one, async (pool) => {
      const give = { name: 'give', source: '(x) => x === 2 ? { f() {} } : x' }
      const error = await rejection(pool.warm([give], { samples: [[1, 2]] }))
      const [{ sample, error: reason }] = error.failures
      assert.equal(sample, 1)
      assert.equal(reason.code, 'ERR_ISOLANE_NOT_CLONEABLE')
    }))

  it('and hangs ends by its timeout, costs the pool nothing and is not tried again', () =>
    withPool({ threads: 1, memoryLimitMb: 32 }, async (pool) => {
      await allIdle(pool)
      const error = await rejection(pool.warm([hang], { samples: [1], timeout: 50 }))
      assert.equal(error.code, 'ERR_ISOLANE_WARM_UP')
      assert.equal(error.failures[0].error.code, 'ERR_ISOLANE_TIMEOUT')
      assert.equal(await pool.run(say, 1), 1)
      await replace(pool)
      assert.equal(await pool.run(say, 2), 2)
    }))

  it('and costs its isolate is not tried again', () =>
    withPool({ threads: 1, memoryLimitMb: 32 }, async (pool) => {
      const error = await rejection(pool.warm([hoard], { samples: [1] }))
      assert.equal(error.failures[0].error.code, 'ERR_ISOLANE_MEMORY_LIMIT')
      assert.equal(await pool.run(say, 1), 1)
      assert.equal(pool.status()[0].id, 1)
    }))

  it('is refused where a sample or args cannot cross', () =>
    withPool(one, async (pool) => {
      const inSample = await rejection(pool.warm([say, say], { samples: [1, [2, () => {}]] }))
      assert.equal(inSample.code, 'ERR_ISOLANE_NOT_CLONEABLE')
      assert.equal(inSample.path, 'samples[1][1]')
      const inRun = await rejection(pool.warm([say], { samples: [[2, () => {}]], as: 'run' }))
      assert.equal(inRun.path, 'samples[0][1]')
      const inArgs = await rejection(pool.warm([say], { args: () => {} }))
      assert.equal(inArgs.code, 'ERR_ISOLANE_NOT_CLONEABLE')
      assert.equal(await pool.run(say, 1), 1)
    }))
})

describe('an end', () => {
  it('by the signal stops what runs', () =>
    withPool(two, async (pool) => {
      await allIdle(pool)
      const stop = new AbortController()
      const warm = rejection(pool.warm([hang, say], { samples: [1], signal: stop.signal }))
      await until(() => pool.status().some(({ function: fn }) => fn === 'hang'))
      stop.abort('enough')
      const error = await warm
      assert.equal(error.code, 'ERR_ISOLANE_ABORTED')
      assert.equal(error.cause, 'enough')
      await allIdle(pool)
      assert.equal(await pool.run(say, 1), 1)
      const aborted = pool.warm([say], { signal: AbortSignal.abort() })
      assert.equal((await rejection(aborted)).code, 'ERR_ISOLANE_ABORTED')
    }))

  it('by close comes when it is done', async () => {
    const pool = new Pool(two)
    const lines = linesOf(pool)
    const warm = pool.warm([say], { samples: [1] })
    await pool.close()
    await warm
    assert.equal(lines.length, 2)
    assert.equal((await rejection(pool.warm([say]))).code, 'ERR_ISOLANE_POOL_CLOSED')
  })

  for (const [name, end] of [
    ['by force', (pool) => pool.close({ force: true })],
    ['by destroy', (pool) => pool.destroy()],
  ]) {
    it(`${name} rejects it`, async () => {
      const pool = new Pool({ ...one, timeout: 60_000 })
      await allIdle(pool)
      const warm = rejection(pool.warm([hang], { samples: [1] }))
      await until(() => pool.status()[0].function === 'hang')
      await end(pool)
      assert.equal((await warm).code, 'ERR_ISOLANE_POOL_CLOSED')
    })
  }

  it('of a pool lets what is in force go, and it may be taken back afterwards', async () => {
    const pool = new Pool(one)
    const warm = await pool.warm([say], { samples: [1] })
    await pool.close()
    warm.dispose()
  })
})

describe('wrong arguments of warm', () => {
  const cases = {
    'no array': [[7], /functions must be an array/],
    'no function': [[[7]], /functions\[0\] must be a function/],
    'an unknown name': [[['nobody']], /No function is published/],
    'samples that are none': [[[say], { samples: 7 }], /samples must be an array/],
    'samples of more functions': [[[say], { samples: [1, 2] }], /samples for 2 functions/],
    'a way that is none': [[[say], { as: 'filter' }], /as must be one of 'map', 'run'/],
    'an option that is none': [[[say], { queueTimeout: 1 }], /There is no option 'queueTimeout'/],
    'a wrong timeout': [[[say], { timeout: 0 }], /timeout must be/],
  }
  for (const [name, [args, message]] of Object.entries(cases)) {
    it(`refuses ${name}`, () =>
      withPool(one, async (pool) => {
        const error = await rejection(pool.warm(...args))
        assert.equal(error.code, 'ERR_ISOLANE_INVALID_ARGUMENT')
        assert.match(error.message, message)
      }))
  }
})
