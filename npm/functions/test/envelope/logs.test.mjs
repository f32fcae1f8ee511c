/** With `logs: true` an envelope has what the function of its call has logged. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { engines } from 'isolane'

import { withRegistries } from '../support/registries.mjs'

describe('logs', () => {
  for (const engine of engines()) {
    test(`of a call are in its envelope, and nowhere else (${engine})`, () =>
      withRegistries(
        async ({ open, pool }) => {
          const functions = open()
          await functions.publish(
            'talks',
            "(n) => { console.log('n is %d', n); if (n < 0) throw new Error('no'); console.warn('!') }",
          )
          const heard = []
          pool.on('log', ({ message }) => heard.push(message))
          const [one, other, failed] = await Promise.all([
            functions.call('talks', 1, { logs: true }),
            functions.callAll('talks', [2, 3], { logs: true }),
            functions.call('talks', -1, { logs: true }),
            functions.call('talks', 4),
          ])
          const lines = ({ logs, callId }) =>
            logs.map((entry) => [entry.level, entry.message, entry.callId === callId])
          assert.deepEqual(lines(one), [
            ['info', 'n is 1', true],
            ['warn', '!', true],
          ])
          assert.deepEqual(
            lines(other)
              .map(([, message]) => message)
              .toSorted(),
            ['!', '!', 'n is 2', 'n is 3'],
          )
          assert.deepEqual(lines(failed), [['info', 'n is -1', true]])
          assert.equal(one.logs[0].function, 'talks@1')
          assert.deepEqual(heard, ['n is 4', '!'])
        },
        { engine },
      ))
  }

  test('beyond a thousand lines are counted', () =>
    withRegistries(
      async ({ open }) => {
        const functions = open()
        await functions.publish('talks', '() => { for (let i = 0; i < 1005; i++) console.log(i) }')
        const { logs, logsOmitted } = await functions.call('talks', 0, { logs: true })
        assert.deepEqual([logs.length, logsOmitted, logs.at(-1).message], [1000, 5, '999'])
      },
      { maxLogRecords: 2000 },
    ))

  test('that the pool only counts are counted as it does', () =>
    withRegistries(async ({ open }) => {
      const functions = open()
      await functions.publish('talks', '() => { for (let i = 0; i < 1500; i++) console.log(i) }')
      const { logs, logsOmitted } = await functions.call('talks', 0, { logs: true })
      assert.deepEqual([logs.length, logsOmitted, logs.at(-1).message], [1000, 500, '999'])
    }))
})
