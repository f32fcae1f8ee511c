/** Which calls' lines a registry's logger gets of those that are sampled. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, test } from 'node:test'

import { memory } from '@isolane/functions'

import { withRegistries } from '../support/registries.mjs'

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error']
const talks = `(n) => {
  console.debug('first %d', n)
  console.log('in between')
  console.debug('last %d', n)
}`
const ids = Array.from({ length: 200 }, (_, n) => `call-${n}`)

/** Where a call stands, as the documentation says. */
const positionOf = (id) => createHash('sha256').update(id).digest().readUInt32BE() / 2 ** 32

/** Runs the function once for each id; gives the lines of each level, by id. */
async function heard(
  open,
  options,
  call = (functions, callId) => functions.run('talks', 1, { callId }),
) {
  const lines = Object.fromEntries(LEVELS.map((level) => [level, {}]))
  const logger = Object.fromEntries(
    LEVELS.map((level) => [
      level,
      ({ callId }, message) => (lines[level][callId] ??= []).push(message),
    ]),
  )
  const functions = open({ store: memory(), logger, ...options })
  await functions.publish('talks', talks)
  for (const id of ids) await call(functions, id)
  return lines
}

describe('lines of a level that is sampled', () => {
  test('are those of whole calls, which their ids choose', () =>
    withRegistries(async ({ open }) => {
      const { debug, info } = await heard(open, { sample: { debug: 0.3 } })
      const expected = ids.filter((id) => positionOf(id) < 0.3)
      assert.ok(expected.length > 0 && expected.length < ids.length)
      assert.deepEqual(Object.keys(debug).toSorted(), expected.toSorted())
      for (const lines of Object.values(debug)) assert.deepEqual(lines, ['first 1', 'last 1'])
      assert.equal(Object.keys(info).length, ids.length)
    }))

  test('are of calls that have those of every level with a greater share', () =>
    withRegistries(async ({ open }) => {
      const { debug, info } = await heard(open, { sample: { debug: 0.1, info: 0.5, error: 1 } })
      assert.ok(Object.keys(debug).every((id) => id in info))
      assert.ok(Object.keys(debug).length < Object.keys(info).length)
    }))

  test('are all of them, or none', () =>
    withRegistries(async ({ open }) => {
      const { debug, info } = await heard(open, { sample: { debug: 0, info: 1, warn: undefined } })
      assert.deepEqual(debug, {})
      assert.equal(Object.keys(info).length, ids.length)
    }))

  test('are all in what a call collects, and what its own listener hears', () =>
    withRegistries(async ({ open }) => {
      let own = 0
      const { debug, info } = await heard(
        open,
        { sample: { debug: 0, info: 0 } },
        async (functions, callId) => {
          const { logs } = await functions.call('talks', 1, { callId, logs: true })
          assert.equal(logs.length, 3)
          await functions.run('talks', 1, { callId, onLog: () => own++ })
        },
      )
      assert.deepEqual([debug, info], [{}, {}])
      assert.equal(own, 3 * ids.length)
    }))

  test('stay together over the items of a call', () =>
    withRegistries(async ({ open }) => {
      const { debug } = await heard(open, { sample: { debug: 0.3 } }, (functions, callId) =>
        functions.map([1, 2], 'talks', { callId, chunkSize: 1 }),
      )
      for (const lines of Object.values(debug)) assert.equal(lines.length, 4)
      assert.ok(Object.keys(debug).length > 0)
    }))
})

describe('the option sample', () => {
  for (const [what, sample, named] of [
    ['no object', 0.5, /options\.sample must be an object of shares.*got 0\.5/],
    ['a list', [1], /options\.sample must be an object of shares/],
    ['null', null, /options\.sample must be an object of shares.*got null/],
    ['a level that there is not', { debgu: 0.1 }, /no level 'debgu'.*trace, debug/],
    [
      'a share above 1',
      { debug: 50 },
      /options\.sample\.debug must be a number from 0 to 1; got 50/,
    ],
    ['a share below 0', { debug: -0.1 }, /options\.sample\.debug.*got -0\.1/],
    ['no number', { debug: NaN }, /options\.sample\.debug.*got NaN/],
    ['a text', { debug: '0.1' }, /options\.sample\.debug.*got '0\.1'/],
  ]) {
    test(`is refused that is ${what}`, () =>
      withRegistries(({ open }) => {
        for (const logger of [undefined, 'lines']) {
          assert.throws(() => open({ store: memory(), logger, sample }), {
            code: 'ERR_ISOLANE_INVALID_ARGUMENT',
            message: named,
          })
        }
      }))
  }

  test('is read once', () =>
    withRegistries(async ({ open }) => {
      const sample = { debug: 0 }
      const { debug } = await heard(open, { sample }, (functions, callId) => {
        sample.debug = 1
        return functions.run('talks', 1, { callId })
      })
      assert.deepEqual(debug, {})
    }))
})
