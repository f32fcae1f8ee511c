import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { describe, it } from 'node:test'
import { Pool } from '../support/engine.mjs'
import { rejection, withPool } from '../support/pools.mjs'
import { runScript } from '../support/processes.mjs'

/** The start of a command line that leaves it two of the CPUs, where there are more. */
const fewerCpus =
  process.platform === 'linux' &&
  availableParallelism() > 2 &&
  spawnSync('taskset', ['--cpu-list', '0,1', 'true']).status === 0
    ? ['taskset', '--cpu-list', '0,1']
    : undefined

/** Wrong values by option: what is thrown must name the option, the value and what is allowed. */
const wrongPoolOptions = {
  threads: [
    [0, RangeError, /1 to 256/],
    [257, RangeError, /1 to 256/],
    [-1, RangeError, /1 to 256/],
    [1.5, RangeError, /integer/],
    [NaN, RangeError, /integer/],
    [Infinity, RangeError, /integer/],
    ['2', TypeError, /integer/],
    [null, TypeError, /integer/],
    [2n, TypeError, /integer/],
  ],
  memoryLimitMb: [
    [0, RangeError, /16 to 65536/],
    [15, RangeError, /16 to 65536/],
    [65_537, RangeError, /16 to 65536/],
    [64.5, RangeError, /integer/],
    ['64', TypeError, /integer/],
  ],
  timeout: [
    [0, RangeError, /greater than 0/],
    [-1, RangeError, /greater than 0/],
    [NaN, RangeError, /greater than 0/],
    [-Infinity, RangeError, /greater than 0/],
    ['100', TypeError, /milliseconds/],
    [null, TypeError, /milliseconds/],
  ],
  queueTimeout: [
    [0, RangeError, /greater than 0/],
    [-5, RangeError, /greater than 0/],
    [NaN, RangeError, /greater than 0/],
    [{}, TypeError, /milliseconds/],
  ],
  maxQueue: [
    [-1, RangeError, /0 to/],
    [0.5, RangeError, /integer/],
    [NaN, RangeError, /integer/],
    ['1', TypeError, /integer/],
  ],
  sliceMs: [
    [0, RangeError, /greater than 0/],
    [NaN, RangeError, /greater than 0/],
    ['4', TypeError, /milliseconds/],
  ],
  engine: [
    ['V8', RangeError, /'auto', 'v8', 'node'/],
    ['', RangeError, /'auto'/],
    [1, TypeError, /'auto'/],
  ],
  sandbox: [
    [1, TypeError, /boolean/],
    ['v8', TypeError, /boolean/],
    [null, TypeError, /boolean/],
  ],
  maxContexts: [
    [0, RangeError, /1 to 10000/],
    ['1', TypeError, /integer/],
  ],
  name: [
    ['', TypeError, /string/],
    [5, TypeError, /string/],
  ],
}

describe('options of new Pool', () => {
  for (const [option, cases] of Object.entries(wrongPoolOptions)) {
    for (const [value, Class, allowed] of cases) {
      it(`${option}: ${typeof value} ${String(value)} throws ${Class.name}`, () => {
        assert.throws(
          () => new Pool({ [option]: value }),
          (error) => {
            assert.ok(error instanceof Class, error)
            assert.equal(error.code, 'ERR_ISOLANE_INVALID_ARGUMENT')
            assert.ok(error.message.startsWith(option), error.message)
            const shown = typeof value === 'object' && value !== null ? '{}' : String(value)
            assert.ok(error.message.includes(shown), `${error.message} shows ${shown}`)
            assert.match(error.message, allowed)
            return true
          },
        )
      })
    }
  }

  for (const options of [null, 5, 'threads', [], () => {}]) {
    it(`${JSON.stringify(options) ?? 'a function'} instead of an object throws TypeError`, () => {
      assert.throws(() => new Pool(options), {
        name: 'TypeError',
        code: 'ERR_ISOLANE_INVALID_ARGUMENT',
      })
    })
  }

  it('an unknown option throws TypeError, naming it and those that exist', () => {
    assert.throws(
      () => new Pool({ thread: 2 }),
      (error) => {
        assert.ok(error instanceof TypeError)
        assert.equal(error.code, 'ERR_ISOLANE_INVALID_ARGUMENT')
        assert.match(error.message, /'thread'/)
        for (const option of Object.keys(wrongPoolOptions))
          assert.ok(error.message.includes(option), option)
        return true
      },
    )
  })

  it('undefined stands for the default', () =>
    withPool({ threads: undefined, timeout: undefined, name: undefined }, async (pool) => {
      assert.equal(await pool.run(() => 1), 1)
    }))

  it('limits may be Infinity', () =>
    withPool(
      { threads: 1, timeout: Infinity, queueTimeout: Infinity, maxQueue: Infinity },
      async (pool) => {
        assert.equal(await pool.run(() => 1), 1)
      },
    ))

  it('are not taken from Object.prototype', () => {
    // oxlint-disable-next-line no-extend-native -- pollution is the point
    Object.prototype.threads = 'polluted'
    try {
      return withPool({ name: 'clean' }, async (pool) => assert.ok(pool.threads >= 1))
    } finally {
      delete Object.prototype.threads
    }
  })

  it('may come without a prototype', () =>
    withPool(Object.assign(Object.create(null), { threads: 3 }), async (pool) => {
      assert.equal(pool.threads, 3)
      assert.deepEqual([pool.timeout, pool.queueTimeout], [Infinity, Infinity])
      assert.equal(pool.status().length, 3)
    }))

  it('threads defaults to the available parallelism less one, at least one', () =>
    withPool({}, async (pool) => {
      assert.ok(pool.threads >= 1)
      assert.ok(pool.threads <= Math.max(1, availableParallelism() - 1))
      assert.equal(pool.status().length, pool.threads)
    }))

  it(
    'threads defaults to less where the process may use fewer CPUs',
    { skip: fewerCpus === undefined && 'takes Linux, taskset and three CPUs' },
    async () => {
      const script = `
        import { Pool } from 'isolane'
        const pool = new Pool()
        console.log(pool.threads)
        await pool.close()`
      const all = await runScript(script)
      const two = await runScript(script, { through: fewerCpus })
      assert.equal(Number(all.stdout), availableParallelism() - 1, all.stderr)
      assert.equal(Number(two.stdout), 1, two.stderr)
    },
  )

  it('name is shown in errors', async () => {
    const pool = new Pool({ threads: 1, name: 'pricing' })
    await pool.close()
    assert.match((await rejection(pool.run(() => 1))).message, /pricing/)
  })
})

const wrongCallOptions = {
  timeout: [0, -1, NaN, '5', null],
  queueTimeout: [0, -1, NaN, '5'],
  signal: [{}, 5, null, new AbortController()],
  priority: ['urgent', 1, null],
  shared: [{}, 'rules', 5],
}
const wrongBatchOptions = {
  ...wrongCallOptions,
  chunkSize: [0, -1, 1.5, NaN, '10', Infinity, 2 ** 32],
  onProgress: [5, 'f', {}],
}

describe('options of calls', () => {
  const calls = {
    map: [
      (pool, options) => pool.map([1], (x) => x, options),
      { ...wrongBatchOptions, into: [5, 'Float', 'array', null] },
    ],
    forEach: [(pool, options) => pool.forEach([1], (x) => x, options), wrongBatchOptions],
    filter: [(pool, options) => pool.filter([1], (x) => x, options), wrongBatchOptions],
    reduce: [(pool, options) => pool.reduce([1], { reduce: (x) => x }, options), wrongBatchOptions],
    run: [(pool, options) => pool.run((x) => x, 1, options), wrongCallOptions],
    stream: [
      async (pool, options) => pool.stream([1], (x) => x, options).next(),
      { ...wrongCallOptions, concurrency: [0, -1, 1.5, NaN, '2'], ordered: [0, 'yes', null] },
    ],
  }
  for (const [name, [call, wrong]] of Object.entries(calls)) {
    for (const [option, values] of Object.entries(wrong)) {
      it(`${name}: a wrong ${option} rejects, naming option and value`, () =>
        withPool({ threads: 1 }, async (pool) => {
          for (const value of values) {
            const error = await rejection(call(pool, { [option]: value }))
            assert.ok(error instanceof TypeError || error instanceof RangeError, error)
            assert.equal(error.code, 'ERR_ISOLANE_INVALID_ARGUMENT')
            assert.ok(error.message.startsWith(`options.${option} must be`), error.message)
          }
        }))
    }

    it(`${name}: an unknown option rejects, naming it`, () =>
      withPool({ threads: 1 }, async (pool) => {
        const error = await rejection(call(pool, { chunksize: 5 }))
        assert.ok(error instanceof TypeError)
        assert.equal(error.code, 'ERR_ISOLANE_INVALID_ARGUMENT')
        assert.match(error.message, /'chunksize'/)
      }))

    it(`${name}: options that are no object reject`, () =>
      withPool({ threads: 1 }, async (pool) => {
        for (const options of [null, 5, 'x', []]) {
          assert.equal((await rejection(call(pool, options))).code, 'ERR_ISOLANE_INVALID_ARGUMENT')
        }
      }))
  }

  it('are not taken from Object.prototype', () =>
    withPool({ threads: 1 }, async (pool) => {
      // oxlint-disable-next-line no-extend-native -- pollution is the point
      Object.prototype.into = 'Int8Array'
      try {
        assert.deepEqual(await pool.map([300], (x) => x, {}), [300])
      } finally {
        delete Object.prototype.into
      }
    }))

  it('are not taken from Object.prototype where there are none', async () => {
    const polluted = { timeout: 0.001, queueTimeout: 0.001, priority: 'x', tenant: 'evil', stateful: true, signal: AbortSignal.abort(), map: () => 'evil', force: true, maxQueue: 0, maxResult: 1, recycleAfterTasks: 1, shared: [1], args: 1, onError: 'omit', concurrency: 'x', name: 'evil', source: '() => "evil"' } // prettier-ignore
    await withPool({ threads: 1, timeout: 60_000, queueTimeout: 60_000 }, async (pool) => {
      // oxlint-disable-next-line no-extend-native -- pollution is the point
      Object.assign(Object.prototype, polluted)
      try {
        const spin = (x) => {
          const end = Date.now() + 2
          while (Date.now() < end);
          return x
        }
        const plain = await Promise.all([pool.run(spin, 1), pool.run(spin, 2)])
        const streamed = []
        for await (const x of pool.stream([1, 2, 3], spin, { ordered: true })) streamed.push(x)
        const sum = await pool.reduce([1, 2, 3], { reduce: (a, b) => a + b, initial: 0 }, {})
        const closing = pool.run(spin, 4)
        await pool.close()
        assert.deepEqual([plain, streamed, sum, await closing], [[1, 2], [1, 2, 3], 6, 4])
      } finally {
        for (const key of Object.keys(polluted)) delete Object.prototype[key]
      }
    })
  })

  it('may all be undefined', () =>
    withPool({ threads: 1 }, async (pool) => {
      const options = {
        args: undefined,
        shared: undefined,
        chunkSize: undefined,
        timeout: undefined,
        signal: undefined,
      }
      assert.deepEqual(await pool.map([1], (x) => x, options), [1])
      assert.deepEqual(await pool.map([1], (x) => x, undefined), [1])
    }))
})
