/** `npm run bench [section...] -- [--rounds N] [--threads N] [--quick]` */
import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { compare, USAGE as COMPARE_USAGE } from './compare/index.mjs'
import { watchDisturbance } from './lib/disturbance.mjs'
import { measurementTable } from './lib/format.mjs'
import { openReport } from './lib/report.mjs'
import { judge } from './lib/targets.mjs'
import { progressLine, style, table } from './lib/terminal.mjs'
import { ISOLANE, ISOLANE_NODE } from './peers/contenders.mjs'
import { sections } from './sections.mjs'

/** Share of the machine above which a section's numbers are called disturbed. */
const DISTURBED = 0.1

const USAGE = `npm run bench [section...] -- [--rounds N] [--threads N] [--quick] [--megabytes N] [--functions N] [--refreshes N]

sections: ${sections.map(({ name }) => name).join(', ')}, codec (default: all but codec)
--rounds   rounds in which each contender takes one turn; default 9, with --quick 3
--threads  workers per pool; default 2
--quick    few rounds, and a result file that git ignores
--megabytes  length of the file that cli maps; default 20
--functions  how many of them the section functions has; default 1000
--refreshes  of data, in all rounds of the section data together; default 100, with --quick 6

${COMPARE_USAGE}`

function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rounds: { type: 'string' },
      threads: { type: 'string', default: '2' },
      quick: { type: 'boolean', default: false },
      megabytes: { type: 'string', default: '20' },
      functions: { type: 'string', default: '1000' },
      refreshes: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  const unknown = positionals.find((name) => !sections.some((section) => section.name === name))
  if (unknown !== undefined) throw new RangeError(`no section '${unknown}'`)
  return {
    help: values.help,
    quick: values.quick,
    rounds: positiveInteger('rounds', values.rounds ?? (values.quick ? '3' : '9')),
    threads: positiveInteger('threads', values.threads),
    megabytes: positiveInteger('megabytes', values.megabytes),
    functions: positiveInteger('functions', values.functions),
    refreshes: positiveInteger('refreshes', values.refreshes ?? (values.quick ? '6' : '100')),
    names: positionals,
  }
}

function positiveInteger(name, text) {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) {
    throw new RangeError(`--${name} must be an integer of 1 or more, not '${text}'`)
  }
  return value
}

/** Runs one section after another; `keep` is given what has been measured after each. */
async function runSections(chosen, options, keep) {
  const unavailable = new Map()
  const measurements = []
  for (const section of chosen) {
    const line = progressLine(style('bold', section.name))
    const started = performance.now()
    const context = {
      ...options,
      note: (text) => line.note(text),
      onUnavailable: (name, error) => unavailable.set(name, error),
    }
    const disturbance = watchDisturbance()
    const measured = await section.run(context)
    const disturbed = section.usesProcesses ? null : disturbance()
    line.done(style('dim', `${((performance.now() - started) / 1000).toFixed(1)} s`))
    warnOfDisturbance(disturbed)
    for (const measurement of measured) {
      console.log(`\n${measurement.title}: median (quartiles)\n${measurementTable(measurement)}\n`)
    }
    measurements.push(...measured.map((measurement) => ({ ...measurement, disturbed })))
    keep(measurements)
  }
  return { measurements, unavailable }
}

function warnOfDisturbance(share) {
  if (share === null || share < DISTURBED) return
  const percent = Math.round(share * 100)
  console.log(style('yellow', `other processes took ${percent} % of the machine meanwhile`))
}

function printTargets(targets) {
  if (targets.length === 0) return
  const rows = targets.map(({ label, target, measured, isMet }) => [
    label,
    target,
    measured,
    isMet ? 'met' : 'NOT MET',
  ])
  console.log(`\n${table(['target', 'limit', 'measured', ''], rows)}`)
}

async function main() {
  const { help, names, quick, ...options } = readArguments()
  if (help) return console.log(USAGE)
  const chosen = sections.filter(({ name }) => names.length === 0 || names.includes(name))
  const report = openReport({ date: new Date(), quick })
  const ran = names.length === 0 ? ['all'] : chosen.map(({ name }) => name)
  const { measurements, unavailable } = await runSections(chosen, options, (soFar) =>
    report.save({ sections: ran, options, measurements: soFar, targets: judge(soFar) }),
  )
  printTargets(judge(measurements))
  console.log(`\nraw rounds: ${report.path}`)
  for (const [name, error] of unavailable) {
    console.error(`\n${name} was left out: ${error.code ?? error.name}: ${error.message}`)
  }
  if (unavailable.has(ISOLANE) && unavailable.has(ISOLANE_NODE)) process.exitCode = 1
}

async function runCodecBench() {
  const file = new URL('codec.mjs', import.meta.url)
  if (!existsSync(file)) throw new Error('bench/codec.mjs is missing from this checkout')
  process.argv.splice(2, 1)
  await import(file.href)
}

function runComparison() {
  return compare(process.argv.slice(3))
}

try {
  const run = { codec: runCodecBench, compare: runComparison }[process.argv[2]] ?? main
  await run()
} catch (error) {
  const isUsage = error instanceof RangeError || String(error.code).startsWith('ERR_PARSE_ARGS')
  console.error(isUsage ? `${error.message}\n\n${USAGE}` : error)
  process.exitCode = 1
}
