/** The contract finds what a store does wrong: a test that cannot fail proves nothing. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { EMPTY, memory, StoreConflictError } from '@isolane/functions'
import { storeContract } from '@isolane/functions/testing'

import { bound } from '../support/stores.mjs'

/** Stores with a fault each, and a word of the test that finds it. */
const faults = {
  'takes every commit': ({ store }) => ({
    commit: async (change) => store.commit(change, await store.head()),
  }),
  'looks at the revision only': ({ store }) => ({
    commit: async (change, expect) => {
      const head = await store.head()
      return store.commit(change, head.revision === expect.revision ? head : expect)
    },
  }),
  'rejects with another error': ({ store }) => ({
    commit: (change, expect) =>
      store.commit(change, expect).catch(() => Promise.reject(new Error('duplicate key'))),
  }),
  'forgets names that are free': ({ store }) => ({
    read: async (since) => {
      const reading = await store.read(since)
      return { ...reading, entries: reading.entries.filter(({ version }) => version !== null) }
    },
  }),
  'tells changes after a point that it does not have': ({ store }) => ({
    read: async (since) => {
      const reading = await store.read()
      if (since === undefined || since.revision === 0) return reading
      const entries = reading.entries.filter(({ revision }) => revision > since.revision)
      return { ...reading, entries, full: false }
    },
  }),
  'mends lone surrogates': ({ store }) => ({
    records: async (refs) =>
      (await store.records(refs)).map(
        (each) => each && { ...each, source: each.source.toWellFormed() },
      ),
  }),
  'does not tell cases apart': ({ store }) => ({
    history: async ({ name, ...query } = {}) =>
      (await store.history({ ...query, limit: 1000 })).filter(
        ({ entries }) =>
          name === undefined ||
          entries.some((each) => each.name.toLowerCase() === name.toLowerCase()),
      ),
  }),
  'gives what it keeps': ({ store }) => {
    const kept = new Map()
    return {
      records: async (refs) => {
        const found = await store.records(refs)
        return found.map((each, i) => {
          const key = JSON.stringify(refs[i])
          if (!kept.has(key)) kept.set(key, each)
          return kept.get(key)
        })
      },
    }
  },
  'goes on telling who has had enough': ({ store }) => ({
    watch: async (hint) => {
      await store.watch(hint)
      return async () => {}
    },
  }),
  'has gaps': ({ store }) => ({
    history: async (query) =>
      (await store.history(query)).filter(({ revision }) => revision % 7 !== 6),
  }),
}

describe('the contract', () => {
  for (const [fault, change] of Object.entries(faults)) {
    test(`finds a store that ${fault}`, async () => {
      const make = async () => {
        const store = memory()
        return { open: async () => ({ ...bound(store), ...change({ store }) }) }
      }
      const ends = await Promise.allSettled(storeContract(make).map(({ run }) => run()))
      const failed = ends.filter(({ status }) => status === 'rejected')
      assert.ok(failed.length > 0)
      for (const { reason } of failed) assert.equal(reason.code, 'ERR_ASSERTION', reason.stack)
    })
  }

  test('has an own class of conflicts, whose head tells where the log is', async () => {
    const store = memory()
    const change = { id: 'x', entries: [], records: [], at: 0 }
    const head = await store.commit(change, EMPTY)
    const error = await store.commit(change, EMPTY).catch((reason) => reason)
    assert.ok(error instanceof StoreConflictError)
    assert.deepEqual(error.head, head)
    assert.match(error.message, /revision 1/)
  })
})
