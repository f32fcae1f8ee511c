/** Registries that have the same store have the same functions, whatever happens to it. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, test } from 'node:test'

import { FunctionRegistry, hashOf, memory } from '@isolane/functions'

import { atRevision, rejection, until, withRegistries } from '../support/registries.mjs'
import { bound, faulty, muted } from '../support/stores.mjs'

describe('a registry', () => {
  test('has what another publishes', () =>
    withRegistries(async ({ open }) => {
      const store = memory()
      const [one, other] = [open({ store }), open({ store })]
      await other.ready
      for (let i = 1; i <= 3; i++) {
        const { revision } = await one.publish('f', `() => ${i}`)
        await atRevision(other, revision)
        assert.equal(await other.run('f'), i)
      }
    }))

  test('that has not heard of a change goes by it nevertheless when it makes one itself', () =>
    withRegistries(async ({ open }) => {
      const store = memory()
      const one = open({ store })
      const behind = async (change) => {
        const other = open({ store: muted(store) })
        await other.ready
        return { other, made: (await one.publish('f', change)).version }
      }
      const { other, made } = await behind('() => 1')
      const next = await other.publish('f', '() => 2', { ifVersion: made })
      assert.equal(next.version, 2)
      await one.refresh()
      const { other: second } = await behind('module.exports = () => 3')
      assert.equal((await second.rollback('f', { to: 3 })).version, 3)
      const { other: third } = await behind('module.exports = () => 4')
      await one.publish('lib', 'module.exports = () => 5')
      await third.publish('user', "module.exports = require('@/lib')")
      assert.equal(await third.run('user'), 5)
      await one.refresh()
      const fourth = open({ store: muted(store) })
      await fourth.ready
      await one.publish('late', '() => 6')
      await fourth.unpublish('late')
      const conflict = await rejection(fourth.publish('f', '() => 7', { ifVersion: 9 }))
      assert.equal(conflict.code, 'ERR_ISOLANE_VERSION_CONFLICT')
    }))

  test('whose store is away tells a conflict as what it is', () =>
    withRegistries(async ({ open }) => {
      const store = faulty(memory())
      const functions = open({ store, timeout: 100 })
      await functions.publish('f', '() => 1')
      for (store.state.mode of ['down', 'hung']) {
        const conflict = await rejection(functions.publish('f', '() => 2', { ifVersion: 7 }))
        assert.equal(conflict.code, 'ERR_ISOLANE_VERSION_CONFLICT')
        assert.equal(functions.health().stale, true)
      }
      store.state.mode = 'up'
      await until(() => !functions.health().stale)
    }))

  test('that hears no hints asks from time to time', () =>
    withRegistries(async ({ open }) => {
      const store = memory()
      const one = open({ store })
      const other = open({ store: muted(store), pollInterval: 20 })
      await other.ready
      const { revision } = await one.publish('f', '() => 1')
      await atRevision(other, revision)
      assert.equal(await other.run('f'), 1)
    }))

  test('waits for as long as it is told to, however long that is', () =>
    withRegistries(async ({ open }) => {
      const warnings = []
      const hear = ({ name }) => warnings.push(name)
      process.on('warning', hear)
      try {
        const registries = Array.from({ length: 20 }, () => open({ pollInterval: 2 ** 31 - 1 }))
        await Promise.all(registries.map(({ ready }) => ready))
        await new Promise(setImmediate)
      } finally {
        process.off('warning', hear)
      }
      assert.deepEqual(warnings, [])
    }))

  test('misses nothing that came between', () =>
    withRegistries(async ({ open }) => {
      const store = memory()
      const deaf = muted(store)
      const [one, other] = [open({ store }), open({ store: deaf })]
      await other.ready
      for (let i = 1; i <= 50; i++) await one.publish(`f${i % 10}`, `() => ${i}`)
      await one.unpublish('f0')
      deaf.shout()
      await atRevision(other, 51)
      assert.deepEqual(other.list(), one.list())
    }))

  test('takes a store that has been restored for what it is', () =>
    withRegistries(async ({ open }) => {
      const [old, restored] = [memory(), memory()]
      let current = old
      const names = ['head', 'read', 'records', 'commit', 'history']
      const store = Object.fromEntries(
        names.map((name) => [name, (...args) => current[name](...args)]),
      )
      const functions = open({ store })
      await functions.publish('f', '() => 1')
      await functions.publish('lost', '() => 2')
      const other = open({ store: restored })
      await other.publish('f', '() => "restored"')
      await other.publish('more', '() => 3')
      current = restored
      await functions.refresh()
      assert.deepEqual(functions.list(), other.list())
      assert.equal(await functions.run('f'), 'restored')
      assert.equal((await rejection(functions.run('lost'))).code, 'ERR_ISOLANE_FUNCTION_NOT_FOUND')
      assert.equal((await functions.publish('f', '() => 4')).version, 2)
    }))

  test('that cannot load a version serves the one before, and says so', () =>
    withRegistries(async ({ open }) => {
      const store = memory()
      // Without a pool nobody tries to load it.
      const editor = new FunctionRegistry(undefined, { store })
      const runner = open({ store })
      await runner.ready
      await editor.publishAll([
        { name: 'lib', source: 'module.exports = () => 1' },
        { name: 'f', source: "module.exports = () => [require('@/lib')(), 1]" },
      ])
      await atRevision(runner, 1)
      const rejected = once(runner, 'rejected')
      await editor.publishAll([
        { name: 'lib', source: 'throw new Error("not on this machine")' },
        { name: 'apart', source: '() => 2' },
      ])
      const [{ name, version, revision, serves, reason }] = await rejected
      assert.equal(revision, 2)
      assert.deepEqual(
        [version, serves, reason.code],
        name === 'lib' ? [2, 1, reason.code] : [1, 1, reason.code],
      )
      await atRevision(runner, 2)
      assert.deepEqual(await runner.run('f'), [1, 1])
      assert.equal(await runner.run('apart'), 2)
      assert.deepEqual(
        runner
          .health()
          .rejected.map((each) => each.name)
          .toSorted(),
        ['f', 'lib'],
      )
      await editor.publish('lib', 'module.exports = () => 3')
      await atRevision(runner, 3)
      assert.deepEqual(await runner.run('f'), [3, 1])
      assert.deepEqual(runner.health().rejected, [])
      await editor.close()
    }))

  test('never runs a record that is another’s, an old one, or rubbish', () =>
    withRegistries(async ({ open }) => {
      const store = memory()
      const editor = new FunctionRegistry(undefined, { store })
      const lies = {
        another: (records) => records.map((each) => ({ ...each, name: 'other' })),
        old: (records) => records.map((each) => ({ ...each, version: each.version - 1 })),
        spoilt: (records) => records.map((each) => ({ ...each, source: '() => "spoilt"' })),
        rehashed: (records) =>
          records.map((each) => {
            const what = { ...each, source: '() => "spoilt"' }
            return { ...what, hash: hashOf(what) }
          }),
        rubbish: (records) => records.map(() => ({ rubbish: true })),
        missing: (records) => records.map(() => undefined),
        short: () => [],
        none: (records) => records.map(() => null),
      }
      for (const [lie, spoil] of Object.entries(lies)) {
        let isLying = false
        const lying = {
          ...bound(store),
          records: async (refs) => {
            const records = await store.records(refs)
            return isLying ? spoil(records) : records
          },
        }
        await editor.publish('f', `() => "${lie} before"`)
        const runner = open({ store: lying })
        await runner.ready
        isLying = true
        const rejected = once(runner, 'rejected')
        await editor.publish('f', `() => "${lie} after"`)
        const [{ reason }] = await rejected
        assert.equal(reason.code, 'ERR_ISOLANE_STORE_CORRUPT', lie)
        assert.equal(await runner.run('f'), `${lie} before`)
        isLying = false
        await runner.refresh()
        assert.equal(await runner.run('f'), `${lie} after`, lie)
      }
      await editor.close()
    }))
})

describe('a store that is out of reach', () => {
  for (const mode of ['down', 'hung']) {
    test(`and is ${mode}: calls go on, publishes reject in time, and what was missed is caught up with`, () =>
      withRegistries(async ({ open }) => {
        const store = memory()
        const broken = faulty(store)
        const functions = open({ store: broken, timeout: 100, pollInterval: 50 })
        const other = open({ store })
        await functions.publish('f', '() => 1')
        const lost = once(functions, 'storeError')
        broken.state.mode = mode
        const error = await rejection(functions.publish('f', '() => 2'))
        assert.equal(error.code, 'ERR_ISOLANE_STORE_UNAVAILABLE')
        await lost
        assert.equal(await functions.run('f'), 1)
        const { ready, stale, store: state } = functions.health()
        assert.deepEqual([ready, stale, state], [true, true, 'down'])
        await other.publish('g', '() => 3')
        const found = once(functions, 'storeRecovered')
        broken.state.mode = 'up'
        await found
        await atRevision(functions, 2)
        assert.equal(await functions.run('g'), 3)
        assert.equal(functions.health().stale, false)
        await functions.publish('f', '() => 4')
        assert.equal(await functions.run('f'), 4)
      }))
  }

  test('whose answer to a commit is lost has made the change, and that is found out', () =>
    withRegistries(async ({ open }) => {
      const store = memory()
      const losing = {
        ...bound(store),
        commit: async (...args) => {
          await store.commit(...args)
          throw new Error('read ECONNRESET')
        },
      }
      const functions = open({ store: losing })
      const { version, revision } = await functions.publish('f', '() => 1')
      assert.deepEqual([version, revision], [1, 1])
      assert.equal(await functions.run('f'), 1)
    }))

  test('at the start: ready rejects, and resolves when it is there', () =>
    withRegistries(async ({ open }) => {
      const store = memory()
      const broken = faulty(store)
      broken.state.mode = 'down'
      const functions = open({ store: broken, pollInterval: 20 })
      assert.equal((await rejection(functions.ready)).code, 'ERR_ISOLANE_STORE_UNAVAILABLE')
      assert.equal((await rejection(functions.run('f'))).code, 'ERR_ISOLANE_STORE_UNAVAILABLE')
      assert.equal(functions.health().ready, false)
      await open({ store }).publish('f', '() => 1')
      broken.state.mode = 'up'
      await until(() => functions.health().ready)
      await functions.ready
      assert.equal(await functions.run('f'), 1)
    }))

  test('while edits were to be followed: it is told once, and they are followed later', () =>
    withRegistries(async ({ open }) => {
      let asked = 0
      let ended = 0
      const edits = async (found) => {
        if (++asked < 3) throw Object.assign(new Error('no such place'), { code: 'ENOTDIR' })
        found([{ name: 'f', source: '() => 1' }])
        return async () => void ended++
      }
      const functions = open({ store: { ...bound(memory()), edits }, pollInterval: 20 })
      const told = []
      functions.on('storeError', ({ code, message }) => told.push([code, message]))
      await until(() => functions.get('f'), 'the edit is in force')
      assert.deepEqual(told, [
        ['ERR_ISOLANE_STORE_UNAVAILABLE', 'The store could not follow edits: no such place'],
      ])
      await functions.close()
      assert.deepEqual([asked, ended], [3, 1])
    }))
})
