/** A check of the user's judges sources before they are published. */
import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { describe, test } from 'node:test'

import { memory } from '@isolane/functions'

import { rejection, withRegistries } from '../support/registries.mjs'

describe('a check of the user’s', () => {
  test('refuses a source, with all that it has found', () =>
    withRegistries(async ({ open }) => {
      const asked = []
      const check = async (source, { name }) => {
        asked.push(name)
        const found = source.includes('eval') ? ['error', 'warn', 'error'] : ['warn']
        return found.map((severity) => ({ rule: 'no-eval', severity, message: 'eval is evil' }))
      }
      const functions = open({ check, rules: false })
      const error = await rejection(functions.publish('f', '() => eval("1")'))
      assert.equal(error.code, 'ERR_ISOLANE_CHECK_FAILED')
      assert.equal(error.diagnostics.length, 3)
      assert.match(error.message, /'f' fails its check: eval is evil \[no-eval\], and 1 more/)
      const { diagnostics } = await functions.publish('f', '() => 1')
      assert.deepEqual(diagnostics, [
        { rule: 'no-eval', severity: 'warn', message: 'eval is evil' },
      ])
      assert.deepEqual(asked, ['f', 'f'])
    }))

  /** A change holds up those behind it, and what other processes publish. */
  test('that never answers refuses the source in time, and holds nobody up', () =>
    withRegistries(async ({ open }) => {
      const store = memory()
      const asked = new EventEmitter()
      const check = (source) => {
        asked.emit(source)
        return source.includes('hang') ? new Promise(() => {}) : []
      }
      const functions = open({ store, check, timeout: 50 })
      const error = await rejection(functions.publish('f', '() => "hang"'))
      assert.equal(error.code, 'ERR_ISOLANE_CHECK_FAILED')
      assert.match(error.message, /options\.check did not answer in time \(50 ms\)/)
      const patient = functions.publish('f', '() => "hang"', { timeout: 100 })
      const behind = functions.publish('g', '() => 1', { timeout: 60_000 })
      assert.match((await rejection(patient)).message, /in time \(100 ms\)/)
      assert.equal((await behind).created, true)
      await functions.refresh()
      assert.equal(functions.health().store, 'up')
      await open({ store }).publish('h', '() => "hang"')
      await functions.refresh()
      const [report] = await functions.checkAll()
      assert.deepEqual([report.name, report.fails], ['h', true])
      const begun = once(asked, '() => "hang at the end"')
      const late = rejection(functions.publish('f', '() => "hang at the end"'))
      await begun
      await functions.close()
      assert.equal((await late).code, 'ERR_ISOLANE_CHECK_FAILED')
    }))

  /** A misspelt severity would let everything through. */
  test('must give diagnostics, and may give nothing', () =>
    withRegistries(async ({ open }) => {
      let given
      const functions = open({ check: () => given, rules: false })
      const right = { rule: 'own', severity: 'warn', message: 'seen' }
      for (given of [
        5,
        'no',
        {},
        ['no'],
        [null],
        [{}],
        [{ ...right, severity: 'fatal' }],
        [{ ...right, severity: 2 }],
        [{ ...right, rule: undefined }],
        [right, { ...right, message: 7 }],
        [{ ...right, help: 7 }],
        [{ ...right, line: '1' }],
        [{ ...right, column: 1.5 }],
      ]) {
        const error = await rejection(functions.publish('f', '() => 1'))
        assert.equal(error.code, 'ERR_ISOLANE_INVALID_ARGUMENT', `${given}: ${error.stack}`)
        assert.match(error.message, /^What options\.check gives for 'f'.* must be .*; got /)
      }
      assert.equal(functions.health().revision, 0)
      for (given of [
        undefined,
        null,
        [],
        [right],
        [{ ...right, help: null, line: 1, column: 2 }],
      ]) {
        const { diagnostics } = await functions.check('f', '() => 1')
        assert.deepEqual(diagnostics, given ?? [])
      }
    }))
})
