/** `npm run bench -- compare <checkout> [--rounds N] …`: two builds of isolane in one run. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { outputOf, startChild } from '../lib/children.mjs'
import { watchDisturbance } from '../lib/disturbance.mjs'
import { number } from '../lib/format.mjs'
import { openReport } from '../lib/report.mjs'
import { median, medianInterval } from '../lib/statistics.mjs'
import { progressLine, style, table } from '../lib/terminal.mjs'
import { buildName } from '../peers/build.mjs'

const THIS = 'this'
const OTHER = 'other'
const root = fileURLToPath(new URL('../..', import.meta.url))

/** Rounds in one process. A process is a sample, too: what V8 compiles and where differs in each. */
const ROUNDS_IN_PROCESS = 10

/**
 * What is compared: by measurement, its metrics of which less is better, and whether the speed of a
 * build is judged by them. Rates say what the wall time says, delays are too few to compare.
 */
const METRICS = {
  'room-by-tag': { wallMs: true, busyMs: false },
  count: { wallMs: true, busyMs: false },
  ids: { wallMs: true, busyMs: false },
  'round-trip': { p50Us: true, p99Us: false },
  burst: { wallMs: true },
  'small-trivial': { of1Us: true, of10Us: true, of100Us: true },
  'break-even': { of10Us: true, of100Us: true, of1000Us: true },
  numbers: { arrayMs: true, doublesMs: true },
  'start-up': { readyMs: true, importMs: false, rssMb: false },
  'further-worker': { ms: true, rssMb: false },
  'shared-once-proven': { firstMs: true, heapMb: false },
  'shared-once-unproven': { firstMs: true, heapMb: false },
}

/** Measured as a difference, which in one round may be anything: only medians of all are compared. */
const DIFFERENCES = ['further-worker']

export const USAGE = `npm run bench -- compare <checkout> [--rounds N] [--threads N] [--engine v8|node] [--least RATIO]

Measures this checkout's build against that of another checkout, which must have been built there.
--rounds   rounds in which both take one turn, in an order of its own; default 40
--threads  workers per pool; default 2
--engine   default v8
--least    fails if this build's speed falls below that share of the other's, such as 0.97`

function readArguments(args) {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      rounds: { type: 'string', default: '40' },
      threads: { type: 'string', default: '2' },
      engine: { type: 'string', default: 'v8' },
      least: { type: 'string', default: '0' },
      quick: { type: 'boolean', default: false },
    },
  })
  const numbers = ['rounds', 'threads', 'least'].map((name) => Number(values[name]))
  if (positionals.length !== 1) throw new RangeError('compare takes one checkout')
  if (!(numbers[0] >= 1 && numbers[1] >= 1 && numbers[2] >= 0)) {
    throw new RangeError('--rounds, --threads and --least take numbers')
  }
  if (!['v8', 'node'].includes(values.engine)) throw new RangeError("--engine is 'v8' or 'node'")
  const checkouts = { [THIS]: root, [OTHER]: resolve(positionals[0]) }
  for (const checkout of Object.values(checkouts)) {
    if (existsSync(join(checkout, 'npm', 'isolane', 'dist', 'native'))) continue
    throw new RangeError(`${checkout} has no build: run \`npm run setup\` there`)
  }
  const [rounds, threads, least] = numbers
  return { checkouts, rounds, threads, least, engine: values.engine, quick: values.quick }
}

/** Runs `compare` with the words that stand after it. */
export async function compare(args) {
  const { checkouts, rounds, threads, least, engine, quick } = readArguments(args)
  const disturbance = watchDisturbance()
  const measurements = await measureBoth({ checkouts, rounds, threads, engine })
  const rows = measurements.flatMap(rowsOf)
  printRows(rows)
  const builds = Object.fromEntries(
    Object.entries(checkouts).map(([name, checkout]) => [name, describe(checkout)]),
  )
  const report = openReport({ date: new Date(), quick })
  report.save({
    sections: ['compare'],
    options: { rounds, threads, engine },
    builds,
    ratios: rows,
    measurements,
    machineBusy: disturbance(),
  })
  console.log(`\nraw rounds: ${report.path}`)
  const slow = rows.filter(({ isSpeed, ratio }) => isSpeed && ratio < least)
  for (const { title, metric, ratio } of slow) {
    console.error(`${title}, ${metric}: ${ratio.toFixed(3)} is below ${least}`)
    process.exitCode = 1
  }
}

/** In several processes, each of which loads both builds; in every other one the other one first. */
async function measureBoth({ checkouts, rounds, threads, engine }) {
  const nameOf = (key) => buildName(checkouts[key], engine)
  const merged = new Map()
  const processes = Math.ceil(rounds / ROUNDS_IN_PROCESS)
  for (let index = 0; index < processes; index++) {
    const keys = index % 2 === 0 ? [THIS, OTHER] : [OTHER, THIS]
    const count = Math.min(ROUNDS_IN_PROCESS, rounds - index * ROUNDS_IN_PROCESS)
    const line = progressLine(style('bold', `process ${index + 1} of ${processes}`))
    const started = performance.now()
    const measured = await runChild(
      { contenders: keys.map(nameOf), rounds: count, threads },
      (text) => line.note(text),
    )
    line.done(style('dim', `${((performance.now() - started) / 1000).toFixed(1)} s`))
    for (const measurement of measured) append(merged, measurement, nameOf)
  }
  return [...merged.values()]
}

function append(merged, { id, title, metrics, samples }, nameOf) {
  if (!merged.has(id)) {
    merged.set(id, { id, title, metrics, samples: { [THIS]: {}, [OTHER]: {} } })
  }
  for (const key of [THIS, OTHER]) {
    for (const [metric, values] of Object.entries(samples[nameOf(key)])) {
      ;(merged.get(id).samples[key][metric] ??= []).push(...values)
    }
  }
}

async function runChild(options, onNote) {
  const script = fileURLToPath(new URL('child.mjs', import.meta.url))
  const child = startChild([script, JSON.stringify(options)])
  return JSON.parse(await outputOf(child, onNote))
}

/**
 * Ratios are taken within a round and are the other's cost over ours: above 1 this build is faster.
 * What is told is their median, and between what the true one lies with 95 % certainty.
 */
function rowsOf({ id, title, metrics, samples }) {
  return Object.entries(METRICS[id] ?? {}).map(([key, isSpeed]) => {
    const [own, other] = [samples[THIS][key], samples[OTHER][key]]
    const medians = { own: median(own), other: median(other) }
    const ratios = DIFFERENCES.includes(id)
      ? [medians.other / medians.own]
      : own.map((value, round) => other[round] / value)
    const { low, high } = ratios.length > 1 ? medianInterval(ratios) : { low: NaN, high: NaN }
    const { label } = metrics.find((metric) => metric.key === key)
    return { title, metric: label, isSpeed, ratio: median(ratios), low, high, medians }
  })
}

function printRows(rows) {
  const cells = rows.map(({ title, metric, isSpeed, ratio, low, high, medians }) => [
    `${title}, ${metric}`,
    number(medians.own),
    number(medians.other),
    isSpeed ? style('bold', ratio.toFixed(3)) : ratio.toFixed(3),
    Number.isNaN(low) ? '' : `${low.toFixed(3)}–${high.toFixed(3)}`,
  ])
  console.log(`\n${table(['', THIS, OTHER, 'other ÷ this', '95 %'], cells)}`)
}

function describe(checkout) {
  const git = (...words) => execFileSync('git', ['-C', checkout, ...words], { encoding: 'utf8' })
  try {
    const changed = git('status', '--porcelain', '--untracked-files=no') !== ''
    return `${git('rev-parse', '--short', 'HEAD').trim()}${changed ? ' with changes' : ''}`
  } catch {
    return 'unknown'
  }
}
