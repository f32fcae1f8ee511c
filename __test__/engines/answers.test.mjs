/** The table of docs/engines.md names all in which the embedded V8 answers otherwise than the host's. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { engines, Pool } from 'isolane'
import { markdown } from '../package/markdown.mjs'
import { answers, source } from './questions/index.mjs'

const TITLE = 'Where the embedded V8 answers otherwise'

/** Units in the last place that two good libraries may be apart. */
const MOST_ULPS = 2

const skip = !engines().includes('v8') && 'this build has no v8 engine'

const rows = markdown('docs/engines.md')
  .text.split(`## ${TITLE}`)[1]
  .split('\n## ')[0]
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => line.split('|').slice(1, 3))

const names = (cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name)
const named = new Set(rows.flatMap(([kinds]) => names(kinds)))
const lacking = new Set(names(rows.find(([kinds]) => kinds.includes('Intl locales'))?.[1] ?? ''))

const withPlainSpaces = (text) => text.replaceAll(/\p{White_Space}+/gu, ' ')

/** What a difference is about, as the table names it. */
function kindOf(key, ours, theirs) {
  const end = key.indexOf('|')
  const [kind, question] = [key.slice(0, end), key.slice(end + 1)]
  // The older of the two lacks what is asked for.
  if (ours === undefined || theirs === undefined) return 'built-ins'
  if (kind.startsWith('Intl') && lacking.has(question)) return 'Intl locales'
  if (kind.startsWith('Intl') && withPlainSpaces(ours) === withPlainSpaces(theirs))
    return 'Intl spaces'
  return kind
}

const areClose = (one, other) =>
  Math.abs(one - other) <= MOST_ULPS * Math.max(Math.abs(one), Math.abs(other)) * 2 ** -52

describe('what the embedded V8 answers', { skip }, () => {
  const differences = async () => {
    const pool = new Pool({ engine: 'v8', threads: 1 })
    const theirs = await pool.run({ name: 'answers', source })
    await pool.close()
    const ours = answers()
    const keys = new Set([...Object.keys(ours), ...Object.keys(theirs)])
    return [...keys]
      .filter((key) => ours[key] !== theirs[key])
      .map((key) => [kindOf(key, ours[key], theirs[key]), key, ours[key], theirs[key]])
  }
  const found = skip ? undefined : differences()

  it(`differs from the host's only where the documentation says so`, async () => {
    const unknown = (await found).filter(([kind]) => !named.has(kind))
    assert.deepEqual(unknown.slice(0, 10), [])
  })

  it('differs in numbers by the last digits alone', async () => {
    const numbers = (await found).filter(([kind]) => kind.startsWith('Math.'))
    const far = numbers.filter(([, , ours, theirs]) => !areClose(Number(ours), Number(theirs)))
    assert.deepEqual(far, [])
  })

  it('is asked for what the table names', async () => {
    const asked = new Set(Object.keys(answers()).map((key) => key.slice(0, key.indexOf('|'))))
    const others = [...named].filter((kind) => !asked.has(kind) && kind !== 'Intl spaces')
    assert.deepEqual(others, [])
  })
})
