/** Sets of functions, each made of the one before, are what they would be if they were made of nothing. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { FunctionSet } from '../../dist/link/function-set.js'
import { nearest } from '../../dist/names/nearest.js'

const names = Array.from({ length: 12 }, (_, i) => `f${i}`)

/** Numbers from 0 to below `limit`, the same in each run. */
function generator(seed) {
  let state = seed
  return (limit) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    return (state >>> 8) % limit
  }
}

describe('who requires whom', () => {
  test('is the same after any changes as if it were found anew', () => {
    const random = generator(7)
    const requiredBy = () =>
      Object.fromEntries(
        Array.from({ length: random(4) }, (_, i) => {
          const name = names[random(names.length)]
          return [`#${i}`, random(4) === 0 ? `${name}@1` : name]
        }),
      )
    let set = FunctionSet.empty
    for (let revision = 1; revision <= 300; revision++) {
      const changed = new Set(Array.from({ length: 1 + random(3) }, () => names[random(12)]))
      const entries = []
      const records = []
      const damaged = new Map()
      for (const name of changed) {
        const version = random(5) === 0 ? null : revision
        const hash = version === null ? null : `${name} ${version}`
        entries.push({ name, version, hash, latest: revision, kind: 'publish', revision })
        if (version === null) continue
        if (random(6) === 0) damaged.set(name, new Error('damaged'))
        else records.push({ name, version, hash, source: '', requires: requiredBy() })
      }
      set = set.after({ head: { revision, id: `${revision}` }, entries, records, damaged })
      if (random(3) === 0) {
        const pin = { name: 'f1', version: 1, requires: requiredBy() }
        set = set.withPins(random(2) === 0 ? new Map() : new Map([['f1@1', pin]]))
      }
      const { head, pins } = set
      const fresh = new FunctionSet(head, set.entries, set.records, pins, set.damaged)
      for (const key of [...names, ...names.map((name) => `${name}@1`)]) {
        assert.deepEqual(set.requirersOf(key).toSorted(), fresh.requirersOf(key).toSorted())
        assert.deepEqual(set.affectedBy([key]), fresh.affectedBy([key]))
      }
      assert.deepEqual([...set.pinned].sort(), [...fresh.pinned].sort())
      for (const { requires } of set.records.values()) {
        for (const key of Object.values(requires)) assert.ok(set.requirersOf(key).length > 0)
      }
    }
  })
})

describe('names that may have been meant', () => {
  test('are those that are few letters away', () => {
    const random = generator(3)
    const name = () => Array.from({ length: 3 + random(8) }, () => 'abcde/é'[random(7)]).join('')
    for (let round = 0; round < 300; round++) {
      const known = new Set(Array.from({ length: 20 }, name))
      const wanted = name()
      const limit = Math.max(1, Math.floor(wanted.length / 3))
      for (const each of nearest(wanted, known)) {
        const isElsewhere = each.split('/').at(-1) === wanted.split('/').at(-1)
        assert.ok(isElsewhere || steps(wanted, each) <= limit, `${wanted} ${each}`)
      }
      const near = [...known].filter((each) => steps(wanted, each) <= limit)
      assert.ok(nearest(wanted, known).length >= Math.min(3, near.length), wanted)
    }
  })
})

/** Letters to add, take away or exchange, by the book. */
function steps(one, other) {
  const table = [Array.from({ length: other.length + 1 }, (_, j) => j)]
  for (let i = 1; i <= one.length; i++) {
    table.push([i])
    for (let j = 1; j <= other.length; j++) {
      const changed = table[i - 1][j - 1] + (one[i - 1] === other[j - 1] ? 0 : 1)
      table[i].push(Math.min(changed, table[i - 1][j] + 1, table[i][j - 1] + 1))
    }
  }
  return table[one.length][other.length]
}
