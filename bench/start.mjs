/** `npm start`: the same work on one thread and on isolane, told in the terminal. */
import { availableParallelism } from 'node:os'
import { isDeepStrictEqual } from 'node:util'
import { engines } from 'isolane'
import { number } from './lib/format.mjs'
import { interleave, measure } from './lib/measure.mjs'
import { median } from './lib/statistics.mjs'
import { bar, progressLine, style, table } from './lib/terminal.mjs'
import { ISOLANE, ISOLANE_NODE, SINGLE_THREADED, withSessions } from './peers/contenders.mjs'
import { cityByRule, roomByTag } from './workloads/workloads.mjs'

const ROUNDS = 3
const BAR_WIDTH = 44

/** At least two, since one thread has nothing to show; the main thread mostly waits meanwhile. */
const threads = Math.max(2, availableParallelism())

/** The contender that this build has: engine v8, or node in a build without V8. */
let ours

const METRICS = [
  ['wallMs', 'wall time'],
  ['busyMs', 'main thread busy'],
  ['delayMaxMs', 'longest block'],
  ['delayP99Ms', 'loop delay p99'],
]

class UnequalResults extends Error {}

async function show(title, workload) {
  console.log(`\n${style('bold', title)}`)
  const samples = await withSessions(
    [SINGLE_THREADED, ours],
    { threads, rules: workload.rules, onUnavailable: fail },
    (sessions) => compare(sessions, workload),
  )
  printComparison(samples)
}

function fail(name, error) {
  throw error
}

/** One uncounted round for the compilers, then the rounds whose medians are shown. */
async function compare(sessions, workload) {
  const expected = sessions.get(SINGLE_THREADED).map(workload)
  const samples = await interleave(
    sessions,
    ROUNDS,
    async (session, name, round) => {
      const turn = round < 0 ? 'warm-up' : `round ${round + 1}`
      const line = progressLine(`${turn}  ${name.padEnd(SINGLE_THREADED.length)}`)
      if (name === SINGLE_THREADED) line.note('no progress: the only thread is busy')
      const onProgress = ({ done, total }) => line.update(done / total)
      const { value, ...costs } = await measure(() => session.map(workload, { onProgress }))
      if (!isDeepStrictEqual(value, expected)) throw new UnequalResults(name)
      line.done(`${number(costs.wallMs)} ms`)
      return costs
    },
    1,
  )
  const objects = workload.items.length.toLocaleString('en')
  console.log(`${style('green', '✓')} ${objects} results deeply equal, in every round`)
  return samples
}

function printComparison(samples) {
  const names = Object.keys(samples)
  const medianOf = (name, metric) => median(samples[name][metric])
  const speedUp = (name) => medianOf(SINGLE_THREADED, 'wallMs') / medianOf(name, 'wallMs')

  const rows = names.map((name) => [
    name,
    ...METRICS.map(([key]) => `${number(medianOf(name, key))} ms`),
    `${number(speedUp(name))} ×`,
  ])
  console.log(`\n${table(['', ...METRICS.map(([, label]) => label), 'speed-up'], rows)}`)

  const longest = Math.max(...names.map((name) => medianOf(name, 'wallMs')))
  for (const [key, label] of METRICS.slice(0, 2)) {
    console.log(`\n${label}`)
    for (const name of names) printBar(name, medianOf(name, key), longest)
  }
}

function printBar(name, value, longest) {
  const colour = name === ours ? 'green' : 'yellow'
  const cells = style(colour, bar(value / longest, BAR_WIDTH))
  console.log(`  ${name.padEnd(SINGLE_THREADED.length)} ${cells} ${number(value)} ms`)
}

function explain(error) {
  if (error instanceof UnequalResults) {
    return `${error.message} does not give what one thread gives: this is a bug in isolane.`
  }
  if (error.code === 'ERR_ISOLANE_ENGINE_UNAVAILABLE') {
    return `isolane has no engine in this checkout: ${error.message}
Run \`npm run setup\`: it says which tools are missing and builds the addon.`
  }
  if (error.code === 'ERR_MODULE_NOT_FOUND' || error.code === 'MODULE_NOT_FOUND') {
    return `A part is not installed or not built: ${error.message}
Run \`npm run setup\`: it installs the dependencies and builds isolane.`
  }
  return error.stack
}

try {
  const [engine] = engines()
  ours = engine === 'node' ? ISOLANE_NODE : ISOLANE
  const pool = `isolane on its ${engine} engine, ${threads} threads`
  console.log(`${pool}, beside one thread of Node ${process.versions.node}`)
  await show('2,000 hotel rooms × 300 tag rules', roomByTag('matchRoom'))
  const cities = await cityByRule()
  const count = cities.items.length.toLocaleString('en')
  await show(`${count} cities × ${cities.rules.rules.length} geographic rules`, cities)
  console.log(`\nAll pools side by side: ${style('bold', 'npm run bench')}`)
} catch (error) {
  console.error(`\n${explain(error)}`)
  process.exitCode = 1
}
