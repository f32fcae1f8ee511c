/** What monitors hear on `node:diagnostics_channel`. */
import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe, tracingChannel, unsubscribe } from 'node:diagnostics_channel'
import { describe, it } from 'node:test'
import { engine, onlyV8 } from '../support/engine.mjs'
import { hoard, rejection, until, withPool } from '../support/pools.mjs'
import { runScript } from '../support/processes.mjs'

const one = { threads: 1, name: 'watched' }
const double = { name: 'double', source: '(x) => x * 2' }
const fail = { name: 'fail', source: '() => { throw new Error("no") }' }
const storage = new AsyncLocalStorage()

const calls = tracingChannel('isolane.call')
const STAGES = ['start', 'end', 'asyncStart', 'asyncEnd', 'error']

/** Follows calls while `use` runs; gives what was heard, as `[stage, trace, store]`. */
async function traces(use) {
  const heard = []
  const listen = (stage) => [stage, (trace) => heard.push([stage, trace, storage.getStore()])]
  const subscribers = Object.fromEntries(STAGES.map(listen))
  calls.subscribe(subscribers)
  try {
    await use(heard)
  } finally {
    calls.unsubscribe(subscribers)
  }
  return heard
}

/** Messages of a channel while `use` runs. */
async function messages(name, use) {
  const heard = []
  const listen = (message) => heard.push(message)
  subscribe(name, listen)
  try {
    await use(heard)
  } finally {
    unsubscribe(name, listen)
  }
  return heard
}

describe("tracingChannel('isolane.call')", () => {
  it('tells of a call in its stages, with one object', () =>
    withPool(one, async (pool) => {
      const heard = await traces(() => pool.run(double, 4, { callId: 'mine' }))
      assert.deepEqual(
        heard.map(([stage]) => stage),
        ['start', 'end', 'asyncStart', 'asyncEnd'],
      )
      const [[, trace]] = heard
      assert.ok(heard.every(([, other]) => other === trace))
      assert.deepEqual(trace, {
        pool: 'watched',
        operation: 'run',
        callId: 'mine',
        function: 'double',
        tenant: undefined,
        result: 8,
      })
    }))

  it('tells of a call that fails, with its error', () =>
    withPool(one, async (pool) => {
      let error
      const heard = await traces(async () => {
        error = await rejection(pool.run(fail))
      })
      assert.deepEqual(
        heard.map(([stage]) => stage),
        ['start', 'end', 'error', 'asyncStart', 'asyncEnd'],
      )
      assert.equal(heard[0][1].error, error)
      assert.equal(heard[0][1].callId, error.callId)
    }))

  it('tells of every kind of call, once, by the name of its method', () =>
    withPool({ ...one, threads: 2 }, async (pool) => {
      const kinds = {
        run: () => pool.run(double, 1),
        map: () => pool.map([1, 2, 3], double, { chunkSize: 1 }),
        filter: () => pool.filter([1], double),
        forEach: () => pool.forEach([1], double),
        reduce: () =>
          pool.reduce([1, 2], { reduce: { name: 'double', source: '(a, b) => a + b' } }),
        patch: () => pool.patch({}, [{ fn: double }]),
        stream: async () => {
          for await (const _ of pool.stream([1, 2, 3], double));
        },
        publish: async () => (await pool.publish('double', double)).dispose(),
        warm: async () => (await pool.warm([double, fail])).dispose(),
      }
      const names = { publish: 'double@1', warm: 'double, fail' }
      for (const [operation, call] of Object.entries(kinds)) {
        const heard = await traces(call)
        assert.deepEqual(
          heard.map(([stage, trace]) => [stage, trace.operation]),
          ['start', 'end', 'asyncStart', 'asyncEnd'].map((stage) => [stage, operation]),
        )
        assert.equal(heard[0][1].function, names[operation] ?? 'double')
      }
    }))

  it('tells of a stream that breaks, and of one that is left', () =>
    withPool(one, async (pool) => {
      const broken = await traces(async () => {
        await rejection(pool.stream([1], fail).next())
      })
      assert.deepEqual(
        broken.map(([stage]) => stage),
        ['start', 'end', 'error', 'asyncStart', 'asyncEnd'],
      )
      const left = await traces(async () => {
        for await (const _ of pool.stream([1, 2, 3], double)) break
      })
      assert.deepEqual(
        left.map(([stage]) => stage),
        ['start', 'end', 'asyncStart', 'asyncEnd'],
      )
    }))

  it('does not tell of what is no call: wrong arguments', () =>
    withPool(one, async (pool) => {
      const heard = await traces(async () => {
        await rejection(pool.run(7))
        await rejection(pool.map(7, double))
        await rejection(pool.run(double, 1, { callId: '' }))
        assert.throws(() => pool.stream(7, double))
      })
      assert.deepEqual(heard, [])
    }))

  it('has one subscriber at a time, if need be', () =>
    withPool(one, async (pool) => {
      for (const stage of STAGES) {
        const heard = []
        const listen = (trace) => heard.push(trace.operation)
        calls[stage].subscribe(listen)
        await pool.run(fail).catch(() => {})
        calls[stage].unsubscribe(listen)
        await pool.run(fail).catch(() => {})
        assert.deepEqual(heard, ['run'], stage)
      }
    }))

  it("keeps the caller's AsyncLocalStorage in subscribers and in what follows the call", () =>
    withPool(one, async (pool) => {
      const after = []
      const heard = await traces(() =>
        Promise.all(
          ['a', 'b'].map((store) =>
            storage.run(store, async () => {
              await pool.run(double, 1, { callId: store })
              after.push([store, storage.getStore()])
              await pool.map([1, 2], double, { callId: store, chunkSize: 1 })
              after.push([store, storage.getStore()])
              for await (const _ of pool.stream([1, 2], double, { callId: store }));
              after.push([store, storage.getStore()])
              await rejection(pool.run(fail, 1, { callId: store }))
            }),
          ),
        ),
      )
      assert.equal(heard.length, 2 * (4 + 4 + 4 + 5))
      for (const [stage, { callId, operation }, store] of heard)
        assert.equal(store, callId, `${operation} ${stage}`)
      for (const [expected, store] of after) assert.equal(store, expected)
    }))

  it('may bind a store, which functions of the call see', () =>
    withPool(one, async (pool) => {
      const spans = new AsyncLocalStorage()
      calls.start.bindStore(spans, ({ callId }) => callId)
      try {
        const seen = []
        const onProgress = () => seen.push(spans.getStore())
        await pool.map([1], double, { callId: 'mine', onProgress })
        assert.deepEqual(seen, ['mine'])
      } finally {
        calls.start.unbindStore(spans)
      }
    }))

  it('comes with the tenant', onlyV8, () =>
    withPool(one, async (pool) => {
      const [[, { tenant }]] = await traces(() => pool.run(double, 1, { tenant: 'acme' }))
      assert.equal(tenant, 'acme')
    }),
  )
})

describe('channels of workers', () => {
  it('tell of those that come, and of nobody lost', async () => {
    const created = await messages('isolane:worker:created', async (heard) => {
      const lost = await messages('isolane:worker:lost', () =>
        withPool({ ...one, threads: 2 }, async (pool) => {
          await until(() => heard.length === 2)
          await pool.run(double, 1)
        }),
      )
      assert.deepEqual(lost, [])
    })
    assert.deepEqual(
      created.toSorted((a, b) => a.worker - b.worker),
      [0, 1].map((worker) => ({ pool: 'watched', worker })),
    )
  })

  it('tell of one that is lost, and of the one in its place', async () => {
    const lost = await messages('isolane:worker:lost', async () => {
      const replaced = await messages('isolane:worker:replaced', (heard) =>
        withPool({ ...one, memoryLimitMb: 32 }, async (pool) => {
          await rejection(pool.run(hoard))
          await pool.run(double, 1)
          await until(() => heard.length === 1)
        }),
      )
      assert.deepEqual(replaced, [{ pool: 'watched', worker: 1, before: 0 }])
    })
    assert.equal(lost.length, 1)
    const [{ pool, worker, reason }] = lost
    assert.deepEqual([pool, worker], ['watched', 0])
    assert.match(reason, /memory/)
  })

  it('tell of one that is replaced since it was time', onlyV8, async () => {
    const replaced = await messages('isolane:worker:replaced', async (heard) => {
      const lost = await messages('isolane:worker:lost', () =>
        withPool({ ...one, recycleAfterTasks: 1 }, async (pool) => {
          await pool.run(double, 1)
          await pool.run(double, 1)
          await until(() => heard.length === 2)
        }),
      )
      assert.deepEqual(lost, [])
    })
    assert.deepEqual(
      replaced.map(({ worker, before }) => [worker, before]),
      [
        [1, 0],
        [2, 1],
      ],
    )
  })
})

describe("the channel 'isolane:function:published'", () => {
  it('tells of each version, and of none that is refused', () =>
    withPool(one, async (pool) => {
      const heard = await messages('isolane:function:published', async () => {
        const price = await pool.publish('price', double, { callId: 'first' })
        await rejection(price.update({ source: '(' }))
        await price.update(fail, { callId: 'second' })
      })
      assert.deepEqual(heard, [
        { pool: 'watched', name: 'price', version: 1, callId: 'first' },
        { pool: 'watched', name: 'price', version: 2, callId: 'second' },
      ])
    }))
})

describe('a subscriber that throws', () => {
  it('is the process’s to know of: calls, workers and pools go on', async () => {
    const { code, stdout, stderr } = await runScript(`
      import { channel, tracingChannel } from 'node:diagnostics_channel'
      import { setImmediate as turn } from 'node:timers/promises'
      import { Pool } from 'isolane'
      const uncaught = []
      process.on('uncaughtException', ({ message }) => uncaught.push(message))
      const bomb = (name) => () => { throw new Error(name) }
      const stages = ['start', 'end', 'asyncStart', 'asyncEnd', 'error']
      tracingChannel('isolane.call').subscribe(
        Object.fromEntries(stages.map((stage) => [stage, bomb(stage)])),
      )
      for (const name of ['worker:created', 'function:published'])
        channel('isolane:' + name).subscribe(bomb(name))
      const pool = new Pool({ engine: ${JSON.stringify(engine)}, threads: 1 })
      const answers = [await pool.run((x) => x, 1), ...await pool.map([2, 3], (x) => x)]
      for await (const x of pool.stream([4], (x) => x)) answers.push(x)
      await (await pool.publish('f', (x) => x)).update((x) => x + 1)
      answers.push(await pool.run('f', 4))
      await pool.close()
      while (!uncaught.includes('worker:created')) await turn()
      console.log(JSON.stringify({ answers, uncaught: [...new Set(uncaught)].sort() }))
    `)
    assert.equal(code, 0, stderr)
    assert.deepEqual(JSON.parse(stdout), {
      answers: [1, 2, 3, 4, 5],
      uncaught: ['asyncEnd', 'asyncStart', 'end', 'function:published', 'start', 'worker:created'],
    })
  })
})
