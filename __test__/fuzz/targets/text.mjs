/** JSON and NDJSON as items, whole and in chunks, with a few bytes changed: against `JSON.parse`. */
import { Pool } from 'isolane'
import { randomJson } from '../../text/random-json.mjs'
import { Finding, isTyped, shown } from '../finding.mjs'
import { mutated } from '../mutations.mjs'

export const engines = ['v8', 'node']
export const block = 500

const BOUND_MB = 1200
const MUTATIONS = 10
/** What decides where items end. */
const MARKS = Array.from('[]{},:"\\\n\r \ufeff', (mark) => Buffer.from(mark))
const decoder = new TextDecoder('utf-8', { fatal: true })

export async function open({ engine, random }) {
  const pool = new Pool({ engine, threads: random.pick([1, 2]) })
  return {
    boundMb: BOUND_MB,
    async round(_, random_) {
      let refused = 0
      const from = random_.pick(['json', 'ndjson'])
      const json = randomJson(random_.integer(1, 2 ** 30), { lines: from === 'ndjson' })
      const count = random_.integer(0, 12)
      const whole = Buffer.from(from === 'json' ? json.array(count) : json.lines(count))
      const texts = Array.from({ length: MUTATIONS }, () => changed(random_, whole))
      for (const text of [whole, ...texts]) if (!(await agree(pool, random_, from, text))) refused++
      return refused > 0 ? `${from}, some refused` : `${from}, none refused`
    },
    close: () => pool.destroy(),
  }
}

function changed(random, bytes) {
  if (random.chance(0.4)) return Buffer.from(mutated(random, bytes))
  const at = random.integer(0, bytes.length)
  const until = random.chance(0.5) ? at : Math.min(bytes.length, at + random.integer(1, 3))
  return Buffer.concat([bytes.subarray(0, at), random.pick(MARKS), bytes.subarray(until)])
}

/** Whether the text was taken; as a whole and in chunks it must be, or not be, as `JSON.parse` does. */
async function agree(pool, random, from, text) {
  const expected = parsed(from, text)
  const id = (item) => item
  const calls = {
    map: () => pool.map(text, id, { from, into: 'json' }),
    stream: async () => {
      const parts = []
      const stream = pool.stream(chunksOf(random, text), id, { from, into: 'json' })
      for await (const part of stream) parts.push(part)
      return Buffer.concat(parts)
    },
  }
  for (const [name, call] of Object.entries(calls)) {
    const got = await call().then(String, (error) => error)
    if (got instanceof Error && !isTyped(got)) {
      throw new Finding('untyped error', `${name}: ${shown(got)}\nfor ${shown(String(text))}`)
    }
    const isRefused = got?.code === 'ERR_ISOLANE_INVALID_JSON'
    if (expected === undefined ? isRefused : got === expected) continue
    throw new Finding(
      'another result than of JSON.parse',
      `${name} of ${from} ${JSON.stringify(text.toString('latin1'))}\ngave ${shown(got)}\nnot ${shown(expected)}`,
    )
  }
  return expected !== undefined
}

/** What comes of a text that is taken. */
function parsed(from, bytes) {
  try {
    const text = decoder.decode(bytes)
    const items = from === 'json' ? JSON.parse(text) : linesOf(text).map((line) => JSON.parse(line))
    return Array.isArray(items) ? JSON.stringify(items) : undefined
  } catch {
    return undefined
  }
}

const linesOf = (text) => text.split('\n').filter((line) => !/^[ \t\r]*$/.test(line))

function* chunksOf(random, text) {
  for (let start = 0; start < text.length;) {
    const end = start + random.integer(1, 80)
    yield text.subarray(start, end)
    start = end
  }
}
