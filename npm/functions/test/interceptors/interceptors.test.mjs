/** Interceptors run around calls, as koa's middleware runs around requests. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { toHttp } from '@isolane/functions'

import { rejection, tenancy, withRegistries } from '../support/registries.mjs'

function withFunctions(use) {
  return withRegistries(async (tools) => {
    const functions = tools.open()
    await functions.publishAll([
      { name: 'double', source: '(n) => n * 2' },
      { name: 'label/add', source: '(a, b) => a + b' },
      { name: 'label/args', source: '(n, { args }) => [n, args]' },
      { name: 'nothing', source: '() => {}' },
      { name: 'fails', source: "() => { throw new Error('no') }" },
    ])
    return use(functions)
  })
}

describe('interceptors', () => {
  test('run in the order in which they were added, and back', () =>
    withFunctions(async (functions) => {
      const steps = []
      for (const name of ['a', 'b']) {
        functions.use(async (_, next) => {
          steps.push(`${name} in`)
          const data = await next()
          steps.push(`${name} out`)
          return data
        })
      }
      assert.equal((await functions.call('double', 2)).data, 4)
      assert.deepEqual(steps, ['a in', 'b in', 'b out', 'a out'])
    }))

  test('are told which call it is, and tell each other', () =>
    withFunctions(async (functions) => {
      const { signal } = new AbortController()
      let seen
      functions.use((context, next) => {
        context.state.user = 'me'
        return next()
      })
      functions.use((context, next) => {
        seen = { ...context, tenant: context.tenant, signal: context.signal }
        return next()
      })
      await functions.call('double@1', 2, { callId: 'x', ...tenancy, signal, trigger: 'http' })
      assert.deepEqual(seen, {
        operation: 'call',
        name: 'double',
        version: 1,
        input: 2,
        options: { callId: 'x', ...tenancy, signal },
        trigger: 'http',
        callId: 'x',
        state: { user: 'me' },
        tenant: tenancy.tenant,
        signal,
      })
    }))

  test('change the input, the options and the data', () =>
    withFunctions(async (functions) => {
      const options = { args: 1 }
      functions.use('label/args', async (context, next) => {
        context.input += 1
        context.options.args = 2
        return [...(await next()), 'more']
      })
      const { data } = await functions.call('label/args', 10, options)
      assert.deepEqual(data, [11, 2, 'more'])
      assert.deepEqual(options, { args: 1 })
    }))

  test('that return nothing leave what next gave, whether they wait for it or not', () =>
    withFunctions(async (functions) => {
      functions.use(async (_, next) => void (await next()))
      functions.use((_, next) => void next())
      assert.equal((await functions.call('double', 2)).data, 4)
      assert.equal((await functions.call('fails')).error.cause.message, 'no')
    }))

  test('that do not call next keep the function from running', () =>
    withFunctions(async (functions) => {
      functions.use('double', () => 'cached')
      functions.use('missing', () => 'made up')
      const { status, data, attempts } = await functions.call('double', 2)
      assert.deepEqual([status, data, attempts], ['ok', 'cached', 0])
      const { version, data: other } = await functions.call('missing')
      assert.deepEqual([version, other], [undefined, 'made up'])
    }))

  test('that throw end the call with that, and without its fallback', () =>
    withFunctions(async (functions) => {
      functions.use('double', () => {
        throw Object.assign(new Error('who are you?'), { status: 401 })
      })
      functions.use('nothing', () => {
        throw 7
      })
      const refused = await functions.call('double', 2, { fallback: 0 })
      assert.deepEqual(
        [refused.ok, refused.code, refused.fault, refused.error.message],
        [false, 'ERR_ISOLANE_HOST', 'caller', 'who are you?'],
      )
      assert.equal(toHttp(refused).status, 401)
      const odd = await functions.call('nothing')
      assert.equal(odd.error.cause, 7)
      assert.equal(toHttp(odd).status, 500)
      functions.use('fails', () => {
        throw undefined
      })
      const empty = await functions.call('fails', 1, { fallback: 0 })
      assert.deepEqual([empty.status, empty.code], ['error', 'ERR_ISOLANE_HOST'])
      assert.match(empty.error.message, /not an Error was thrown: undefined/)
      assert.equal(toHttp(empty).status, 500)
    }))

  test('give of a stream what can be iterated', () =>
    withFunctions(async (functions) => {
      let given
      functions.use(() => given)
      for (given of [undefined, 5, {}]) {
        const error = await rejection(functions.stream([2], 'double').next())
        assert.equal(error.code, 'ERR_ISOLANE_INVALID_ARGUMENT')
        assert.match(error.message, /interceptors give of a stream/)
      }
      given = [7, 8]
      const results = []
      for await (const each of functions.stream([2], 'double')) results.push(each)
      assert.deepEqual(results, [7, 8])
    }))

  test('do not run around calls of a registry that is closed', () =>
    withFunctions(async (functions) => {
      functions.use(() => 'cached')
      await functions.close()
      for (const call of [
        functions.run('double', 1),
        functions.map([1], 'double'),
        functions.filter([1], 'double'),
        functions.forEach([1], 'double'),
        functions.reduce([1], { reduce: 'double' }),
        functions.stream([1], 'double').next(),
        functions.call('double', 1),
      ]) {
        assert.equal((await rejection(call)).code, 'ERR_ISOLANE_REGISTRY_CLOSED')
      }
    }))

  test('may turn a failure into data, and see it as it is', () =>
    withFunctions(async (functions) => {
      const seen = []
      functions.use(async (_, next) => {
        try {
          await next()
        } catch (error) {
          seen.push(error.code)
          return 'instead'
        }
      })
      const { status, data } = await functions.call('fails', 1)
      assert.deepEqual([status, data, seen], ['ok', 'instead', ['ERR_ISOLANE_FUNCTION']])
    }))

  test('that swallow a failure give nothing', () =>
    withFunctions(async (functions) => {
      functions.use(async (_, next) => {
        await next().catch(() => {})
      })
      const { status, data } = await functions.call('fails', 1)
      assert.deepEqual([status, data], ['ok', undefined])
    }))

  test('may call next once', () =>
    withFunctions(async (functions) => {
      functions.use(async (_, next) => {
        await next()
        return next()
      })
      const { ok, error } = await functions.call('double', 1)
      assert.deepEqual([ok, error.message], [false, 'next() called multiple times'])
    }))

  test('are for names that match, until they are taken away', () =>
    withFunctions(async (functions) => {
      const calls = []
      const note = (context, next) => {
        calls.push(context.name)
        return next()
      }
      const remove = functions.use('label/*', note)
      await functions.call('double', 1)
      await functions.call('label/args', 1)
      remove()
      remove()
      await functions.call('label/args', 1)
      assert.deepEqual(calls, ['label/args'])
    }))

  test('run once around all kinds of calls', () =>
    withFunctions(async (functions) => {
      const calls = []
      functions.use((context, next) => {
        calls.push([context.operation, context.name, context.trigger])
        return next()
      })
      assert.equal(await functions.run('double', 1), 2)
      assert.deepEqual(await functions.map([1, 2], 'double'), [2, 4])
      assert.deepEqual(await functions.filter([0, 1], 'double'), [1])
      assert.equal(await functions.forEach([1], 'double'), undefined)
      assert.equal(await functions.reduce([1, 2], { reduce: 'label/add', map: 'double' }), 6)
      const results = []
      for await (const each of functions.stream([1, 2], 'double')) results.push(each)
      assert.deepEqual(results, [2, 4])
      const { data, completed } = await functions.callAll('double', [1, 2])
      assert.deepEqual([data, completed], [[2, 4], 2])
      assert.deepEqual(calls, [
        ['run', 'double', 'api'],
        ['map', 'double', 'api'],
        ['filter', 'double', 'api'],
        ['forEach', 'double', 'api'],
        ['reduce', 'label/add', 'api'],
        ['stream', 'double', 'api'],
        ['callAll', 'double', 'api'],
      ])
    }))

  test('guard calls that give no envelope too', () =>
    withFunctions(async (functions) => {
      functions.use('double', () => {
        throw new Error('no')
      })
      for (const call of [
        functions.run('double', 1),
        functions.map([1], 'double'),
        functions.reduce([1], { reduce: 'label/add', map: 'double' }),
        functions.stream([1], 'double').next(),
      ]) {
        assert.equal((await rejection(call)).message, 'no')
      }
      const unknown = await rejection(functions.run('dubble', 1))
      assert.equal(unknown.code, 'ERR_ISOLANE_FUNCTION_NOT_FOUND')
    }))

  test('are for names that begin as their pattern does, up to its star', () =>
    withFunctions(async (functions) => {
      const calls = []
      const note = (pattern) => (context, next) => {
        calls.push(`${pattern} ${context.name}`)
        return next()
      }
      for (const pattern of ['*', 'l*', 'label*', 'label/a*', 'double*', 'doubl', 'label']) {
        functions.use(pattern, note(pattern))
      }
      await functions.call('double', 1)
      assert.deepEqual(calls.splice(0), ['* double', 'double* double'])
      await functions.call('label/args', 1)
      const names = ['*', 'l*', 'label*', 'label/a*'].map((pattern) => `${pattern} label/args`)
      assert.deepEqual(calls, names)
    }))

  test('are functions, and patterns names or the beginnings of some', () =>
    withFunctions(async (functions) => {
      for (const given of [
        [],
        ['label/*'],
        [7, () => {}],
        ['a*b', () => {}],
        ['price@', () => {}],
        ['price@1', () => {}],
        ['price@*', () => {}],
        ['.', () => {}],
        [' ', () => {}],
        [' *', () => {}],
        ['-', () => {}],
        ['', () => {}],
        ['**', () => {}],
        ['a//*', () => {}],
        [() => {}, 'a'],
        [1, 2, 3],
      ]) {
        assert.throws(() => functions.use(...given), { code: 'ERR_ISOLANE_INVALID_ARGUMENT' })
      }
    }))
})
