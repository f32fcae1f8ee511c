import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MemoryLimitError, WorkerLostError } from 'isolane'
import { range, rejection, until, withPool } from '../../support/pools.mjs'

const one = { threads: 1 }

const crashes = {
  'process.exit': [() => process.exit(3), /process\.exit was called in it, with code 3/],
  'process.exit while it awaits': [
    () => {
      setTimeout(() => process.exit(), 5)
      return new Promise((resolve) => setTimeout(resolve, 60_000))
    },
    /process\.exit was called in it, with code 0/,
  ],
  'an error that nobody catches': [
    () => {
      setTimeout(() => {
        throw new TypeError('late')
      }, 5)
      return new Promise((resolve) => setTimeout(resolve, 60_000))
    },
    /nobody caught TypeError: late/,
  ],
  'a rejection that nobody handles': [
    () => {
      Promise.reject(new RangeError('dropped'))
      return new Promise((resolve) => setTimeout(resolve, 60_000))
    },
    /nobody caught RangeError: dropped/,
  ],
  'a value that nobody catches': [
    () => {
      process.nextTick(() => {
        throw Object.create(null)
      })
      return new Promise((resolve) => setTimeout(resolve, 60_000))
    },
    /nobody caught/,
  ],
}

describe('a function that ends its Worker', () => {
  for (const [how, [fn, message]] of Object.entries(crashes)) {
    it(`${how}: the call rejects with the reason, the Worker is replaced`, () =>
      withPool(one, async (pool) => {
        const destroyed = []
        pool.on('workerDestroy', ({ id, reason }) => destroyed.push([id, reason]))
        const error = await rejection(pool.run({ name: 'culprit', source: String(fn) }))
        assert.ok(error instanceof WorkerLostError, error)
        assert.equal(error.code, 'ERR_ISOLANE_WORKER_LOST')
        assert.match(error.message, /culprit/)
        assert.match(error.message, message)
        assert.equal(await pool.run((x) => x * 2, 21), 42)
        assert.equal(pool.status()[0].id, 1)
        assert.equal(destroyed.length, 1)
        assert.equal(destroyed[0][0], 0)
        assert.ok(destroyed[0][1].length > 0)
      }))
  }

  it('carries what was thrown as cause', () =>
    withPool(one, async (pool) => {
      const crash = () => {
        queueMicrotask(() => {
          throw Object.assign(new RangeError('deep'), { detail: { n: 1 } })
        })
        return new Promise((resolve) => setTimeout(resolve, 60_000))
      }
      const { cause } = await rejection(pool.run(crash))
      assert.ok(cause instanceof RangeError)
      assert.equal(cause.message, 'deep')
      assert.deepEqual(cause.detail, { n: 1 })
      assert.match(cause.stack, /isolane:crash:/)
    }))

  it('leaves other work untouched', () =>
    withPool({ threads: 2 }, async (pool) => {
      const others = pool.map(
        range(300),
        (x) => {
          const end = Date.now() + 1
          while (Date.now() < end);
          return x
        },
        { chunkSize: 5 },
      )
      const crash = rejection(pool.run(() => process.exit(1)))
      assert.deepEqual(await others, range(300))
      assert.equal((await crash).code, 'ERR_ISOLANE_WORKER_LOST')
    }))

  it('may do so when its call has ended: the next calls go to the next Worker', () =>
    withPool(one, async (pool) => {
      const later = () => {
        setTimeout(() => process.exit(9), 30)
        return 'fine'
      }
      assert.equal(await pool.run(later), 'fine')
      await until(() => pool.status()[0].id === 1)
      assert.equal(await pool.run((x) => x, 1), 1)
    }))

  it('may do so by a rejection that it leaves behind: the call has its result, the next ones go to the next Worker', () =>
    withPool(one, async (pool) => {
      const reasons = []
      pool.on('workerDestroy', ({ reason }) => reasons.push(reason))
      const litter = () => {
        Promise.reject(new RangeError('dropped'))
        return 'fine'
      }
      const calls = [pool.run(litter), pool.run((x) => x, 1), pool.run((x) => x, 2)]
      assert.deepEqual(await Promise.all(calls), ['fine', 1, 2])
      assert.equal(reasons.length, 1)
      assert.match(reasons[0], /nobody caught RangeError: dropped/)
    }))

  it('may catch what is thrown, and then does not', () =>
    withPool(one, async (pool) => {
      const careful = () => {
        process.once('uncaughtException', (error) => (globalThis.caught = error.message))
        setTimeout(() => {
          throw new Error('caught')
        }, 1)
        return new Promise((resolve) => setTimeout(resolve, 20))
      }
      await pool.run(careful)
      assert.equal(await pool.run(() => globalThis.caught), 'caught')
      assert.equal(pool.status()[0].id, 0)
    }))

  it('a Worker that ended itself for want of memory: MemoryLimitError', () =>
    withPool({ threads: 1, memoryLimitMb: 32 }, async (pool) => {
      const hoard = async () => {
        const hoarded = []
        for (;;) hoarded.push(await Promise.resolve(new Array(200_000).fill(hoarded.length)))
      }
      const error = await rejection(pool.run(hoard))
      assert.ok(error instanceof MemoryLimitError)
      assert.equal(await pool.run((x) => x, 1), 1)
    }))

  it('that breaks what it finds costs no more than its Worker', () =>
    withPool(one, async (pool) => {
      pool.on('error', () => {})
      const vandalise = () => {
        for (const Class of [Array, Map, Set, String, Promise, Function, Uint8Array]) {
          for (const key of Object.getOwnPropertyNames(Class.prototype)) {
            try {
              if (key !== 'constructor') Class.prototype[key] = undefined
            } catch {}
          }
        }
        globalThis.setImmediate = globalThis.Promise = globalThis.Atomics = undefined
      }
      await pool.run(vandalise).catch(() => {})
      const outcomes = []
      for (const n of range(3)) outcomes.push(await pool.run((x) => x, n).catch(({ code }) => code))
      assert.equal(outcomes.at(-1), 2, String(outcomes))
    }))
})

describe('what a function prints', () => {
  it('goes to the log, line by line', () =>
    withPool(one, async (pool) => {
      const seen = []
      pool.on('log', ({ level, message }) => seen.push([level, message]))
      const print = () => {
        process.stdout.write('one\ntwo')
        process.stdout.write(' more\n')
        process.stderr.write(Buffer.from('bad\n'))
        console.table([{ a: 1 }])
        process.stdout.write('no end')
        console.error('%s!', 'err')
      }
      await pool.run(print)
      await until(() => seen.length >= 6)
      assert.deepEqual(seen.slice(0, 3), [
        ['info', 'one'],
        ['info', 'two more'],
        ['error', 'bad'],
      ])
      assert.ok(seen.some(([, line]) => /\(index\)/.test(line)))
      assert.deepEqual(seen.slice(-2), [
        ['error', 'err!'],
        ['info', 'no end'],
      ])
    }))
})
