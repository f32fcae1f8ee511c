/** Sources are judged by the rules of isolane before they are published. */
import assert from 'node:assert/strict'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, test } from 'node:test'

import { EMPTY, FunctionRegistry, hashOf, memory } from '@isolane/functions'

import { hasV8, rejection, withRegistries } from '../support/registries.mjs'

const rulesOf = (diagnostics) => diagnostics.map(({ rule }) => rule).toSorted()

describe('rules', () => {
  test('refuse a source by default with all that they find, and warn of the rest', () =>
    withRegistries(async ({ open }) => {
      const functions = open()
      const error = await rejection(functions.publish('f', '(n) => eval(n) + missing'))
      assert.equal(error.code, 'ERR_ISOLANE_CHECK_FAILED')
      assert.deepEqual(rulesOf(error.diagnostics), ['no-eval', 'no-undef'])
      assert.match(error.diagnostics[0].frame, /eval/)
      const { diagnostics } = await functions.publish('f', '(n) => { debugger; return n }')
      assert.deepEqual(
        diagnostics.map(({ rule, severity }) => [rule, severity]),
        [['no-debugger', 'warn']],
      )
    }))

  test('are those of the engine of the pool, and without a pool those of isolates', async () => {
    const node = "const { join } = require('node:path')\nmodule.exports = () => join(Buffer.name)"
    await withRegistries(
      async ({ open }) => {
        const functions = open()
        assert.deepEqual((await functions.publish('f', node)).diagnostics, [])
        const error = await rejection(functions.publish('g', '() => process.exit(1)'))
        assert.deepEqual(rulesOf(error.diagnostics), ['no-process-exit'])
      },
      { engine: 'node' },
    )
    for (const [rules, refused] of [
      [undefined, ['no-restricted-modules', 'no-unavailable-global']],
      [{ engine: 'node' }, []],
      [{ extends: 'recommended-node' }, []],
    ]) {
      const editor = new FunctionRegistry(undefined, { store: memory(), rules })
      const found = await editor.publish('f', node).then(
        ({ diagnostics }) => diagnostics,
        ({ diagnostics }) => diagnostics,
      )
      assert.deepEqual(rulesOf(found), refused, JSON.stringify(rules))
      await editor.close()
    }
  })

  test('refuse nothing that linking knows better', () =>
    withRegistries(async ({ open }) => {
      const functions = open()
      const results = await functions.publishAll([
        { name: 'lib/tax', source: "module.exports = (n) => n * require('./rate').rate" },
        { name: 'lib/rate', source: 'exports.rate = 2' },
        { name: 'lib/es', source: "export * from './rate'\nexport const es = 1" },
        {
          name: 'total',
          source: "const tax = require('@/lib/tax')\nmodule.exports = (n) => tax(n)",
        },
        { name: 'late', source: "async (n) => n + (await import('@/lib/es')).es" },
        { name: 'maybe', source: "(n) => { try { require('@/none') } catch { return n } }" },
        {
          name: 'either',
          source: "module.exports = (n) => require('@/lib/' + 'tax')(n)",
          requires: ['lib/tax'],
        },
      ])
      assert.deepEqual(
        results.flatMap(({ diagnostics }) => diagnostics),
        [],
      )
      await functions.publish(
        'pinned',
        "const tax = require('@/lib/tax@1')\nmodule.exports = (n) => tax(n)",
      )
      for (const name of ['total', 'pinned', 'either'])
        assert.equal(await functions.run(name, 2), 4)
      assert.equal(await functions.run('late', 2), 3)
      assert.equal(await functions.run('maybe', 2), 2)
      assert.deepEqual(await functions.checkAll(), [])
      const error = await rejection(functions.publish('f', "require('@/gone')"))
      assert.equal(error.code, 'ERR_ISOLANE_MODULE_NOT_FOUND')
    }))

  test('warn of a text that exports nothing, since it may take the place of a function', () =>
    withRegistries(async ({ open }) => {
      const functions = open()
      const nothing = ['5', '// gone', 'function price(n) { return n };', '({ a: 1 })']
      for (const source of nothing) {
        const { diagnostics } = await functions.publish('f', source)
        assert.deepEqual(
          diagnostics.map(({ rule, severity }) => [rule, severity]),
          [['require-export', 'warn']],
          source,
        )
      }
      for (const source of ['exports.rate = 2', 'module.exports = 5', 'export const a = 1']) {
        assert.deepEqual((await functions.publish('f', source)).diagnostics, [], source)
      }
      const strict = open({ rules: { rules: { 'require-export': 'error' } } })
      await assert.rejects(strict.publish('f', 'module.exports = 5'), { message: /no function/ })
      for (const rules of [false, { extends: 'none' }, { rules: { 'require-export': 'off' } }]) {
        assert.deepEqual((await open({ rules }).publish('f', '5')).diagnostics, [])
      }
    }))

  test('may be chosen or left out, and stand beside a check of the user’s', () =>
    withRegistries(async ({ open }) => {
      const rules = { extends: 'none', rules: { 'no-debugger': 'error' } }
      const own = { rule: 'own', severity: 'warn', message: 'seen' }
      const functions = open({ rules, check: () => [own] })
      const { diagnostics } = await rejection(functions.publish('f', '() => { debugger }'))
      assert.deepEqual(rulesOf(diagnostics), ['no-debugger', 'own'])
      assert.deepEqual((await functions.publish('f', '() => eval("1")')).diagnostics, [own])
      const lax = open({ rules: false })
      assert.deepEqual((await lax.publish('f', '() => eval("1")')).diagnostics, [])
      assert.equal(lax.get('f').rulesHash, undefined)
    }))

  test('are checked', () => {
    for (const rules of [1, 'strict', null, [], { rules: { 'no-such-rule': 'error' } }]) {
      const make = () => new FunctionRegistry(undefined, { store: memory(), rules })
      assert.throws(make, { code: 'ERR_ISOLANE_INVALID_ARGUMENT' })
    }
  })

  test('are missed by who publishes without isolane, and by nobody who reads', async () => {
    const require = createRequire(import.meta.url)
    const dist = dirname(require.resolve('@isolane/functions'))
    const folder = mkdtempSync(join(tmpdir(), 'isolane-alone-'))
    try {
      cpSync(dist, join(folder, 'dist'), { recursive: true })
      mkdirSync(join(folder, 'node_modules'))
      const croner = dirname(dirname(createRequire(join(dist, 'x.js')).resolve('croner')))
      symlinkSync(croner, join(folder, 'node_modules', 'croner'), 'junction')
      const alone = require(join(folder, 'dist', 'index.js'))
      const store = memory()
      const functions = new FunctionRegistry(undefined, { store })
      await functions.publish('f', '() => 1')
      const reader = new alone.FunctionRegistry(undefined, { store })
      await reader.ready
      assert.equal(reader.get('f').version, 1)
      const missing = { code: 'ERR_ISOLANE_INVALID_ARGUMENT', message: /npm install isolane/ }
      await assert.rejects(reader.publish('f', '() => 2'), missing)
      await assert.rejects(reader.checkAll(), missing)
      const make = () => new alone.FunctionRegistry(undefined, { store, rules: true })
      assert.throws(make, missing)
      await Promise.all([reader.close(), functions.close()])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

describe('warnings', () => {
  test('are kept with the version that they are of, and the hash of the rules', () =>
    withRegistries(async ({ open }) => {
      const store = memory()
      const functions = open({ store })
      const noisy = '(n) => {\n  debugger\n  return n\n}'
      const { diagnostics } = await functions.publish('f', noisy)
      await functions.publish('f', '(n) => n')
      await functions.publish('g', noisy, { tags: ['x'] })
      const other = open({ store })
      await other.ready
      const [second, first] = await other.versions('f')
      assert.deepEqual([second.warnings, first.warnings.length], [[], 1])
      const { rule, severity, message, line, column } = diagnostics[0]
      const { help, ...kept } = first.warnings[0]
      assert.deepEqual(kept, { rule, severity, message, line, column })
      assert.equal(help, diagnostics[0].help)
      assert.match(first.rulesHash, /^[0-9a-f]{64}$/)
      assert.equal(second.rulesHash, first.rulesHash)
      assert.deepEqual(other.get('g').warnings, first.warnings)
      assert.deepEqual(other.list({ tag: 'x' })[0].warnings, first.warnings)
      assert.deepEqual((await other.version('f', 1)).warnings, first.warnings)
      // The text in force makes no version; what was found in it is told again.
      const again = await other.publish('g', noisy)
      assert.deepEqual([again.created, again.diagnostics], [false, first.warnings])
      const renamed = await other.rename('g', 'h')
      assert.deepEqual(renamed.warnings, first.warnings)
      assert.deepEqual((await other.rollback('f')).warnings, first.warnings)
    }))

  test('that a check of the user’s gives are kept too, a hundred of them', () =>
    withRegistries(async ({ open }) => {
      const found = Array.from({ length: 150 }, (_, i) => {
        return { rule: 'own', severity: 'warn', message: `${i}`, secret: () => {} }
      })
      const functions = open({ check: () => found })
      assert.equal((await functions.publish('f', '() => 1')).diagnostics.length, 150)
      const { warnings } = functions.get('f')
      assert.equal(warnings.length, 100)
      assert.deepEqual(warnings[7], { rule: 'own', severity: 'warn', message: '7' })
    }))

  test('of a record that makes no sense are no reason to run it', () =>
    withRegistries(async ({ open }) => {
      const what = { source: '() => 1', form: 'function', requires: {} }
      for (const more of [{ warnings: 7 }, { warnings: [null] }, { rulesHash: 7 }]) {
        const store = memory()
        const record = { name: 'f', version: 1, hash: hashOf(what), ...what, at: 1, ...more }
        const { name, version, hash } = record
        const entries = [{ name, version, hash, latest: 1, kind: 'publish' }]
        await store.commit({ id: 'one', entries, records: [record], at: 1 }, EMPTY)
        const functions = open({ store })
        await functions.ready
        const [{ reason }] = functions.health().rejected
        assert.equal(reason.code, 'ERR_ISOLANE_STORE_CORRUPT')
      }
    }))
})

describe('checkAll', () => {
  test('tells which functions stricter rules would refuse, and changes nothing', () =>
    withRegistries(async ({ open }) => {
      const functions = open({ rules: false })
      await functions.publishAll([
        { name: 'bad', source: '(n) => eval(n)' },
        { name: 'good', source: '(n) => n' },
        { name: 'lib/noisy', source: '() => { debugger }', tags: ['t'] },
      ])
      assert.deepEqual(await functions.checkAll(), [])
      const reports = await functions.checkAll({ rules: true })
      assert.deepEqual(
        reports.map(({ name, version, fails, diagnostics }) => [
          name,
          version,
          fails,
          rulesOf(diagnostics),
        ]),
        [
          ['bad', 1, true, ['no-eval']],
          ['lib/noisy', 1, false, ['no-debugger']],
        ],
      )
      const strict = await functions.checkAll({ rules: { extends: 'strict' }, prefix: 'lib/' })
      assert.deepEqual(
        strict.map(({ name, fails }) => [name, fails]),
        [['lib/noisy', true]],
      )
      assert.deepEqual(await functions.checkAll({ rules: true, tag: 'u' }), [])
      for (const wrong of [{ rules: 'strict' }, { rules: false }, { prefix: 4 }, { tag: ['t'] }]) {
        await assert.rejects(functions.checkAll(wrong), { code: 'ERR_ISOLANE_INVALID_ARGUMENT' })
      }
      assert.equal(functions.health().revision, 1)
    }))

  test('finds versions that were published by other rules, or by none', () =>
    withRegistries(async ({ open }) => {
      const store = memory()
      const [lax, own, strict] = [
        open({ store, rules: false }),
        open({ store }),
        open({ store, rules: { extends: 'strict' } }),
      ]
      await lax.publish('a', '() => 1')
      await own.publish('b', '() => 1')
      await strict.publish('c', '() => 1')
      await own.publish('d', '() => 2')
      await own.refresh()
      const hashes = own.list().map(({ rulesHash }) => rulesHash)
      assert.equal(hashes[0], undefined)
      assert.equal(hashes[1], hashes[3])
      assert.equal(new Set(hashes).size, 3)
    }))

  test('has the hash of rules of the user’s go by what they do', () =>
    withRegistries(async ({ open }) => {
      const hashOfRules = async (rules) => {
        const functions = open({ rules })
        await functions.publish('f', '() => 1')
        return functions.get('f').rulesHash
      }
      const rule = { create: () => ({}) }
      const given = [
        true,
        { rules: { 'no-labels': 'error' } },
        { rules: { 'no-labels': 'off' } },
        { globals: { x: 'readonly' } },
        { custom: { own: rule } },
        { custom: { own: { create: () => ({ Program() {} }) } } },
        { allowSuppressions: false },
      ]
      const hashes = await Promise.all(given.map(hashOfRules))
      assert.equal(new Set(hashes).size, given.length)
      assert.deepEqual(await Promise.all(given.map(hashOfRules)), hashes)
      const swapped = await hashOfRules({ rules: { 'no-with': 'off', 'no-labels': 'off' } })
      const ordered = await hashOfRules({ rules: { 'no-labels': 'off', 'no-with': 'off' } })
      assert.equal(swapped, ordered)
    }))
})

describe('rules of isolates', { skip: !hasV8 && 'there are no isolates' }, () => {
  test('refuse what only Node has', () =>
    withRegistries(async ({ open }) => {
      const error = await rejection(open().publish('f', '() => Buffer.alloc(1)'))
      assert.deepEqual(rulesOf(error.diagnostics), ['no-unavailable-global'])
    }))
})
