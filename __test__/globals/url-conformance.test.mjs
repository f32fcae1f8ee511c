/** URL against the data of the web-platform-tests (`wpt/LICENSE.md` says whose they are). */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'

import { engine, onlyV8 } from '../support/engine.mjs'
import { settled, withPool } from '../support/pools.mjs'
import { parsedOtherwise, setOtherwise } from './wpt/differences.mjs'

const read = (name) => JSON.parse(readFileSync(new URL(`wpt/${name}`, import.meta.url), 'utf8'))

const parsing = read('urltestdata.json').filter((each) => typeof each === 'object')
const { comment: _, ...byAttribute } = read('setters_tests.json')
const setting = Object.entries(byAttribute).flatMap(([attribute, cases]) =>
  cases.map((each) => ({ attribute, ...each })),
)

/** The cases, by input and base, that come out otherwise than they say. */
const parse = (cases) => {
  const parts = ['href', 'origin', 'protocol', 'username', 'password', 'host', 'hostname', 'port', 'pathname', 'search', 'hash'] // prettier-ignore
  const isAsSaid = ({ input, base, failure = false, searchParams, ...expected }) => {
    let url
    try {
      url = base === null ? new URL(input) : new URL(input, base)
    } catch {
      return failure
    }
    if (failure) return false
    if (searchParams !== undefined && url.searchParams.toString() !== searchParams) return false
    return parts.every((part) => !(part in expected) || url[part] === expected[part])
  }
  return cases.filter((each) => !isAsSaid(each)).map(({ input, base }) => [input, base])
}

/** The cases, by attribute, URL and new value, that come out otherwise than they say. */
const set = (cases) => {
  const isAsSaid = ({ attribute, href, new_value: value, expected }) => {
    const url = new URL(href)
    url[attribute] = value
    return Object.entries(expected).every(([part, text]) => url[part] === text)
  }
  return cases
    .filter((each) => !isAsSaid(each))
    .map(({ attribute, href, new_value: value }) => [attribute, href, value])
}

/** Fails with those that are only in one list. */
function sameCases(actual, listed) {
  const texts = (cases) => cases.map((each) => JSON.stringify(each)).sort()
  assert.deepEqual(texts(actual), texts(Object.values(listed).flat()))
}

describe('URL and the web-platform-tests', () => {
  const differing = (fn, cases) => withPool({ threads: 1 }, (pool) => settled(pool.run(fn, cases)))

  it('parses and resolves as they say, except for what is listed', onlyV8, async () => {
    assert.equal(parsing.length, 891)
    sameCases(await differing(parse, parsing), parsedOtherwise)
  })

  it('sets parts as they say, except for what is listed', onlyV8, async () => {
    assert.equal(setting.length, 278)
    sameCases(await differing(set, setting), setOtherwise)
  })

  // What a Worker answers is Node's: the figures in docs/engines.md are of this line.
  const isOfLine = engine === 'node' && process.version.startsWith('v20.20.')
  const skip = isOfLine ? false : 'the figures are of Node 20.20, on the node engine'

  it('differs on Node 20.20 as often as the documentation says', { skip }, async () => {
    assert.equal((await differing(parse, parsing)).length, 15)
    assert.equal((await differing(set, setting)).length, 14)
  })
})
