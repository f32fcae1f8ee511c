/** Functions require one another: resolved in the revision in which a call began. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { rejection, until, withRegistries } from '../support/registries.mjs'

describe('require', () => {
  test('finds functions by @/name, ./name and ../name, in every form', () =>
    withRegistries(async ({ open }) => {
      const functions = open()
      await functions.publishAll([
        { name: 'lib/tax', source: "module.exports = (n) => n + require('./rate').rate" },
        { name: 'lib/rate', source: 'export const rate = 1' },
        { name: 'half', source: '(n) => n / 2' },
        { name: 'app/main', source: "(n) => require('../lib/tax')(require('@/half')(n))" },
        {
          name: 'app/esm',
          source: "import tax from '@/lib/tax'\nexport default (n) => tax(n) * 10",
        },
      ])
      assert.deepEqual(await functions.map([2, 4], 'app/main'), [2, 3])
      assert.equal(await functions.run('app/esm', 1), 20)
      assert.deepEqual(functions.get('app/main').requires, {
        '../lib/tax': 'lib/tax',
        '@/half': 'half',
      })
      assert.deepEqual(functions.dependents('lib/rate'), ['app/esm', 'app/main', 'lib/tax'])
    }))

  test('does not take for a request what stands in a comment, a string or a property', () =>
    withRegistries(async ({ open }) => {
      const functions = open()
      const source = `// require('@/a')
        module.exports = () => "require('@/b')" + /require('@\\/c')/.source + ({ require: (x) => x }).require('@/d')`
      await functions.publish('f', source)
      assert.deepEqual(functions.get('f').requires, {})
    }))

  test('of a pinned version keeps to it', () =>
    withRegistries(async ({ open }) => {
      const functions = open()
      await functions.publish('lib', 'module.exports = () => 1')
      await functions.publish('lib', 'module.exports = () => 2')
      await functions.publish(
        'f',
        "module.exports = () => [require('@/lib@1')(), require('./lib')()]",
      )
      await functions.publish('lib', 'module.exports = () => 3')
      assert.deepEqual(await functions.run('f'), [1, 3])
      await functions.publish('g', "module.exports = () => require('@/lib@1')()")
      await functions.unpublish('f')
      await functions.unpublish('lib')
      assert.equal(await functions.run('g'), 1)
      const error = await rejection(functions.publish('h', "require('@/lib@9')"))
      assert.equal(error.code, 'ERR_ISOLANE_MODULE_NOT_FOUND')
    }))

  test('by a computed name finds what is declared, and what is only tried may be missing', () =>
    withRegistries(async ({ open }) => {
      const functions = open()
      await functions.publishAll([
        { name: 'mon', source: 'module.exports = () => "Monday"' },
        {
          name: 'f',
          source: "module.exports = (day) => require('@/' + day)()",
          requires: ['mon'],
        },
        {
          name: 'tries',
          source:
            "let x; try { x = require('@/none') } catch { x = () => 0 }\nmodule.exports = () => x()",
        },
      ])
      assert.equal(await functions.run('f', 'mon'), 'Monday')
      assert.equal(await functions.run('tries'), 0)
    }))

  test('that is missing is told by publish, with the way and what may have been meant', () =>
    withRegistries(async ({ open }) => {
      const functions = open()
      await functions.publish('lib/tax', 'module.exports = () => 1')
      const error = await rejection(functions.publish('f', "require('@/lib/tex')"))
      assert.equal(error.code, 'ERR_ISOLANE_MODULE_NOT_FOUND')
      assert.deepEqual(
        [error.specifier, error.chain, error.nearest],
        ['@/lib/tex', ['f'], ['lib/tax']],
      )
      await functions.publish('b', 'module.exports = () => 1')
      // Who asks is not what is meant, though its name is near.
      const itself = await rejection(functions.publish('b', "require('@/a')"))
      assert.deepEqual(itself.nearest, [])
      for (const specifier of ['@/', '../../x', '@/a@0', './']) {
        const { code } = await rejection(functions.publish('f', `require('${specifier}')`))
        assert.equal(code, 'ERR_ISOLANE_MODULE_NOT_FOUND', specifier)
      }
    }))
})

describe('a cycle', () => {
  const requiring = (name) => `exports.main = () => 1; require('@/${name}')`

  test('is told by publish, with the chain', () =>
    withRegistries(async ({ open }) => {
      const functions = open()
      await functions.publish('c', 'module.exports = () => 1')
      await functions.publish('b', requiring('c'))
      await functions.publish('a', requiring('b'))
      const error = await rejection(functions.publish('c', requiring('a')))
      assert.equal(error.code, 'ERR_ISOLANE_MODULE_CYCLE')
      assert.deepEqual(error.chain, ['c', 'a', 'b', 'c'])
      assert.match(error.message, /c -> a -> b -> c/)
      assert.equal(await functions.run('a'), 1)
    }))

  test('of itself, or made by a batch only, is one; a diamond is none', () =>
    withRegistries(async ({ open }) => {
      const functions = open()
      const own = await rejection(functions.publish('a', requiring('a')))
      assert.deepEqual(own.chain, ['a', 'a'])
      const batch = ['a', 'b', 'c'].map((name, i, all) => ({
        name,
        source: requiring(all[(i + 1) % 3]),
      }))
      const error = await rejection(functions.publishAll(batch))
      assert.equal(error.code, 'ERR_ISOLANE_MODULE_CYCLE')
      assert.equal(error.chain.length, 4)
      assert.deepEqual(functions.list(), [])
      await functions.publishAll([
        { name: 'top', source: "module.exports = () => [require('@/l')(), require('@/r')()]" },
        { name: 'l', source: "module.exports = require('@/base')" },
        { name: 'r', source: "module.exports = require('@/base')" },
        { name: 'base', source: 'let n = 0; module.exports = () => ++n' },
      ])
      // Evaluated once.
      assert.deepEqual(await functions.run('top'), [1, 2])
    }))
})

describe('a dependency that is published', () => {
  test('is what its dependents run from then on, and nothing else is other', () =>
    withRegistries(
      async ({ open }) => {
        const functions = open()
        await functions.publishAll([
          { name: 'lib', source: 'module.exports = () => "old"' },
          { name: 'a', source: "module.exports = () => require('@/lib')()" },
          { name: 'b', source: "const a = require('@/a')\nmodule.exports = () => a()" },
          { name: 'apart', source: 'let n = 0; module.exports = () => ++n' },
        ])
        assert.deepEqual([await functions.run('b'), await functions.run('apart')], ['old', 1])
        await functions.publish('lib', 'module.exports = () => "new"')
        assert.deepEqual([await functions.run('a'), await functions.run('b')], ['new', 'new'])
        // Its context is the one it was, with its state.
        assert.equal(await functions.run('apart'), 2)
        assert.equal(functions.get('b').version, 1)
      },
      { threads: 1 },
    ))

  test('is refused where a dependent breaks by it, which is named', () =>
    withRegistries(async ({ open }) => {
      const functions = open()
      await functions.publishAll([
        { name: 'lib', source: 'exports.rates = { a: 1 }; exports.main = () => 0' },
        { name: 'fine', source: "module.exports = () => require('@/lib').rates" },
        {
          name: 'strict',
          source: "const { a } = require('@/lib').rates\nmodule.exports = () => a",
        },
      ])
      const error = await rejection(functions.publish('lib', 'exports.main = () => 0'))
      assert.equal(error.code, 'ERR_ISOLANE_DEPENDENT')
      assert.deepEqual([error.functionNames, error.dependent], [['lib'], 'strict'])
      assert.equal(error.cause.code, 'ERR_ISOLANE_MODULE')
      assert.equal(await functions.run('strict'), 1)
      assert.equal(functions.get('lib').version, 1)
    }))

  test('leaves a call as it began, also where it requires late', () =>
    withRegistries(async ({ open, pool }) => {
      const functions = open()
      const source = `module.exports = async (ms) => {
        const before = require('@/lib')()
        await new Promise((resolve) => setTimeout(resolve, ms))
        return [before, require('@/' + 'lib')(), require('@/lib')()]
      }`
      await functions.publishAll([
        { name: 'lib', source: 'module.exports = () => 1' },
        { name: 'late', source, requires: ['lib'] },
      ])
      const call = functions.run('late', 300)
      await until(() => pool.status().some(({ state }) => state === 'running'), 'the call runs')
      await functions.publish('lib', 'module.exports = () => 2')
      assert.deepEqual(await functions.run('late', 0), [2, 2, 2])
      assert.deepEqual(await call, [1, 1, 1])
    }))
})

describe('errors and stacks', () => {
  test('name functions with their versions', () =>
    withRegistries(async ({ open }) => {
      const functions = open()
      await functions.publish('lib', 'module.exports = () => 1')
      await functions.publish(
        'lib',
        'exports.fail = () => {\n  throw new TypeError("no")\n}\nexports.main = () => 1',
      )
      await functions.publish(
        'f',
        "const { fail } = require('@/lib')\nmodule.exports = () => fail()",
      )
      const error = await rejection(functions.run('f'))
      assert.equal(error.function, 'f@1')
      assert.match(error.cause.stack, /lib@2:2:9/)
      assert.match(error.cause.stack, /f@1:2:/)
    }))
})
