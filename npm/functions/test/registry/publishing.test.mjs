/** Functions are published, versioned, rolled back, renamed and unpublished. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { FunctionRegistry, memory } from '@isolane/functions'

import { rejection, withRegistries } from '../support/registries.mjs'

describe('publish', () => {
  test('puts a version in force, and the next one in its place', () =>
    withRegistries(async ({ open }) => {
      const functions = open()
      const first = await functions.publish('double', '(n) => n * 2')
      assert.deepEqual(
        [first.name, first.version, first.revision, first.created, first.diagnostics],
        ['double', 1, 1, true, []],
      )
      assert.match(first.hash, /^[0-9a-f]{64}$/)
      assert.deepEqual(await functions.map([1, 2], 'double'), [2, 4])
      const second = await functions.publish('double', '(n) => n * 2n')
      assert.deepEqual([second.version, second.revision], [2, 2])
      assert.deepEqual(await functions.map([1n], 'double'), [2n])
    }))

  test('of the text in force makes no version', () =>
    withRegistries(async ({ open }) => {
      const functions = open()
      const first = await functions.publish('one', '() => 1', { tags: ['x'] })
      const again = await functions.publish('one', '() => 1')
      assert.deepEqual(again, { ...first, created: false })
      assert.equal(functions.health().revision, 1)
      const tagged = await functions.publish('one', '() => 1', { tags: ['y'] })
      assert.deepEqual([tagged.version, tagged.created, tagged.revision], [1, false, 2])
      assert.deepEqual(
        functions.list({ tag: 'y' }).map(({ name }) => name),
        ['one'],
      )
      assert.deepEqual(functions.list({ tag: 'x' }), [])
    }))

  test('of an earlier text makes a version of its own', () =>
    withRegistries(async ({ open }) => {
      const functions = open()
      await functions.publish('f', '() => 1')
      await functions.publish('f', '() => 2')
      assert.equal((await functions.publish('f', '() => 1')).version, 3)
    }))

  test('with ifVersion goes by what its author has seen', () =>
    withRegistries(async ({ open }) => {
      const functions = open()
      await functions.publish('f', '() => 1', { ifVersion: 0 })
      const [one, other] = await Promise.allSettled([
        functions.publish('f', '() => "mine"', { ifVersion: 1 }),
        functions.publish('f', '() => "hers"', { ifVersion: 1 }),
      ])
      assert.equal(one.status, 'fulfilled')
      const { reason } = other
      assert.equal(reason.code, 'ERR_ISOLANE_VERSION_CONFLICT')
      assert.deepEqual([reason.functionName, reason.expected, reason.actual], ['f', 1, 2])
      assert.equal(await functions.run('f'), 'mine')
      assert.equal((await functions.publish('f', '() => "hers"', { ifVersion: 2 })).version, 3)
      assert.match(reason.message, /Look at diff\('f', 1, 2\), and try again with ifVersion: 2$/)
      const taken = await rejection(functions.publish('f', '() => 1', { ifVersion: 0 }))
      assert.deepEqual([taken.expected, taken.actual], [0, 3])
    }))

  test('has a conflict say what can be done about it', () =>
    withRegistries(async ({ open }) => {
      const functions = open()
      await functions.publish('f', '() => 1')
      await functions.publish('other', '() => 2')
      const messageOf = async (change) => (await rejection(change)).message
      const again = 'try again with ifVersion: 1'
      assert.equal(
        await messageOf(functions.publish('f', '() => 2', { ifVersion: 0 })),
        `'f' is published already, at version 1. Look at get('f'), and ${again}`,
      )
      assert.equal(
        await messageOf(functions.unpublish('f', { ifVersion: 9 })),
        `'f' is at version 1, and has never had version 9; ${again}`,
      )
      assert.match(
        await messageOf(functions.publish('g', '() => 2', { ifVersion: 1 })),
        /^No function is published as 'g'.* pass ifVersion: 0$/,
      )
      assert.match(
        await messageOf(functions.rename('other', 'f')),
        /^'f' is taken: its version 1 is in force\. Unpublish it first/,
      )
      const same = await rejection(functions.rename('f', 'f'))
      assert.equal(same.code, 'ERR_ISOLANE_INVALID_ARGUMENT')
    }))

  test('refuses what does not compile or load, and the version before serves on', () =>
    withRegistries(async ({ open }) => {
      const functions = open()
      await functions.publish('f', '() => 1')
      for (const [source, code] of [
        ['() => {', 'ERR_ISOLANE_SOURCE'],
        ['throw new Error("at once")', 'ERR_ISOLANE_MODULE'],
        ["require('lodash')", 'ERR_ISOLANE_MODULE_NOT_FOUND'],
      ]) {
        const error = await rejection(functions.publish('f', source))
        assert.equal(error.code, code, `${source}: ${error.stack}`)
        assert.equal(await functions.run('f'), 1)
      }
      const { line, column } = await rejection(functions.publish('f', '() => {\n  oh no }'))
      assert.deepEqual([line, column], [2, 5])
      assert.equal(functions.health().revision, 1)
    }))

  test('says why a text does not compile, and where, whoever has found it', () =>
    withRegistries(async ({ open }) => {
      const functions = open()
      await functions.publish('f', '() => 1')
      for (const [source, place, message] of [
        ['() => {', [1, 8], /^'f' does not compile: Unexpected token \(line 1, column 8\)$/],
        ['(n) => n;\n', [1, 9], /text of a function ends without `;` \(line 1, column 9\)$/],
        ['const a = 1\nconst a = 2', [2, 7], /already been declared \(line 2, column 7\)$/],
        ['break', [1, 1], /Illegal break statement \(line 1, column 1\)$/],
        [' \n', [0, 0], /^'f' does not compile: the text is empty$/],
      ]) {
        const error = await rejection(functions.publish('f', source))
        assert.equal(error.code, 'ERR_ISOLANE_SOURCE', `${source}: ${error.stack}`)
        assert.deepEqual([error.line, error.column], place, source)
        assert.match(error.message, message)
      }
      assert.equal(await functions.run('f'), 1)
    }))

  test('refuses arguments that are none', () =>
    withRegistries(async ({ open }) => {
      const functions = open()
      for (const args of [
        ['', '() => 1'],
        ['../up', '() => 1'],
        ['a//b', '() => 1'],
        ['a@1', '() => 1'],
        ['ä', '() => 1'],
        ['.hidden', '() => 1'],
        ['n'.repeat(257), '() => 1'],
        [7, '() => 1'],
        ['f', () => 1],
        ['f', '() => 1', { ifVersion: -1 }],
        ['f', '() => 1', { tags: 'x' }],
        ['f', '() => 1', { requires: ['no name'] }],
        ['f', '() => 1', { timeout: 0 }],
        ['f', '() => 1', { note: 7 }],
      ]) {
        const error = await rejection(functions.publish(...args))
        assert.equal(error.code, 'ERR_ISOLANE_INVALID_ARGUMENT', `${args}: ${error.stack}`)
      }
      assert.equal(functions.health().revision, 0)
    }))

  test('names arguments as its caller has given them', () =>
    withRegistries(async ({ open }) => {
      const functions = open()
      for (const [args, name] of [
        [['a b', '() => 1'], 'name'],
        [['f', 5], 'source'],
        [['f', '() => 1', { ifVersion: -1 }], 'options.ifVersion'],
        [['f', '() => 1', { tags: 'x' }], 'options.tags'],
        [['f', '() => 1', { requires: ['a b'] }], 'options.requires'],
      ]) {
        const expected = ({ message }) => message.startsWith(`${name} must be `)
        await assert.rejects(functions.publish(...args), expected)
        await assert.rejects(functions.check(...args), expected)
        const [of, source, options] = args
        await assert.rejects(
          functions.publishAll([
            { name: 'ok', source: '() => 1' },
            { name: of, source, ...options },
          ]),
          ({ message }) => message.startsWith(`functions[1].${name.replace('options.', '')} must `),
        )
      }
    }))

  test('says how the text of a function is had', () =>
    withRegistries(async ({ open }) => {
      const error = await rejection(open().publish('f', () => 1))
      assert.match(error.message, /source must be its text, as String\(fn\) gives it; got/)
    }))

  /** A misspelt `ifVersion` would take a lock off without a word. */
  test('refuses options that there are not, as all changes and questions do', () =>
    withRegistries(async ({ open }) => {
      const functions = open()
      await functions.publish('f', '() => 1')
      const wrong = { ifVersoin: 0 }
      for (const ask of [
        () => functions.publish('f', '() => 2', wrong),
        () => functions.check('f', '() => 2', wrong),
        () => functions.publishAll([{ name: 'f', source: '() => 2', ...wrong }]),
        () => functions.publishAll([], wrong),
        () => functions.rollback('f', wrong),
        () => functions.unpublish('f', wrong),
        () => functions.rename('f', 'g', wrong),
        () => functions.checkAll(wrong),
        () => functions.versions('f', wrong),
        () => functions.history(wrong),
        async () => functions.list(wrong),
      ]) {
        const error = await rejection(ask())
        assert.equal(error.code, 'ERR_ISOLANE_INVALID_ARGUMENT', `${ask}`)
        assert.match(error.message, /^There is no option 'ifVersoin'.*; the options are /, `${ask}`)
        assert.equal((await rejection(functions.publish('f', '() => 2', null))).code, error.code)
      }
      assert.equal(functions.health().revision, 1)
    }))

  test('without a pool reads and links, and runs nothing', async () => {
    const functions = new FunctionRegistry(undefined, { store: memory() })
    await functions.publish('f', 'throw new Error("not here")')
    assert.equal((await rejection(functions.publish('g', '() => {'))).code, 'ERR_ISOLANE_SOURCE')
    const error = await rejection(functions.run('f'))
    assert.equal(error.code, 'ERR_ISOLANE_INVALID_ARGUMENT')
    assert.match(error.message, /no pool/)
    await functions.close()
  })
})

describe('publishAll', () => {
  test('is one revision, and may remove', () =>
    withRegistries(async ({ open }) => {
      const functions = open()
      await functions.publish('old', '() => 0')
      const results = await functions.publishAll(
        [
          { name: 'a', source: "module.exports = () => require('@/b')()", tags: ['x'] },
          { name: 'b', source: 'module.exports = () => 2' },
        ],
        { remove: ['old'], note: 'all at once', author: 'me' },
      )
      assert.deepEqual(
        results.map(({ name, version, revision }) => [name, version, revision]),
        [
          ['a', 1, 2],
          ['b', 1, 2],
        ],
      )
      assert.equal(await functions.run('a'), 2)
      assert.deepEqual(
        functions.list().map(({ name }) => name),
        ['a', 'b'],
      )
      const [change] = await functions.history({ since: 1 })
      assert.deepEqual(
        [change.note, change.author, change.entries.length],
        ['all at once', 'me', 3],
      )
    }))

  test('does nothing where one fails', () =>
    withRegistries(async ({ open }) => {
      const functions = open()
      const both = [
        { name: 'a', source: '() => 1' },
        { name: 'b', source: '() => {' },
      ]
      await assert.rejects(functions.publishAll(both), { code: 'ERR_ISOLANE_SOURCE' })
      assert.deepEqual(functions.list(), [])
      const twice = [both[0], both[0]]
      await assert.rejects(functions.publishAll(twice), { code: 'ERR_ISOLANE_INVALID_ARGUMENT' })
    }))
})

describe('check', () => {
  test('says what publish would, and does nothing', () =>
    withRegistries(async ({ open }) => {
      const functions = open()
      await functions.publish('lib', 'module.exports = () => 1')
      await functions.publish('user', "const lib = require('@/lib')\nmodule.exports = () => lib()")
      const result = await functions.check('lib', 'module.exports = () => 2')
      assert.deepEqual([result.version, result.created], [2, true])
      const error = await rejection(functions.check('lib', 'throw new Error("no")'))
      assert.equal(error.code, 'ERR_ISOLANE_MODULE')
      assert.equal(await functions.run('user'), 1)
      assert.equal(functions.health().revision, 2)
      assert.equal((await functions.history()).length, 2)
    }))
})

describe('rollback', () => {
  test('puts the version before in force, or any', () =>
    withRegistries(async ({ open }) => {
      const functions = open()
      for (let i = 1; i <= 3; i++) await functions.publish('f', `() => ${i}`, { tags: ['t'] })
      const back = await functions.rollback('f')
      assert.deepEqual([back.version, back.revision, back.tags], [2, 4, ['t']])
      assert.equal(await functions.run('f'), 2)
      await functions.rollback('f', { to: 3, ifVersion: 2 })
      assert.equal(await functions.run('f'), 3)
      assert.equal((await functions.publish('f', '() => 4')).version, 4)
      const { length } = await functions.history()
      await functions.rollback('f', { to: 4 })
      assert.equal((await functions.history()).length, length)
    }))

  test('refuses versions that never were', () =>
    withRegistries(async ({ open }) => {
      const functions = open()
      await functions.publish('f', '() => 1')
      const before = await rejection(functions.rollback('f'))
      assert.equal(before.code, 'ERR_ISOLANE_VERSION_NOT_FOUND')
      const later = await rejection(functions.rollback('f', { to: 9 }))
      assert.deepEqual([later.version, later.latest], [9, 1])
      const unknown = await rejection(functions.rollback('g'))
      assert.equal(unknown.code, 'ERR_ISOLANE_FUNCTION_NOT_FOUND')
      const conflict = await rejection(functions.rollback('f', { to: 1, ifVersion: 3 }))
      assert.equal(conflict.code, 'ERR_ISOLANE_VERSION_CONFLICT')
    }))

  test('is refused where what the version requires has gone', () =>
    withRegistries(async ({ open }) => {
      const functions = open()
      await functions.publish('lib', 'module.exports = () => 1')
      await functions.publish('f', "module.exports = require('@/lib')")
      await functions.publish('f', '() => 2')
      await functions.unpublish('lib')
      const error = await rejection(functions.rollback('f'))
      assert.equal(error.code, 'ERR_ISOLANE_MODULE_NOT_FOUND')
      assert.equal(await functions.run('f'), 2)
    }))
})

describe('unpublish and rename', () => {
  test('free a name, whose numbers are not used again', () =>
    withRegistries(async ({ open }) => {
      const functions = open()
      await functions.publish('f', '() => 1')
      await functions.publish('f', '() => 2')
      await functions.unpublish('f')
      const error = await rejection(functions.run('f'))
      assert.equal(error.code, 'ERR_ISOLANE_FUNCTION_NOT_FOUND')
      assert.equal(functions.get('f'), undefined)
      assert.equal(await functions.run('f@2'), 2)
      assert.equal((await functions.publish('f', '() => 3')).version, 3)
      assert.equal((await functions.versions('f')).length, 3)
    }))

  test('are refused while others require the function', () =>
    withRegistries(async ({ open }) => {
      const functions = open()
      await functions.publish('lib', 'module.exports = () => 1')
      await functions.publish('user', "module.exports = require('@/lib')")
      for (const change of [functions.unpublish('lib'), functions.rename('lib', 'lib2')]) {
        const error = await rejection(change)
        assert.equal(error.code, 'ERR_ISOLANE_IN_USE')
        assert.deepEqual(error.dependents, ['user'])
      }
      await functions.unpublish('lib', { force: true })
      assert.equal(await functions.run('user'), 1)
      const { rejected } = functions.health()
      assert.deepEqual(
        rejected.map(({ name, serves, reason }) => [name, serves, reason.code]),
        [['user', 1, 'ERR_ISOLANE_MODULE_NOT_FOUND']],
      )
      await functions.publish('lib', 'module.exports = () => 3')
      assert.equal(await functions.run('user'), 3)
      assert.deepEqual(functions.health().rejected, [])
    }))

  test('rename gives a version of its own', () =>
    withRegistries(async ({ open }) => {
      const functions = open()
      await functions.publish('a', '() => 1', { tags: ['t'] })
      await functions.publish('taken', '() => 2')
      const renamed = await functions.rename('a', 'dir/b')
      assert.deepEqual([renamed.name, renamed.version, renamed.tags], ['dir/b', 1, ['t']])
      assert.equal(await functions.run('dir/b'), 1)
      assert.equal((await rejection(functions.run('a'))).code, 'ERR_ISOLANE_FUNCTION_NOT_FOUND')
      const error = await rejection(functions.rename('dir/b', 'taken'))
      assert.equal(error.code, 'ERR_ISOLANE_VERSION_CONFLICT')
    }))
})
