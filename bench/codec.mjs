// Encoding and decoding by isolane's codec, JSON and v8.serialize: `npm run bench codec`.
// Environment: ROUNDS (default 11), CORPUS (a letter: only that one).

import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { performance } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { contenders } from './codec/contenders.mjs'
import { makeCorpora } from './codec/corpora.mjs'
import { row, table } from './codec/report.mjs'
import { judge, targetTable } from './codec/targets.mjs'

setFlagsFromString('--expose-gc')
const gc = runInNewContext('gc')
/** The young generation only: no service collects everything between two calls, which costs it its code. */
const collectGarbage = () => gc({ type: 'minor' })

const ROUNDS = Number(process.env.ROUNDS ?? 11)
const WARM_UPS = 4
/** Small corpora have more of them: until the engine has compiled what it will. */
const WARM_UP_MS = 1000
/** One sample takes at least about this long; shorter work is repeated. */
const SAMPLE_MS = 4

/**
 * A copy of each corpus and one decoded result stay alive, as in a service that works on such data.
 * Were all objects of a kind collected, the engine would drop what it learned about their layout.
 */
const alive = []

const corpora = makeCorpora().filter(({ name }) => name.includes(`(${process.env.CORPUS ?? ''}`))
const results = corpora.map(measureCorpus)
console.log(`Node ${process.version}, V8 ${process.versions.v8}, ${availableParallelism()} cores`)
console.log(table(results))
console.log(`\n${targetTable(judge(results))}`)
save(results)

/** Rounds in which every contender takes one turn, so that a disturbance hits all alike. */
function measureCorpus(corpus) {
  // What other corpora left behind is not to be collected at the expense of this one.
  gc()
  const names = Object.keys(contenders).filter((name) => contenders[name].carries(corpus))
  const samples = Object.fromEntries(names.map((name) => [name, { encode: [], decode: [] }]))
  const sizes = {}
  const repeats = repeatsFor(corpus.value)
  // As a service has its data: parsed, where JSON carries it.
  const text = corpus.json ? JSON.stringify(corpus.value) : undefined
  const freshCopy = () => (text === undefined ? structuredClone(corpus.value) : JSON.parse(text))
  const warmUntil = performance.now() + WARM_UP_MS
  for (let round = -WARM_UPS; round < ROUNDS; round++) {
    if (round === 0 && performance.now() < warmUntil) round = -1
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(turn + round + WARM_UPS) % names.length]
      const sample = measureOnce(contenders[name], corpus.value, freshCopy, repeats)
      sizes[name] = sample.size
      if (round < 0) continue
      samples[name].encode.push(sample.encode)
      samples[name].decode.push(sample.decode)
    }
  }
  return row(corpus.name, samples, sizes)
}

/** By the fastest of some runs: the first ones find nothing compiled. */
function repeatsFor(value) {
  let once = Infinity
  for (let i = 0; i < 5; i++) {
    const started = performance.now()
    contenders.v8.decode(contenders.v8.encode(value))
    once = Math.min(once, performance.now() - started)
  }
  return once * 50 < SAMPLE_MS ? 5000 : Math.max(1, Math.round(SAMPLE_MS / once))
}

/** Milliseconds for one encoding and one decoding. */
function measureOnce(contender, value, freshCopy, repeats) {
  const { encode, decode, keep } = contender
  if (alive[0] !== value) alive.splice(0, Infinity, value, structuredClone(value))
  // Objects that were encoded before have their identity hash already; users' results have not.
  const fresh = Array.from({ length: repeats === 5000 ? 1 : repeats }, freshCopy)
  collectGarbage()
  let started = performance.now()
  for (let i = 0; i < repeats; i++) encode(fresh[i % fresh.length])
  const encoding = (performance.now() - started) / repeats
  const encoded = keep(encode(value))
  fresh.length = 0
  alive.push(decode(encoded))
  if (alive.length > 6) alive.splice(2, 1)
  collectGarbage()
  started = performance.now()
  for (let i = 0; i < repeats; i++) decode(encoded)
  const decoding = (performance.now() - started) / repeats
  return { encode: encoding, decode: decoding, size: contender.size(encoded) }
}

function save(rows) {
  const directory = new URL('results/', import.meta.url)
  mkdirSync(directory, { recursive: true })
  const file = new URL(`codec-node${process.versions.node.split('.')[0]}.local.json`, directory)
  const machine = { cpu: cpus()[0].model, cores: availableParallelism(), node: process.versions }
  writeFileSync(
    file,
    `${JSON.stringify({ date: new Date(), machine, rounds: ROUNDS, rows }, null, 1)}\n`,
  )
}
