/** `functions.debug` makes a call as `call` does, with everything built afresh, and nothing left behind. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { FunctionRegistry, memory } from '@isolane/functions'
import { engines } from 'isolane'

import { rejection, tenancy, withRegistries } from '../support/registries.mjs'
import { bound } from '../support/stores.mjs'

const sources = [
  { name: 'lib/count', source: 'let n = 0\nmodule.exports = () => ++n' },
  {
    name: 'counter',
    source:
      "const count = require('@/lib/count')\nlet own = 0\nmodule.exports = () => [++own, count()]",
  },
  { name: 'lib/tax', source: 'module.exports = (n) => n * 2' },
  { name: 'total', source: "const tax = require('@/lib/tax')\nmodule.exports = (n) => n + tax(n)" },
]

function withFunctions(use, { engine, registry, ...pool } = {}) {
  return withRegistries(
    async (tools) => {
      const functions = tools.open(registry)
      await functions.publishAll(sources)
      return use(functions, tools)
    },
    { threads: 1, ...(engine === undefined ? {} : { engine }), ...pool },
  )
}

for (const engine of engines()) {
  describe(`debug (${engine})`, () => {
    test('gives the envelope of a call, and says what it is', () =>
      withFunctions(
        async (functions) => {
          const called = await functions.call('total', 3)
          const { timing, worker, callId, ...rest } = await functions.debug('total', 3)
          assert.ok(timing.total >= timing.run && timing.run > 0)
          assert.equal(typeof worker, 'number')
          assert.notEqual(callId, called.callId)
          assert.deepEqual(rest, {
            ...rest,
            ok: true,
            status: 'ok',
            code: 'OK',
            data: 9,
            function: 'total',
            version: 1,
            linkHash: called.linkHash,
            revision: 1,
            attempts: 1,
            trigger: 'debug',
            logs: [],
            logsOmitted: 0,
            diagnostics: [],
          })
        },
        { engine },
      ))

    test('neither sees nor touches what modules keep for calls', () =>
      withFunctions(
        async (functions) => {
          assert.deepEqual((await functions.call('counter')).data, [1, 1])
          for (let i = 0; i < 3; i++) {
            assert.deepEqual((await functions.debug('counter')).data, [1, 1])
            assert.deepEqual((await functions.debug('counter@1')).data, [1, 1])
          }
          assert.deepEqual((await functions.call('counter')).data, [2, 2])
        },
        { engine },
      ))

    test('takes the place of nothing that calls keep, however often it is made', () =>
      withFunctions(
        async (functions) => {
          assert.deepEqual((await functions.call('counter')).data, [1, 1])
          for (let i = 0; i < 300; i++) {
            const source = `module.exports = () => require('@/lib/tax')(${i})`
            const { data } = await functions.debug('other', 0, { source })
            assert.equal(data, 2 * i)
          }
          assert.deepEqual((await functions.call('counter')).data, [2, 2])
        },
        { engine, maxContexts: 2 },
      ))

    test('runs a text that is not published against what is, and publishes nothing', () =>
      withFunctions(
        async (functions) => {
          const events = []
          const { emit } = functions
          functions.emit = (event, ...about) => {
            events.push(event)
            return emit.call(functions, event, ...about)
          }
          const source = "const tax = require('./lib/tax')\nmodule.exports = (n) => tax(n) / n"
          const unsaved = await functions.debug('total', 4, { source })
          assert.equal(unsaved.data, 2)
          assert.equal(unsaved.version, undefined)
          assert.notEqual(unsaved.linkHash, (await functions.call('total', 4)).linkHash)
          assert.equal(
            (await functions.debug('never/published', 4, { source: '(n) => n + 1' })).data,
            5,
          )
          assert.equal((await functions.call('total', 4)).data, 12)
          assert.equal(functions.get('total').version, 1)
          assert.equal(functions.get('never/published'), undefined)
          assert.equal((await functions.history()).length, 1)
          assert.deepEqual(events, [])
          // As it was debugged, it is published: the same texts, the same identity.
          await functions.publish('total', source)
          assert.equal((await functions.call('total', 4)).linkHash, unsaved.linkHash)
        },
        { engine },
      ))

    test('runs several texts that are not published, for those who require them', () =>
      withFunctions(
        async (functions) => {
          const tax = 'module.exports = (n) => n * 10'
          assert.equal(
            (await functions.debug('total', 1, { sources: { 'lib/tax': tax } })).data,
            11,
          )
          const both = {
            source: "module.exports = (n) => [require('@/lib/tax')(n), require('@/lib/new')(n)]",
            sources: {
              'lib/tax': tax,
              'lib/new': "const tax = require('./tax')\nmodule.exports = (n) => tax(n) + 1",
            },
          }
          assert.deepEqual((await functions.debug('total', 1, both)).data, [10, 11])
          // Who pins a version has asked for that one.
          const pins =
            "module.exports = (n) => [require('@/lib/tax@1')(n), require('@/lib/tax')(n)]"
          const pinned = await functions.debug('pins', 1, {
            source: pins,
            sources: { 'lib/tax': tax },
          })
          assert.deepEqual(pinned.data, [2, 10])
          const named = "module.exports = (name) => require('@/lib/' + name)(3)"
          const computed = { source: named, requires: ['lib/tax'] }
          assert.equal((await functions.debug('computes', 'tax', computed)).data, 6)
          assert.equal((await functions.call('total', 1)).data, 3)
        },
        { engine },
      ))

    test('runs a version that is not in force, with what it requires as that is now', () =>
      withFunctions(
        async (functions) => {
          await functions.publish('total', '(n) => n - 1')
          const old = await functions.debug('total@1', 3)
          assert.deepEqual([old.data, old.version], [9, 1])
          const negative = { sources: { 'lib/tax': '(n) => -n' } }
          assert.equal((await functions.debug('total@1', 3, negative)).data, 0)
        },
        { engine },
      ))

    test('gives the lines of all modules, while they are evaluated too', () =>
      withFunctions(
        async (functions) => {
          const lib =
            "console.debug('lib')\nmodule.exports = (n) => { console.warn('taxed %d', n); return n }"
          const source =
            "console.info('entry')\nconst tax = require('@/lib/tax')\nmodule.exports = (n, { log }) => { log('in'); tax(n); throw new Error('no') }"
          const options = { source, sources: { 'lib/tax': lib } }
          for (let i = 0; i < 2; i++) {
            const { code, logs } = await functions.debug('total', 5, options)
            assert.equal(code, 'ERR_ISOLANE_FUNCTION')
            const seen = logs.map(({ level, message, place }) => [
              level,
              message,
              `${place.file}:${place.line}`,
            ])
            assert.deepEqual(seen, [
              ['info', 'entry', 'total@unsaved:1'],
              ['debug', 'lib', 'lib/tax@unsaved:1'],
              ['info', 'in', 'total@unsaved:3'],
              ['warn', 'taxed 5', 'lib/tax@unsaved:2'],
            ])
            assert.ok(
              logs.every((line) => line.time instanceof Date && line.function === 'total@unsaved'),
            )
          }
          const spins = "console.log('begins')\nmodule.exports = () => { for (;;); }"
          const late = await functions.debug('spins', 0, { source: spins, timeout: 50 })
          assert.equal(late.code, 'ERR_ISOLANE_TIMEOUT')
          const broken = await functions.debug('broken', 0, {
            source: "console.error('before')\nthrow new RangeError('at once')",
          })
          assert.deepEqual([broken.code, broken.fault], ['ERR_ISOLANE_MODULE', 'function'])
          assert.equal(broken.logs[0].message, 'before')
          assert.match(
            String(broken.error.stack) + String(broken.error.cause?.stack),
            /broken@unsaved/,
          )
        },
        { engine },
      ))
  })
}

describe('a text that cannot be debugged', () => {
  test('gives an envelope with the error of a publish', () =>
    withFunctions(async (functions) => {
      const codes = async (source, options) => {
        const { ok, code, fault, attempts, error } = await functions.debug('total', 1, {
          source,
          ...options,
        })
        assert.equal(ok, false)
        return [code, fault, attempts, error]
      }
      const [code, fault, attempts, error] = await codes('(n) => {\n  return n +\n}')
      assert.deepEqual([code, fault, attempts], ['ERR_ISOLANE_SOURCE', 'function', 0])
      assert.equal(error.line, 3)
      const cycle = await codes("require('@/lib/tax')", {
        sources: { 'lib/tax': "require('@/total')" },
      })
      assert.equal(cycle[0], 'ERR_ISOLANE_MODULE_CYCLE')
      assert.deepEqual(cycle[3].chain, ['total', 'lib/tax', 'total'])
      const missing = await codes("require('@/lib/taxi')")
      assert.equal(missing[0], 'ERR_ISOLANE_MODULE_NOT_FOUND')
      assert.deepEqual(missing[3].nearest, ['lib/tax'])
      const unknown = await functions.debug('totals', 1, { sources: { 'lib/tax': '1' } })
      assert.deepEqual([unknown.code, unknown.fault], ['ERR_ISOLANE_FUNCTION_NOT_FOUND', 'caller'])
      assert.equal((await functions.debug('total@9', 1)).code, 'ERR_ISOLANE_VERSION_NOT_FOUND')
      const later = await functions.debug('total@9', 1, { sources: { 'lib/tax': '() => 1' } })
      assert.equal(later.code, 'ERR_ISOLANE_VERSION_NOT_FOUND')
    }))

  test('tells all that rules have found, and warnings of one that runs', () =>
    withFunctions(
      async (functions) => {
        const refused = await functions.debug('total', 1, {
          source: '(n) => { debugger; return eval(n) + missing }',
        })
        assert.deepEqual([refused.code, refused.fault], ['ERR_ISOLANE_CHECK_FAILED', 'function'])
        assert.deepEqual(refused.diagnostics.map(({ rule }) => rule).toSorted(), [
          'no-debugger',
          'no-eval',
          'no-undef',
        ])
        assert.ok(refused.diagnostics.every((each) => each.function === 'total' && each.line === 1))
        const warned = await functions.debug('total', 1, {
          sources: { 'lib/tax': '(n) => { debugger; return n }' },
        })
        assert.equal(warned.data, 2)
        assert.deepEqual(
          warned.diagnostics.map(({ function: of, rule, severity }) => [of, rule, severity]),
          [['lib/tax', 'no-debugger', 'warn']],
        )
      },
      { registry: { rules: true } },
    ))

  test('has interceptors around it, and a fallback', () =>
    withFunctions(async (functions) => {
      const seen = []
      functions.use('total', async (context, next) => {
        seen.push([context.operation, context.trigger, context.version])
        context.input++
        return next()
      })
      assert.equal((await functions.debug('total', 1)).data, 6)
      assert.equal((await functions.debug('total', 1, { source: '(n) => n' })).data, 2)
      const { status, data, error } = await functions.debug('total', 1, {
        source: '(',
        onError: 'original',
      })
      assert.deepEqual([status, data, error.code], ['fallback', 1, 'ERR_ISOLANE_SOURCE'])
      assert.deepEqual(seen, [
        ['debug', 'debug', 1],
        ['debug', 'debug', undefined],
        ['debug', 'debug', undefined],
      ])
    }))
})

describe('a debug call', () => {
  test('asks no store for what is in force, and stores nothing', () =>
    withRegistries(async ({ open }) => {
      const store = bound(memory())
      const functions = open({ store })
      await functions.publishAll(sources)
      const asked = []
      for (const method of ['records', 'commit', 'history']) {
        const own = store[method]
        store[method] = (...given) => {
          asked.push(method)
          return own(...given)
        }
      }
      const options = {
        source: "module.exports = (n) => require('@/lib/tax@1')(n)",
        sources: { 'lib/tax': '1' },
      }
      assert.equal((await functions.debug('total', 1, options)).data, 2)
      assert.equal((await functions.debug('total', 1)).data, 3)
      assert.deepEqual(asked, [])
    }))

  test('gets the data that its text names', () =>
    withFunctions(async (functions) => {
      functions.data.define('rates', { load: () => ({ low: 0.5 }) })
      const source = '(n, { shared }) => n * shared.rates.low'
      assert.equal((await functions.debug('total', 4, { source, ...tenancy })).data, 2)
    }))

  test('refuses wrong arguments', () =>
    withFunctions(async (functions) => {
      const wrong = [
        ['a b'],
        [7],
        ['total', 1, null],
        ['total', 1, []],
        ['total', 1, { nothing: 1 }],
        ['total', 1, { source: 1 }],
        ['total', 1, { source: null }],
        ['total@1', 1, { source: '() => 1' }],
        ['total', 1, { requires: ['lib/tax'] }],
        ['total', 1, { source: '() => 1', requires: 'lib/tax' }],
        ['total', 1, { source: '() => 1', requires: ['a b'] }],
        ['total', 1, { sources: 'x' }],
        ['total', 1, { sources: ['x'] }],
        ['total', 1, { sources: null }],
        ['total', 1, { sources: { 'a b': '() => 1' } }],
        ['total', 1, { sources: { a: 1 } }],
        ['total', 1, { source: '() => 1', sources: { total: '() => 1' } }],
        ['total', 1, { trigger: 'api' }],
        ['total', 1, { logs: true }],
        ['total', 1, { onLog: () => {} }],
        ['total', 1, { stateful: true }],
        ['total', 1, { fresh: false }],
        ['total', 1, { timeout: -1 }],
      ]
      for (const call of wrong) {
        const { code } = await rejection(functions.debug(...call))
        assert.equal(code, 'ERR_ISOLANE_INVALID_ARGUMENT', JSON.stringify(call))
      }
      const poolless = new FunctionRegistry(undefined, { store: memory() })
      for (const options of [undefined, { source: '() => 1' }]) {
        const { code } = await rejection(poolless.debug('total', 1, options))
        assert.equal(code, 'ERR_ISOLANE_INVALID_ARGUMENT')
      }
      await poolless.close()
      await functions.close()
      assert.equal((await rejection(functions.debug('total'))).code, 'ERR_ISOLANE_REGISTRY_CLOSED')
      const { code } = await rejection(functions.debug('total', 1, { source: '() => 1' }))
      assert.equal(code, 'ERR_ISOLANE_REGISTRY_CLOSED')
    }))
})
