/**
 * What workers answer with, changed before the host reads it: results, outcomes, failures, log records.
 * The calls are real; the payloads are what an isolate might write whose code has got hold of its memory.
 */
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { makeRandom } from '../../../bench/workloads/random.mjs'
import { makeValues } from '../../codec/random-values.mjs'
import { Finding, isTyped, shown } from '../finding.mjs'
import { edit } from '../mutations.mjs'
import { Pool } from 'isolane'

export const engines = ['v8', 'node']
export const block = 300

const require = createRequire(import.meta.url)
const dist = fileURLToPath(new URL('../../../npm/isolane/dist/', import.meta.url))
const { EventCode, EventWord } = require(`${dist}addon/codes.js`)
const { NativePool } = require(`${dist}native/binding.js`)

const WORD = 4
const BOUND_MB = 900
/** Events whose payload an isolate has written. */
const OF_ISOLATES = new Set(
  ['Chunk', 'LastChunk', 'Failed', 'Salvaged', 'Log'].map((name) => EventCode[name]),
)
const SOURCES = [
  '(x) => x',
  '(x) => { throw new RangeError(`no ${typeof x}`, { cause: [x] }) }',
  '(x) => { throw x }',
  '(x, i) => { if (i % 2) throw x; return [x, i] }',
  '(x) => [() => x]',
  '(x) => ({ x, when: new Date(5), map: new Map([[1, x]]), bytes: new Uint8Array(9) })',
  '() => new Promise(() => {})',
  '(x, i, c) => { (c ?? i).log(`${typeof x}`, i); return i }',
  '(x, i) => { if (i === 3) for (;;); return { i } }',
  '() => {{',
]

/** The draws that change what is read next; without, nothing is changed. */
let draws

const { drain } = NativePool.prototype
NativePool.prototype.drain = function drained(inbox, externals, polling) {
  const used = drain.call(this, inbox, externals, polling)
  if (draws !== undefined && used > 0) tamper(draws, inbox, externals, used)
  return used
}

/** Changes the payloads of some events; their heads are Rust's own. */
function tamper(random, inbox, externals, used) {
  const view = new DataView(inbox.buffer, inbox.byteOffset)
  const word = (at, place) => view.getUint32(at + place * WORD, true)
  for (let at = 0; at < used;) {
    const length = word(at, EventWord.Length)
    const external = word(at, EventWord.External)
    const start = at + EventWord.End * WORD
    const payload = external === 0 ? inbox.subarray(start, start + length) : externals[external - 1]
    // The name that comes before log records is the host's.
    const isName = word(at, EventWord.Code) === EventCode.Log && word(at, EventWord.Count) === 0
    if (OF_ISOLATES.has(word(at, EventWord.Code)) && !isName && length > 0 && random.chance(0.5)) {
      for (let edits = random.integer(1, 3); edits > 0; edits--) edit(random, payload)
    }
    at = start + (external === 0 ? (length + 7) & ~7 : 0)
  }
}

export async function open({ engine, random }) {
  const pool = new Pool({
    engine,
    threads: 1,
    maxLostWorkers: 1000,
    sliceMs: random.pick([4, Infinity]),
  })
  pool.on('log', () => {})
  pool.on('error', () => {})
  return {
    boundMb: BOUND_MB,
    async round(_, random_) {
      draws = makeRandom(random_.integer(1, 2 ** 30))
      let outcome
      try {
        await call(pool, random_)
        outcome = 'value'
      } catch (error) {
        if (!isTyped(error)) throw new Finding('untyped error', shown(error))
        outcome = error.code
      } finally {
        draws = undefined
      }
      const answer = await pool
        .run({ name: 'next', source: '(x) => [x]' }, 42)
        .catch((error) => error)
      if (answer?.[0] !== 42) throw new Finding('canary', shown(answer))
      return outcome
    },
    close: () => pool.destroy(),
  }
}

async function call(pool, random) {
  const fn = { name: 'answering', source: random.pick(SOURCES) }
  const values = makeValues(random)
  const items = Array.from({ length: random.integer(0, 6) }, () => values.next({ named: false }))
  const options = { timeout: 500 }
  const outcome = {
    ...options,
    onError: random.pick(['settle', 'omit', 'original', 'reject', () => 'replaced']),
    ...(random.chance(0.4) && { onTimeout: 'partial' }),
    ...(random.chance(0.4) && { chunkSize: random.integer(1, 5) }),
  }
  if (fn.source.includes('for (;;)')) outcome.timeout = 30
  await random.pick([
    () => pool.run(fn, items, options),
    () => pool.map(items, fn, outcome),
    () =>
      pool.map(
        Float64Array.from({ length: 9 }, (_, i) => i),
        fn,
        outcome,
      ),
    () => pool.filter(items, fn, { ...outcome, onError: 'original' }),
    () => pool.forEach(items, fn, { ...outcome, onError: 'settle' }),
    () =>
      pool.reduce(items, { map: fn, reduce: { source: '(a, b) => [a, b]' }, initial: 0 }, options),
    async () => {
      for await (const _ of pool.stream(items, fn, {
        onError: random.pick(['settle', 'omit', 'reject']),
        ...options,
      }));
    },
  ])()
}
