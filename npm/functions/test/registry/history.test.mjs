/** What a registry answers about what was, and about what is in force. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { rejection, withRegistries } from '../support/registries.mjs'

const code = 'ERR_ISOLANE_INVALID_ARGUMENT'

describe('questions about what was', () => {
  test('refuse what cannot be meant', () =>
    withRegistries(async ({ open }) => {
      const functions = open()
      await functions.publish('a', '() => 1')
      await functions.publish('a', '() => 2')
      const numbers = ['1', -1, NaN, 1.5, new Date(), null]
      for (const wrong of [...numbers, undefined]) {
        for (const ask of [
          () => functions.version('a', wrong),
          () => functions.diff('a', wrong, 2),
          () => functions.diff('a', 1, wrong),
          () => functions.at(wrong),
        ]) {
          const error = await rejection(ask())
          assert.equal(error.code, code, `${ask} ${wrong}: ${error.stack}`)
        }
      }
      for (const wrong of numbers) {
        for (const ask of [
          () => functions.versions('a', { limit: wrong }),
          () => functions.history({ since: wrong }),
          () => functions.history({ until: wrong }),
          () => functions.history({ limit: wrong }),
        ]) {
          const error = await rejection(ask())
          assert.equal(error.code, code, `${ask} ${wrong}: ${error.stack}`)
        }
      }
      for (const wrong of [{ name: 5 }, { newestFirst: 'no' }]) {
        assert.equal((await rejection(functions.history(wrong))).code, code)
      }
    }))

  test('tell what there is, however much is asked for', () =>
    withRegistries(async ({ open }) => {
      const functions = open()
      await functions.publish('a', '() => 1')
      await functions.publish('a', '() => 2')
      assert.deepEqual([...(await functions.at(0))], [])
      assert.deepEqual([...(await functions.at(2))], [['a', 2]])
      const late = await rejection(functions.at(3))
      assert.equal(late.code, code)
      assert.match(late.message, /^revision must be one that there has been; the last is 2; got 3$/)
      assert.equal((await functions.versions('a', { limit: Infinity })).length, 2)
      assert.equal((await functions.history({ until: Infinity, limit: Infinity })).length, 2)
      for (const ask of [functions.version('a', 3), functions.diff('a', 0, 1)]) {
        assert.equal((await rejection(ask)).code, 'ERR_ISOLANE_VERSION_NOT_FOUND')
      }
    }))

  test('do not wait for data', () =>
    withRegistries(async ({ open }) => {
      const functions = open()
      const load = () => Promise.reject(new Error('no data'))
      functions.data.define('vat', { load, retries: 0 })
      await functions.publish('a', '() => 1')
      assert.equal((await rejection(functions.ready)).code, 'ERR_ISOLANE_DATA_UNAVAILABLE')
      assert.equal((await functions.version('a', 1)).source, '() => 1')
    }))

  test('are not answered by a registry that is closed', () =>
    withRegistries(async ({ open }) => {
      const functions = open()
      await functions.publish('a', '() => 1')
      await functions.close()
      for (const ask of [
        () => functions.version('a', 1),
        () => functions.versions('a'),
        () => functions.diff('a', 1, 1),
        () => functions.history(),
        () => functions.at(1),
      ]) {
        assert.equal((await rejection(ask())).code, 'ERR_ISOLANE_REGISTRY_CLOSED', `${ask}`)
      }
    }))
})

describe('questions about what is in force', () => {
  test('refuse what is no text', () =>
    withRegistries(async ({ open }) => {
      const functions = open()
      for (const ask of [
        () => functions.get(5),
        () => functions.list({ prefix: 5 }),
        () => functions.list({ tag: ['q'] }),
        () => functions.dependents(5),
      ]) {
        assert.throws(ask, { code }, `${ask}`)
      }
      assert.equal(functions.get('no name'), undefined)
    }))

  test('are that it is not ready once its pool has been closed', () =>
    withRegistries(async ({ open, pool }) => {
      const functions = open()
      await functions.publish('a', '() => 1')
      assert.equal(functions.health().ready, true)
      await pool.close()
      const { live, ready } = functions.health()
      assert.deepEqual([live, ready], [true, false])
    }))
})
