/** `functions.patch` has functions, by their names, change one value, and tells in an envelope what it came to. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { FunctionRegistry, memory, toHttp } from '@isolane/functions'
import { engines } from 'isolane'

import { newPool, rejection, withRegistries } from '../support/registries.mjs'

const sources = [
  { name: 'cheaper', source: '(hotel, { args }) => { hotel.rooms[0].price -= args ?? 10 }' },
  { name: 'named', source: '(hotel) => { hotel.name = hotel.name.toUpperCase() }' },
  { name: 'both', source: "(hotel) => { hotel.name = 'Both'; hotel.rooms[0].price = 1 }" },
  { name: 'fails', source: "(hotel) => { hotel.name = 'Lost'; throw new RangeError('no') }" },
  { name: 'spins', source: '() => { for (;;); }' },
  { name: 'rated', source: '(hotel, { shared }) => { hotel.rate = shared.rates.low }' },
  { name: 'logs', source: "(hotel) => { console.warn('at %s', hotel.name) }" },
]

const hotel = () => ({
  name: 'Alpha',
  rooms: [
    { id: 1, price: 80 },
    { id: 2, price: 90 },
  ],
})

function withFunctions(use, options) {
  return withRegistries(async (tools) => {
    const functions = tools.open()
    await functions.publishAll(sources)
    return use(functions, tools)
  }, options)
}

describe('a patch by functions by name', () => {
  for (const engine of engines()) {
    test(`gives the value with all changes, and what these were (${engine})`, () =>
      withFunctions(
        async (functions) => {
          await functions.publish('named', "(hotel) => { hotel.name = 'Second' }")
          const target = hotel()
          const tasks = [{ fn: 'cheaper', args: 5, paths: [['rooms']] }, { fn: 'named@1' }]
          const envelope = await functions.patch(target, tasks, { traceId: 't' })
          const { data, ok, status, code, failures, attempts, traceId, trigger } = envelope
          assert.deepEqual(
            [ok, status, code, failures, attempts, traceId, trigger],
            [true, 'ok', 'OK', [], 1, 't', 'api'],
          )
          assert.deepEqual(Object.keys(data).toSorted(), ['applied', 'conflicts', 'value'])
          assert.equal(data.value.name, 'ALPHA')
          assert.equal(data.value.rooms[0].price, 75)
          assert.equal(data.value.rooms[1], target.rooms[1])
          assert.equal(data.applied.length, 2)
          assert.deepEqual(target, hotel())
          const { function: name, version, linkHash, revision } = envelope
          assert.deepEqual(
            [name, version, linkHash, revision],
            ['cheaper, named', undefined, undefined, 2],
          )
          assert.deepEqual(
            envelope.tasks.map((task) => [task.function, task.version]),
            [
              ['cheaper', 1],
              ['named', 1],
            ],
          )
          const one = await functions.patch(hotel(), [{ fn: 'named' }])
          assert.deepEqual([one.function, one.version], ['named', 2])
          assert.equal(one.linkHash, one.tasks[0].linkHash)
          assert.match(one.linkHash, /^[0-9a-f]{64}$/)
        },
        { engine },
      ))

    test(`is in part where a task fails, which leaves no trace (${engine})`, () =>
      withFunctions(
        async (functions) => {
          const tasks = [{ fn: 'fails' }, { fn: 'cheaper' }]
          const { ok, status, code, data, failures } = await functions.patch(hotel(), tasks)
          assert.deepEqual([ok, status, code], [true, 'partial', 'PARTIAL'])
          assert.deepEqual([data.value.name, data.value.rooms[0].price], ['Alpha', 70])
          assert.deepEqual(
            failures.map(({ index }) => index),
            [0],
          )
          assert.equal(failures[0].error.function, 'fails@1')
          const whole = await functions.patch(hotel(), tasks, { onError: 'reject' })
          assert.deepEqual(
            [whole.status, whole.code, whole.fault],
            ['error', 'ERR_ISOLANE_FUNCTION', 'function'],
          )
          assert.deepEqual([whole.data, whole.failures], [undefined, []])
        },
        { engine },
      ))

    test(`bears a task that is too slow, or does not (${engine})`, () =>
      withFunctions(
        async (functions) => {
          const tasks = [{ fn: 'spins' }]
          const some = await functions.patch(hotel(), tasks, { timeout: 50 })
          assert.deepEqual([some.status, some.data.value], ['partial', hotel()])
          assert.equal(some.failures[0].error.code, 'ERR_ISOLANE_TIMEOUT')
          const none = await functions.patch(hotel(), tasks, { timeout: 50, onTimeout: 'reject' })
          assert.deepEqual([none.code, none.fault], ['ERR_ISOLANE_TIMEOUT', 'function'])
        },
        { engine },
      ))
  }

  test('tells of changes of one node by two tasks, and may refuse them', () =>
    withFunctions(async (functions) => {
      const tasks = [{ fn: 'both' }, { fn: 'cheaper' }]
      const { data } = await functions.patch(hotel(), tasks)
      assert.deepEqual(
        data.conflicts.map(({ path }) => path),
        [['rooms', 0, 'price']],
      )
      const refused = await functions.patch(hotel(), tasks, { onConflict: 'reject' })
      assert.equal(refused.code, 'ERR_ISOLANE_PATCH_CONFLICT')
      assert.equal(toHttp(refused).status, 409)
      assert.equal(toHttp(refused).headers['isolane-function'], 'both, cheaper')
      const keyed = await functions.patch(hotel(), [{ fn: 'cheaper' }], { key: 'id' })
      assert.deepEqual(keyed.data.applied[0].path, ['rooms', { key: 'id', is: 1 }, 'price'])
    }))

  test('has interceptors around it once, those of any of its functions', () =>
    withFunctions(async (functions) => {
      const seen = []
      functions.use('named', async (context, next) => {
        seen.push([context.operation, context.name, context.version])
        context.input = { ...context.input, name: 'beta' }
        const { value } = await next()
        return { value: value.name, applied: [], conflicts: [] }
      })
      functions.use('other', () => assert.fail('it is around none of them'))
      const { data } = await functions.patch(hotel(), [{ fn: 'cheaper' }, { fn: 'named' }])
      assert.equal(data.value, 'BETA')
      assert.deepEqual(seen, [['patch', 'cheaper', 1]])
    }))

  test('gives its functions data, and has what they log', () =>
    withFunctions(async (functions) => {
      const { logs } = await functions.patch(hotel(), [{ fn: 'logs' }], { logs: true })
      assert.deepEqual(
        logs.map(({ function: of, message }) => [of, message]),
        [['logs@1', 'at Alpha']],
      )
      functions.data.define('rates', { load: () => ({ low: 0.5 }) })
      const { data } = await functions.patch(hotel(), [{ fn: 'rated' }])
      assert.equal(data.value.rate, 0.5)
    }))

  test('falls back where it fails as a whole', () =>
    withFunctions(async (functions, { open }) => {
      const fallback = (error, target) => ({ value: target, applied: [], conflicts: [error.code] })
      const unknown = await functions.patch(hotel(), [{ fn: 'cheaper' }, { fn: 'naimed' }], {
        fallback,
      })
      assert.deepEqual([unknown.status, unknown.attempts], ['fallback', 0])
      assert.deepEqual(unknown.data.conflicts, ['ERR_ISOLANE_FUNCTION_NOT_FOUND'])
      assert.deepEqual(
        unknown.tasks.map(({ version }) => version),
        [undefined, undefined],
      )
      const pool = newPool()
      const gone = open({}, pool)
      await gone.publishAll(sources)
      await pool.close()
      const closed = await gone.patch(hotel(), [{ fn: 'cheaper' }], { fallback })
      assert.deepEqual([closed.status, closed.error.code], ['fallback', 'ERR_ISOLANE_POOL_CLOSED'])
      assert.deepEqual(closed.data.value, hotel())
      assert.deepEqual((await functions.patch(hotel(), [])).data.value, hotel())
    }))

  test('refuses wrong arguments', () =>
    withFunctions(async (functions) => {
      const wrong = [
        [{}, undefined],
        [{}, 'named'],
        [{}, [undefined]],
        [{}, ['named']],
        [{}, [{ fn: () => 1 }]],
        [{}, [{ fn: 'a b' }]],
        [{}, [{}]],
        [{}, [{ fn: 'named', arg: 1 }]],
        [{}, [{ fn: 'named', paths: 'name' }]],
        [{}, [{ fn: 'named' }], null],
        [{}, [{ fn: 'named' }], { onError: 'original' }],
        [{}, [{ fn: 'named' }], { onConflict: 'never' }],
        [{}, [{ fn: 'named' }], { trigger: 'debug' }],
        [{}, [{ fn: 'named' }], { nothing: 1 }],
      ]
      for (const call of wrong) {
        const { code } = await rejection(functions.patch(...call))
        assert.equal(code, 'ERR_ISOLANE_INVALID_ARGUMENT', JSON.stringify(call))
      }
      const { message } = await rejection(functions.patch({}, [{ fn: 'named' }, { fn: 5 }]))
      assert.match(message, /^tasks\[1\]\.fn must be a name/)
      const poolless = new FunctionRegistry(undefined, { store: memory() })
      const { code } = await rejection(poolless.patch({}, [{ fn: 'named' }]))
      assert.equal(code, 'ERR_ISOLANE_INVALID_ARGUMENT')
      await poolless.close()
      await functions.close()
      const closed = await rejection(functions.patch({}, [{ fn: 'named' }]))
      assert.equal(closed.code, 'ERR_ISOLANE_REGISTRY_CLOSED')
    }))
})
