/** Warm functions: loaded, and called for samples, by each isolate before others call them. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { engines } from 'isolane'

import { deferred, told } from '../support/caches.mjs'
import { linesOf, rejection, storeWith, until, withRegistries } from '../support/registries.mjs'

/** A call that costs an isolate. */
const COSTLY = {
  v8: '() => { for (const all = []; ; ) all.push(new Array(1e5).fill(0)) }',
  node: '() => process.exit()',
}

/** Says so where it is evaluated, and where it is called. */
const TELLING = "console.log('evaluated')\nmodule.exports = () => console.log('called')"
/** Tells how often it has been called before, in its isolate. */
const COUNTING = 'let n = 0; module.exports = () => n++'
/** Fails for the sample 0. */
const PICKY = (by = 1) => `(n) => { if (n === 0) throw new Error('zero'); return n + ${by} }`

for (const engine of engines()) {
  describe(`warm functions (${engine})`, () => {
    test('are evaluated by every worker before they are in force, and by one that replaces another before it takes calls', () =>
      withRegistries(
        async ({ open, pool }) => {
          const lines = linesOf(pool)
          const by = (worker) => lines.filter((each) => each.worker === worker)
          const functions = open({ warm: ['f'] })
          await functions.publish('f', TELLING)
          const first = pool.status().map(({ id }) => id)
          const haveEvaluated = () => first.every((id) => by(id)[0]?.message === 'evaluated')
          await until(haveEvaluated, 'both workers have evaluated it')
          assert.equal(lines.length, 2)

          const other = { name: 'other', source: "() => console.log('other')" }
          const cost = rejection(pool.run({ name: 'costly', source: COSTLY[engine] }))
          const calls = Array.from({ length: 20 }, () => pool.run(other))
          await Promise.all([cost, ...calls])
          const next = () => pool.status().find(({ id }) => !first.includes(id))?.id
          const replacement = await until(next, 'there is another worker')
          await until(() => by(replacement).length > 0, 'it has evaluated the function')
          assert.equal(by(replacement)[0].message, 'evaluated')
          assert.ok(lines.every(({ message }) => message !== 'called'))
        },
        { engine, threads: 2, memoryLimitMb: 64 },
      ))

    test('are called for their samples by each worker, and by one that replaces another', () =>
      withRegistries(
        async ({ open, pool }) => {
          const lines = linesOf(pool)
          const calls = (worker) =>
            lines.filter((each) => each.worker === worker && each.message === 'called').length
          const functions = open({ warm: { samples: { f: [1, 2, 3] } } })
          await functions.publish('f', TELLING)
          const first = pool.status().map(({ id }) => id)
          await until(() => first.every((id) => calls(id) === 3), 'both have called it')
          await rejection(pool.run({ name: 'costly', source: COSTLY[engine] }))
          const next = () => pool.status().find(({ id }) => !first.includes(id))?.id
          const replacement = await until(next, 'there is another worker')
          await until(() => calls(replacement) === 3, 'it has called it')
        },
        { engine, threads: 2, memoryLimitMb: 64 },
      ))
  })
}

describe('warm functions', () => {
  test('that cannot be loaded are not published', () =>
    withRegistries(async ({ open }) => {
      const functions = open({ warm: ['lib/*', 'f'] })
      await functions.publish('f', COUNTING)
      await functions.publish('lib/g', COUNTING)
      const error = await rejection(functions.publish('f', 'throw new Error("no")'))
      assert.equal(error.code, 'ERR_ISOLANE_MODULE')
      assert.equal(await functions.run('f'), 0)
    }))

  test('are named by names, or the beginnings of some with a star behind', () =>
    withRegistries(async ({ open }) => {
      for (const names of [['a b'], ['f', 'f@1'], ['lib/'], [' *'], [''], [1], 'f', [undefined]]) {
        for (const warm of [names, { functions: names }]) {
          assert.throws(
            () => open({ warm }),
            { code: 'ERR_ISOLANE_INVALID_ARGUMENT' },
            String(names),
          )
        }
      }
    }))
})

describe('samples', () => {
  test('have run when the registry is ready, and before another version is in force', () =>
    withRegistries(
      async ({ open }) => {
        const store = await storeWith({ f: COUNTING, g: COUNTING, h: COUNTING })
        const samples = { f: [1, 2], g: { inputs: [1, 2, 3], as: 'map' }, h: [] }
        const functions = open({ store, warm: { samples } })
        await functions.ready
        assert.equal(functions.health().ready, true)
        assert.equal(await functions.run('f'), 2)
        assert.equal(await functions.run('g'), 3)
        assert.equal(await functions.run('h'), 0)
        await functions.publish('f', `${COUNTING} // 2`)
        assert.equal(await functions.run('f'), 2)
      },
      { threads: 1 },
    ))

  test('are given as to run and call, or as to map', () =>
    withRegistries(
      async ({ open }) => {
        const seen = `let seen = []; module.exports = (...args) => {
          const all = seen
          seen = [...seen, args.map((each) => typeof each)]
          return all
        }`
        const samples = {
          f: ['a'],
          g: { inputs: ['a'], as: 'map' },
          h: { inputs: ['a'], as: 'run' },
        }
        const functions = open({ warm: { functions: ['f', 'g', 'h'], samples } })
        await functions.publishAll(['f', 'g', 'h'].map((name) => ({ name, source: seen })))
        const asRun = await functions.run('f', 'a').then(() => functions.run('f', 'a'))
        assert.deepEqual(asRun[0], asRun[1])
        assert.deepEqual(await functions.run('h', 'a'), [asRun[0]])
        const [asMap] = await functions.map(['a'], 'g').then(() => functions.map(['a'], 'g'))
        assert.deepEqual(asMap[0], asMap[1])
        assert.notDeepEqual(asMap[0], asRun[0])
      },
      { threads: 1 },
    ))

  test('get the data of their functions, and each other version of it', () =>
    withRegistries(
      async ({ open }) => {
        const source = `let seen = []; module.exports = (n, { shared }) => {
          seen = [...seen, shared.rules.min + n]
          return seen
        }`
        const store = await storeWith({ f: source })
        const functions = open({ store, warm: { samples: { f: [10] } } })
        const failed = []
        functions.on('warmUpError', (error) => failed.push(error))
        const late = deferred()
        let value = late.promise
        const data = functions.data.define('rules', { load: () => value })
        const { ready } = functions
        await functions.refresh()
        assert.equal(functions.health().ready, false)
        late.resolve({ min: 1 })
        await ready
        assert.deepEqual(await functions.run('f', 0), [11, 1])
        value = { min: 2 }
        await data.refresh()
        await until(async () => (await functions.run('f', 0)).includes(12), 'they have run again')
        await data.refresh()
        await functions.publish('f', `${source} // 2`)
        assert.deepEqual(await functions.run('f', 0), [12, 2])
        assert.deepEqual(failed, [])
      },
      { threads: 1 },
    ))

  test('wait for data that stands in, and not for data that is not required', () =>
    withRegistries(
      async ({ open }) => {
        const store = await storeWith({
          f: 'let all = []; module.exports = (_, { shared }) => (all = [...all, shared.rules])',
          g: 'let all = []; module.exports = (_, { shared }) => (all = [...all, shared.needless])',
        })
        const functions = open({ store, warm: { samples: { f: [1], g: [1] } } })
        const load = () => {
          throw new Error('down')
        }
        functions.data.define('rules', { load, fallback: 'other', retries: 0, backoff: 60_000 })
        const late = deferred()
        functions.data.define('needless', { load: () => late.promise, required: false })
        await functions.ready
        assert.equal(functions.health().ready, true)
        assert.deepEqual(await functions.run('f'), ['other', 'other'])
        late.resolve('late')
        await until(async () => (await functions.run('g')).length > 1, 'those of g have run')
      },
      { threads: 1 },
    ))

  test('that fail are told, and the functions are in force', () =>
    withRegistries(async ({ open }) => {
      const store = await storeWith({ f: PICKY() })
      const functions = open({ store, warm: { functions: ['*'], samples: { f: [1, 0] } } })
      const atStart = told(functions, 'warmUpError')
      await functions.ready
      const { name, code, functionName, version, sample, cause, message } = await atStart
      assert.deepEqual(
        [name, code, functionName, version, sample],
        ['FunctionWarmUpError', 'ERR_ISOLANE_WARM_UP', 'f', 1, 1],
      )
      assert.equal(cause.code, 'ERR_ISOLANE_FUNCTION')
      assert.match(message, /^'f@1' could not be warmed, sample 1: .*zero/)
      assert.equal(functions.health().ready, true)
      assert.equal(await functions.run('f', 1), 2)

      let count = 0
      functions.on('warmUpError', () => count++)
      await functions.check('f', PICKY(2))
      const published = told(functions, 'warmUpError')
      await functions.publish('f', PICKY(2))
      assert.equal((await published).version, 2)
      assert.equal(await functions.run('f', 1), 3)
      await functions.ready
      assert.equal(count, 1)
    }))

  test('that fail where warm-ups are required: ready rejects, and a publish does', () =>
    withRegistries(async ({ open }) => {
      const store = await storeWith({ f: PICKY() })
      const warm = { samples: { f: [0] }, required: true }
      const functions = open({ store, warm })
      const [first, rejected] = [rejection(functions.ready), told(functions, 'rejected')]
      assert.deepEqual([(await first).code, (await first).sample], ['ERR_ISOLANE_WARM_UP', 0])
      assert.equal((await rejected).serves, undefined)
      assert.equal(functions.health().ready, false)
      await functions.publish('f', '(n) => n + 1')
      await functions.ready
      assert.equal(functions.health().ready, true)

      const error = await rejection(functions.publish('f', PICKY()))
      assert.deepEqual([error.code, error.version], ['ERR_ISOLANE_WARM_UP', 3])
      const another = told(functions, 'rejected')
      await open({ store }).publish('f', PICKY())
      const { reason, serves } = await another
      assert.deepEqual([reason.code, serves], ['ERR_ISOLANE_WARM_UP', 2])
      // A process that has begun goes on with what it has.
      await functions.ready
      assert.equal(functions.health().ready, true)
      assert.equal(await functions.run('f', 0), 1)
    }))

  test('that fail with data that came late, where warm-ups are required: ready rejects until they do not', () =>
    withRegistries(async ({ open }) => {
      const source = "(_, { shared }) => { if (shared.n === 0) throw new Error('zero') }"
      const store = await storeWith({ f: source })
      const functions = open({ store, warm: { samples: { f: [1] }, required: true } })
      const late = deferred()
      let value = late.promise
      const data = functions.data.define('n', { load: () => value })
      await functions.refresh()
      late.resolve(0)
      assert.equal((await rejection(functions.ready)).code, 'ERR_ISOLANE_WARM_UP')
      assert.equal(functions.health().ready, false)
      value = 1
      await data.refresh()
      await until(() => functions.health().ready, 'it is ready')
      await functions.ready
    }))

  test('are for warm functions, by their names', () =>
    withRegistries(async ({ open }) => {
      for (const [warm, message] of [
        [{ samples: [] }, /options.warm.samples must be an object/],
        [{ samples: { f: 1 } }, /options.warm.samples\['f'\] must be an array of inputs/],
        [{ samples: { f: { inputs: 1 } } }, /\['f'\]\.inputs must be an array/],
        [
          { samples: { f: { inputs: [], as: 'reduce' } } },
          /\.as must be 'run' or 'map'; got 'reduce'/,
        ],
        [{ samples: { f: { input: [] } } }, /There is no option 'input'/],
        [{ samples: { 'f@1': [] } }, /a name in options.warm.samples must be a name such as/],
        [
          { functions: ['g'], samples: { f: [1] } },
          /must be one of options.warm.functions; got 'f'/,
        ],
        [{ required: 1 }, /options.warm.required must be a boolean; got 1/],
        [{ names: ['f'] }, /There is no option 'names' in options.warm/],
        [1, /options.warm must be a boolean, names and patterns/],
        [null, /options.warm must be/],
      ]) {
        const expected = { code: 'ERR_ISOLANE_INVALID_ARGUMENT', message }
        assert.throws(() => open({ warm }), expected, JSON.stringify(warm))
      }
    }))
})

describe('ready, where warm-ups are required', () => {
  test('rejects for a warm function that cannot be loaded, and for no other', () =>
    withRegistries(async ({ open }) => {
      const broken = 'throw new Error("not on this machine")'
      const store = await storeWith({ f: broken, apart: broken })
      const functions = open({ store, warm: { functions: ['f'], required: true } })
      const { code, functionName, version, sample, cause } = await rejection(functions.ready)
      assert.deepEqual(
        [code, functionName, version, sample, cause.code],
        ['ERR_ISOLANE_WARM_UP', 'f', 1, undefined, 'ERR_ISOLANE_MODULE'],
      )
      assert.equal(functions.health().ready, false)
      await open({ store, warm: ['f'] }).ready
      await functions.publish('f', '() => 1')
      await functions.ready
      await until(() => functions.health().ready, 'it is ready')
    }))
})

describe('onReady', () => {
  test('is called once functions can be called, and awaited before ready resolves', () =>
    withRegistries(async ({ open }) => {
      const store = await storeWith({ f: COUNTING })
      const ended = deferred()
      const order = []
      const onReady = async () => {
        order.push(await functions.run('f'), await functions.call('f').then(({ ok }) => ok))
        order.push(functions.health().ready)
        await ended.promise
      }
      const functions = open({ store, warm: { samples: { f: [1] } }, onReady })
      const ready = functions.ready.then(() => order.push('ready'))
      await until(() => order.length === 3, 'it has been called')
      assert.deepEqual(order.slice(1), [true, false])
      ended.resolve()
      await ready
      await functions.ready
      assert.equal(functions.health().ready, true)
      assert.equal(order.length, 4)
    }))

  test('is called though nobody asks for ready, also where data or the store came late', () =>
    withRegistries(async ({ open }) => {
      const called = deferred()
      const functions = open({ onReady: called.resolve })
      let isDown = true
      const load = () => {
        if (isDown) throw new Error('down')
        return 1
      }
      functions.data.define('n', { load, retries: 0, backoff: 1 })
      await told(functions, 'dataError')
      assert.equal(functions.health().ready, false)
      isDown = false
      await called.promise
      await until(() => functions.health().ready, 'it is ready')
    }))

  test('that fails has ready reject, and is called again where that is asked for anew', () =>
    withRegistries(async ({ open }) => {
      let calls = 0
      const onReady = () => {
        if (++calls === 1) throw new Error('no port is free')
      }
      const functions = open({ onReady })
      const [one, other] = [functions.ready, functions.ready]
      assert.equal((await rejection(one)).message, 'no port is free')
      assert.equal((await rejection(other)).message, 'no port is free')
      assert.equal(functions.health().ready, false)
      await functions.publish('f', '() => 1')
      assert.equal(calls, 1)
      await Promise.all([functions.ready, functions.ready])
      assert.equal(functions.health().ready, true)
      assert.equal(calls, 2)
    }))

  test('is not called where the registry has been closed meanwhile, and ready says so', () =>
    withRegistries(async ({ open }) => {
      const store = await storeWith({ f: '(_, { shared }) => shared.n' })
      let calls = 0
      const warm = { samples: { f: [1] } }
      const reading = open({ store, warm, closeStore: false, onReady: () => calls++ })
      const loading = open({ store, warm, onReady: () => calls++ })
      const late = deferred()
      loading.data.define('n', { load: () => late.promise })
      const ends = [reading.ready, loading.ready].map(rejection)
      await reading.close()
      await loading.refresh()
      await loading.close()
      for (const { code } of await Promise.all(ends)) {
        assert.equal(code, 'ERR_ISOLANE_REGISTRY_CLOSED')
      }
      assert.equal(calls, 0)
    }))

  test('is a function', () =>
    withRegistries(async ({ open }) => {
      for (const onReady of [1, null, {}]) {
        assert.throws(() => open({ onReady }), {
          code: 'ERR_ISOLANE_INVALID_ARGUMENT',
          message: /options.onReady must be a function/,
        })
      }
    }))
})
