/** Under load: publishes of what all require, writers at once, and what is left when all are gone. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

import { EMPTY, FunctionRegistry, memory } from '@isolane/functions'

import { sized } from '../../../../__test__/support/size.mjs'
import { hasV8, until, withRegistries } from '../support/registries.mjs'

describe('publishes of a module that many functions require', () => {
  const dependents = sized(50, 10)
  const publishes = sized(200, 40)

  test('fail no call, no call sees two revisions, and what does not require it is compiled once', () =>
    withRegistries(
      async ({ open }) => {
        const functions = open()
        const both = (i) => [
          { name: 'one', source: `module.exports = () => ${i}` },
          { name: 'two', source: `module.exports = () => ${i}` },
        ]
        const requires = "require('@/one')(), require('@/' + 'two')()"
        await functions.publishAll([
          ...both(0),
          ...Array.from({ length: dependents }, (_, i) => ({
            name: `f${i}`,
            source: `module.exports = (n) => [n, ${requires}]`,
            requires: ['two'],
          })),
          { name: 'apart', source: 'let n = 0; module.exports = () => ++n' },
        ])
        await functions.run('apart')
        const state = { isOn: true }
        let calls = 0
        let highest = 0
        const caller = async () => {
          while (state.isOn) {
            const name = `f${calls++ % dependents}`
            const [[n, one, two]] = await functions.map([7], name)
            assert.equal(n, 7)
            assert.equal(one, two)
            highest = Math.max(highest, one)
          }
        }
        const callers = Promise.all(Array.from({ length: 4 }, caller))
        try {
          for (let i = 1; i <= publishes; i++) {
            await functions.publishAll(both(i))
            // Each time, since contexts that nobody has used for long make room for others.
            if (hasV8) assert.equal(await functions.run('apart'), 1 + i)
          }
        } finally {
          state.isOn = false
          await callers
        }
        assert.deepEqual(await functions.run('f0', 1), [1, publishes, publishes])
        assert.ok(calls > publishes / 10, `${calls} calls`)
        assert.ok(highest > 0)
        assert.deepEqual(functions.health().rejected, [])
      },
      { threads: 1, maxContexts: 1000 },
    ))
})

describe('publishes of a module that many functions require, beside their calls', () => {
  const dependents = sized(50, 10)
  const quarter = sized(120, 15)
  const nameOf = (i) => `f${i % dependents}`
  /** A version: its text, and what it makes in each context that loads it. */
  const version = (i) => `const kept = Array(${KEPT_ELEMENTS}).fill(${i})
module.exports = () => kept[0] // ${'x'.repeat(LONG_TEXT)}`

  test('leave memory as it was', { skip: !hasV8 && 'needs isolates' }, () =>
    withRegistries(
      async ({ open, pool }) => {
        const functions = open({ store: forgetful() })
        const required = (i) => ({ name: 'required', source: version(i) })
        const source = "module.exports = () => require('@/required')()"
        const requiring = Array.from({ length: dependents }, (_, i) => ({
          name: nameOf(i),
          source,
        }))
        await functions.publishAll([required(0), ...requiring])
        let published = 0
        let calls = 0
        const publishQuarter = async () => {
          const state = { isOn: true }
          const caller = async () => {
            while (state.isOn) await functions.map([1], nameOf(calls++))
          }
          const callers = Promise.all(Array.from({ length: 4 }, caller))
          try {
            for (let i = 0; i < quarter; i++) await functions.publishAll([required(++published)])
          } finally {
            state.isOn = false
            await callers
          }
        }
        await publishQuarter()
        const host = usedHeap()
        const isolate = await leastHeap(pool)
        for (let i = 0; i < 3; i++) await publishQuarter()
        const publishes = 3 * quarter
        await settledBelow(MOST_OF_PUBLISH, () => (usedHeap() - host) / publishes)
        const grown = async () => (await leastHeap(pool)) - isolate
        await settledBelow(MOST_IN_ISOLATE, grown)
        assert.equal(await functions.run(nameOf(0)), published)
        assert.ok(calls > published, `${calls} calls`)
      },
      { threads: 1, maxContexts: 16, memoryLimitMb: 64 },
    ),
  )
})

describe('two registries that publish at once', () => {
  test('leave revisions without a gap, and lose nothing', () =>
    withRegistries(async ({ open }) => {
      const times = sized(1000, 50)
      const store = memory()
      const registries = [open({ store }), open({ store })]
      await Promise.all(
        registries.map(async (registry, who) => {
          for (let i = 1; i <= times; i++) await registry.publish('both', `() => "${who} ${i}"`)
        }),
      )
      await Promise.all(registries.map((registry) => registry.refresh()))
      const history = await registries[0].history({ limit: 10 * times })
      assert.deepEqual(
        history.map(({ revision, entries: [{ version }] }) => [revision, version]),
        Array.from({ length: 2 * times }, (_, i) => [i + 1, i + 1]),
      )
      const [one, other] = registries.map((registry) => registry.get('both'))
      assert.deepEqual(one, other)
      const versions = await registries[0].versions('both', { limit: 2 * times })
      assert.equal(versions.length, 2 * times)
    }))
})

describe('many functions', () => {
  const count = sized(5000, 500)
  const nameOf = (i) => `lib${i % 10}/f${i}`
  /** Each fifth stands alone, and the four behind it require it. */
  const sourceOf = (i) =>
    i % 5 === 0 ? `() => ${i}` : `module.exports = () => require('@/${nameOf(i - (i % 5))}')()`
  const all = Array.from({ length: count }, (_, i) => ({ name: nameOf(i), source: sourceOf(i) }))

  test('are started with, listed and called', () =>
    withRegistries(async ({ open }) => {
      const store = memory()
      const editor = new FunctionRegistry(undefined, { store })
      await editor.publishAll(all)
      const runner = open({ store })
      await runner.ready
      assert.equal(runner.list().length, count)
      assert.equal(await runner.run(nameOf(count - 1)), count - 5)
      assert.equal(runner.dependents(nameOf(0)).length, 4)
      await editor.close()
    }))

  test('in two versions take their texts and little more, and leave nothing when they are gone', () =>
    withRegistries(async ({ open }) => {
      const functions = open({ store: forgetful(), timeout: 120_000, loadTimeout: 120_000 })
      const padding = 'x'.repeat(PADDING)
      const publish = (version) =>
        functions.publishAll(
          all.map(({ name, source }) => ({ name, source: `${source} // ${version}${padding}` })),
        )
      // What is made once for all is there.
      await functions.publish('first', '() => 1')
      assert.equal(await functions.run('first'), 1)
      const before = usedHeap()
      for (let round = 0; round < 2; round++) {
        for (const version of [1, 2]) await publish(`${round} ${version}`)
        assert.equal(functions.list().length, count + 1)
        for (let i = 0; i < 10; i++) assert.equal(await functions.run(nameOf(i)), i - (i % 5))
        const each = await settledBelow(
          PADDING + MOST_BESIDE_TEXT,
          () => (usedHeap() - before) / count,
        )
        assert.ok(each > PADDING, `${each} bytes a function`)
        await functions.publishAll([], { remove: all.map(({ name }) => name) })
        // Names are remembered, with the versions that they have had, and what is known to load.
        await settledBelow(MOST_OF_NAME, () => (usedHeap() - before) / count)
      }
      assert.equal(functions.list().length, 1)
    }))
})

/** Characters of each text, of one byte each. */
const PADDING = 8192
/** Bytes that a function may take beside its text. */
const MOST_BESIDE_TEXT = 4000
/** Bytes that may be left of it: a name, and what is made once, shared by few. No text. */
const MOST_OF_NAME = 4000
/** Characters of a text that would be seen if it stayed. */
const LONG_TEXT = 1 << 18
/** Half a MiB. */
const KEPT_ELEMENTS = 1 << 16
/** Bytes of the host that may be left of a version: that it loads is remembered. No text. */
const MOST_OF_PUBLISH = 1 << 14
/** By which an isolate may grow: V8 keeps some texts for a while. Half of those of the shorter test are more. */
const MOST_IN_ISOLATE = 10 << 20

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc')

/** Bytes of the host's heap that are in use. */
function usedHeap() {
  collect()
  return process.memoryUsage().heapUsed
}

/** Bytes of the heap of a pool's only isolate, as few as are seen while it makes garbage. */
async function leastHeap(pool) {
  const source = `() => {
    let all = []
    for (let i = 0; i < 4000; i++) {
      all.push(new Array(500).fill(i))
      if (all.length === 400) all = []
    }
    // Long enough for the isolate to look.
    let sum = 0
    for (let i = 0; i < 3e6; i++) sum += i % 3
    return sum
  }`
  let least = Infinity
  for (let i = 0; i < 5; i++) {
    await pool.run({ name: 'litter', source })
    least = Math.min(least, pool.status()[0].heapUsed)
  }
  return least
}

/** Waits until a measure is below a limit: what the collector has found is let go of a little later. */
function settledBelow(limit, measure) {
  return until(async () => {
    const now = await measure()
    return now < limit && now
  }, `below ${limit}`)
}

/** A store that has what is in force, and no past. */
function forgetful() {
  let head = EMPTY
  const entries = new Map()
  const records = new Map()
  return {
    head: async () => head,
    read: async () => ({ head, entries: [...entries.values()], full: true }),
    records: async (refs) => refs.map(({ name }) => records.get(name)),
    history: async () => [],
    async commit(change, { revision }) {
      head = { revision: revision + 1, id: change.id }
      for (const entry of change.entries) {
        entries.set(entry.name, { ...entry, revision: head.revision })
        records.delete(entry.name)
      }
      for (const record of change.records) records.set(record.name, record)
      return head
    },
  }
}
