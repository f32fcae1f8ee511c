import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Pool, ResultTooLargeError } from 'isolane'
import { range, rejection, until, withPool } from '../support/pools.mjs'

const MIB = 1 << 20

/** What is logged while `use` runs. */
async function logged(options, use) {
  return withPool({ threads: 1, ...options }, async (pool) => {
    const entries = []
    pool.on('log', (entry) => entries.push(entry))
    await use(pool)
    return { messages: entries.map(({ message }) => message), truncated: pool.stats().truncated }
  })
}

describe('a flood of log records', () => {
  const flood = (count, { log }) => {
    for (let i = 0; i < count; i++) log(`line ${i}`)
  }

  it('ends at 1000 a chunk, and the last one counts the others', async () => {
    const { messages, truncated } = await logged({}, (pool) => pool.run(flood, 100_000))
    assert.equal(messages.length, 1001)
    assert.equal(messages[999], 'line 999')
    assert.equal(messages[1000], '[truncated: 99000 more records]')
    assert.equal(truncated.logs, 99_000)
  })

  it('ends at maxLogRecords', async () => {
    const { messages, truncated } = await logged({ maxLogRecords: 2 }, (pool) => pool.run(flood, 5))
    assert.deepEqual(messages, ['line 0', 'line 1', '[truncated: 3 more records]'])
    assert.equal(truncated.logs, 3)
  })

  it('ends at maxLogKb, within a record too', async () => {
    const long = (_, { log }) => {
      for (let i = 0; i < 3; i++) log('x'.repeat(700))
    }
    const { messages, truncated } = await logged({ maxLogKb: 1 }, (pool) => pool.run(long))
    assert.deepEqual(
      messages.map((message) => message.length),
      [700, 324 + '… [truncated]'.length, '[truncated: 1 more records]'.length],
    )
    assert.ok(messages[1].endsWith('x… [truncated]'))
    assert.equal(truncated.logs, 2)
  })

  it('of one chunk takes nothing from the next', async () => {
    const { messages, truncated } = await logged({ maxLogRecords: 2 }, async (pool) => {
      await pool.run(flood, 3)
      await pool.run(flood, 2)
    })
    assert.deepEqual(messages.slice(3), ['line 0', 'line 1'])
    assert.equal(truncated.logs, 1)
  })
})

describe('an error that is too large', () => {
  const huge = {
    'a message': () => {
      throw new RangeError('m'.repeat(50_000_000))
    },
    'a cause': () => {
      throw new RangeError('m', { cause: Array.from({ length: 100_000 }, (_, n) => `${n}`) })
    },
    'a property': () => {
      throw Object.assign(new RangeError('m'), { data: new Uint8Array(1e7), code: 'E_MINE' })
    },
    'a stack': () => {
      const error = new RangeError('m')
      error.stack = 's'.repeat(10_000_000)
      throw error
    },
  }
  for (const [what, fn] of Object.entries(huge)) {
    it(`by ${what} arrives as the start of its message and stack`, () =>
      withPool({ threads: 1 }, async (pool) => {
        const { cause, code, message } = await rejection(pool.run(fn))
        assert.equal(code, 'ERR_ISOLANE_FUNCTION')
        assert.equal(cause.name, 'RangeError')
        assert.match(cause.message, /^m/)
        assert.ok(message.length + cause.message.length + cause.stack.length < 64 * 1024)
        assert.equal(cause.message.length > 1, cause.message.endsWith('… [truncated]'))
        if (what === 'a property') assert.equal(cause.code, 'E_MINE')
        assert.equal(pool.stats().truncated.errors, 1)
        assert.equal(await pool.run((x) => x, 1), 1)
      }))
  }

  it('may be a string, or a name in a path', () =>
    withPool({ threads: 1, maxErrorKb: 1 }, async (pool) => {
      const text = await rejection(
        pool.run(() => {
          throw 'x'.repeat(1e6) // oxlint-disable-line no-throw-literal
        }),
      )
      assert.equal(text.cause, `${'x'.repeat(256)}… [truncated]`)
      const path = await rejection(pool.run(() => ({ ['k'.repeat(1e6)]: () => {} })))
      assert.equal(path.code, 'ERR_ISOLANE_NOT_CLONEABLE')
      assert.ok(path.message.length < 1024)
      assert.equal(pool.stats().truncated.errors, 2)
    }))

  it('is cut for each item that fails', () =>
    withPool({ threads: 1, maxErrorKb: 1 }, async (pool) => {
      const fail = (x) => {
        throw new Error(`${x}`.repeat(1e5))
      }
      const { failures } = await pool.map(range(10), fail, { onError: 'omit' })
      for (const { error } of failures) assert.ok(error.cause.message.length < 300)
      assert.equal(pool.stats().truncated.errors, 10)
    }))
})

describe('results that are too large', () => {
  const bytes = (size) => new Uint8Array(size)

  it('reject the call with a ResultTooLargeError', () =>
    withPool({ threads: 1, maxResultMb: 1 }, async (pool) => {
      const error = await rejection(pool.run(bytes, MIB + 1))
      assert.ok(error instanceof ResultTooLargeError)
      assert.equal(error.code, 'ERR_ISOLANE_RESULT_TOO_LARGE')
      assert.equal(error.maxResultMb, 1)
      assert.match(error.message, /bytes .*1 MiB/)
      assert.equal((await pool.run(bytes, MIB - 100)).length, MIB - 100)
      assert.equal(pool.stats().truncated.results, 1)
    }))

  it('are those of all chunks together', () =>
    withPool({ threads: 2, maxResultMb: 1 }, async (pool) => {
      const sizes = range(30).map(() => 50_000)
      const error = await rejection(pool.map(sizes, bytes, { chunkSize: 1 }))
      assert.equal(error.code, 'ERR_ISOLANE_RESULT_TOO_LARGE')
      assert.equal((await pool.map(sizes.slice(15), bytes, { chunkSize: 1 })).length, 15)
      await until(() => pool.stats().running === 0)
    }))
})

describe('a cap out of its range', () => {
  const wrong = [
    { maxLogRecords: -1 },
    { maxLogKb: 0 },
    { maxErrorKb: 1.5 },
    { maxResultMb: NaN },
    { recycleAfterTasks: 0 },
    { recycleAboveMb: -1 },
    { maxLostWorkers: Infinity },
  ]
  for (const options of wrong) {
    const [name] = Object.keys(options)
    it(`throws RangeError: ${name}`, () => {
      assert.throws(() => new Pool(options), {
        name: 'RangeError',
        code: 'ERR_ISOLANE_INVALID_ARGUMENT',
        message: new RegExp(`^${name} must be`),
      })
    })
  }
})
