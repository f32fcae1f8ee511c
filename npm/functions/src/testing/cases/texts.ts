import assert from 'node:assert/strict'

import { EMPTY, type FunctionRecord } from '../../store/store.js'
import type { CaseBody } from '../contract.js'
import { byName, change, publication, publishes, record } from './samples.js'

/** Texts that are lost where a store or its connection takes them for something else. */
const sources = {
  empty: '',
  blanks: '  () => 1 \t\n',
  'carriage returns': '() => {\r\n  return 1\r}\u2028\u2029',
  quotes: `() => 'it''s' + "\\" + \`\${1}\` // %s ? $1 :name {0} ;--`,
  NUL: '() => "\0"',
  'lone surrogates': '() => "\ud83d" + "\ude00"',
  'lone surrogates the other way round': '() => "\ude00" + "\ud83d"',
  'beyond 16 bits': '() => "😀𝒳"',
  'a byte order mark': '\ufeff() => 1',
  'one MiB': `() => "${'x'.repeat(2 ** 20)}"`,
}

/** What is kept is what came. */
export const texts: readonly CaseBody[] = [
  [
    'every text comes back as it was',
    async (open) => {
      const [one, other] = [await open(), await open()]
      const records = Object.values(sources).map((source, i) => record(`text/${i}`, 1, source))
      await one.commit(publication(...records), EMPTY)
      assert.deepEqual(await other.records(records), records)
    },
  ],
  [
    'names that look alike are apart',
    async (open) => {
      const store = await open()
      const long = `${'n'.repeat(127)}/${'n'.repeat(127)}`
      const names = ['a', 'A', 'a/b', 'a.b', 'a-b', 'a_b', 'ab', `${long}1`, `${long}2`]
      names.push('__proto__', 'constructor', 'null', '0', '00')
      const records = names.map((name) => record(name, 1, `() => "${name}"`))
      await store.commit(publication(...records), EMPTY)
      const { entries } = await store.read()
      const expected = records.map((each) => ({ ...publishes(each), revision: 1 }))
      assert.deepEqual(byName(entries), byName(expected))
      assert.deepEqual(await store.records(records), records)
      const [told] = await store.history({ name: 'A' })
      assert.equal(told?.revision, 1)
      assert.deepEqual(await store.history({ name: 'a/B' }), [])
    },
  ],
  [
    'notes, tags, and what a later version of this package may add are kept',
    async (open) => {
      const store = await open()
      const more = { ...record('a', 1), note: 'why\n"so"', author: 'Zoë 😀', later: { deep: [1] } }
      const entry = { ...publishes(more), tags: ['x', 'y/z'], later: true }
      const one = change([entry], [more as FunctionRecord], { note: 'ünï\0', author: 'Zoë' })
      await store.commit(one, EMPTY)
      assert.deepEqual(await store.records([more]), [more])
      assert.deepEqual((await store.read()).entries, [{ ...entry, revision: 1 }])
      const { records: _, ...told } = one
      assert.deepEqual(await store.history(), [{ ...told, revision: 1 }])
    },
  ],
  [
    'warnings are kept with a version, and the hash of the rules that gave them',
    async (open) => {
      const [one, other] = [await open(), await open()]
      const warnings = Object.values(sources).map((message, line) => {
        return { rule: 'no-such', severity: 'warn', message: message.slice(0, 1000), line } as const
      })
      const judged = { ...record('a', 1), warnings, rulesHash: 'f'.repeat(64) }
      const unjudged = record('b', 1)
      await one.commit(publication(judged, unjudged), EMPTY)
      assert.deepEqual(await other.records([judged, unjudged]), [judged, unjudged])
    },
  ],
  [
    'records come in the order in which they are asked for, 500 at once',
    async (open) => {
      const store = await open()
      const records = Array.from({ length: 499 }, (_, i) => record(`f${i}`, 1))
      await store.commit(publication(...records), EMPTY)
      const refs = [{ name: 'none', version: 1 }, ...records.toReversed()]
      assert.deepEqual(await store.records(refs), [undefined, ...records.toReversed()])
      assert.deepEqual(await store.records([{ name: 'f1', version: 2 }]), [undefined])
      assert.deepEqual(await store.records([]), [])
    },
  ],
]
