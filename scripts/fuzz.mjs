/**
 * `npm run fuzz -- [--minutes N | --seconds N] [--seed N] [target…]`: random values, bytes, options and
 * programs, each in a process that is watched (`__test__/fuzz/README.md`). Default: 10 minutes, all
 * targets. The seed is printed, and gives the same rounds again:
 *
 *   --round N      only that round of the target
 *   --case FILE    a case that was stored in `target/fuzz`
 */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'

import { fuzz, TARGETS } from '../__test__/fuzz/fuzz.mjs'
import { watch } from '../__test__/fuzz/watchdog.mjs'
import { builtEngines } from './lib/engines.mjs'
import { Refusal, report } from './lib/steps.mjs'

/** @param {{ seconds: number, seed?: number, targets?: string[], engines?: string[] }} options */
export async function fuzzing({
  seconds,
  seed = Date.now() % 1e9,
  targets = [],
  engines = builtEngines(),
}) {
  const chosen = targets.length === 0 ? TARGETS : targets
  const unknown = chosen.filter((name) => !TARGETS.includes(name))
  if (unknown.length > 0) throw new Refusal(`There is no target ${unknown}; there are ${TARGETS}`)
  console.log(`Fuzzing ${chosen.join(', ')} for ${seconds} s: --seed ${seed}`)
  const findings = await fuzz({ seconds, seed, targets: chosen, engines, print: console.log })
  console.log(findings === 0 ? '✓ Nothing found.' : `✗ ${findings} findings: --seed ${seed}`)
  if (findings > 0) process.exitCode = 1
}

async function again(task) {
  const { findings, peakMb, lost } = await watch(task, {
    onOutcome: (round, outcome) => console.log(`round ${round}: ${outcome}`),
  })
  for (const { kind, detail } of findings) console.log(`✗ ${kind}\n${detail}`)
  console.log(`Peak ${peakMb} MiB, ${lost} workers lost, ${findings.length} findings`)
  if (findings.length > 0) process.exitCode = 1
}

async function main() {
  const { values, positionals: targets } = parseArgs({
    allowPositionals: true,
    options: {
      minutes: { type: 'string' },
      seconds: { type: 'string' },
      seed: { type: 'string' },
      round: { type: 'string' },
      case: { type: 'string' },
      engine: { type: 'string' },
    },
  })
  if (values.case !== undefined) {
    const file = resolve(values.case)
    const { name, engine, seed } = JSON.parse(readFileSync(file, 'utf8'))
    return again({ name, engine, seed, file })
  }
  const seed = values.seed === undefined ? undefined : Number(values.seed)
  if (values.round !== undefined) {
    const [name] = targets
    const engine = values.engine ?? builtEngines()[0]
    return again({ name, engine, seed, list: [Number(values.round)] })
  }
  const seconds = Number(values.seconds ?? Number(values.minutes ?? 10) * 60)
  if (!(seconds > 0)) throw new Refusal('--minutes and --seconds take a number greater than 0')
  const engines = values.engine === undefined ? undefined : [values.engine]
  await fuzzing({ seconds, seed, targets, engines })
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await main().catch(report)
