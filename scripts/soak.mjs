/**
 * `npm run soak -- [--minutes N | --seconds N] [--seed N] [--no-faults]`: everything at once, for a
 * long time. Builds the addon with its fault injector, beside the one that ships, and runs
 * `__test__/soak/soak.mjs` on it. Default: 30 minutes.
 */
import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'

import { triple } from './lib/host.mjs'
import { root, targetDir } from './lib/paths.mjs'
import { passthrough, run } from './lib/run.mjs'
import { Refusal, report, step } from './lib/steps.mjs'
import { adviceWithoutArchive, findArchive } from './lib/v8-archive.mjs'
import { wireVariables } from './lib/wire-id.mjs'

/** What cargo calls the library of `crates/isolane`. */
const LIBRARY = { linux: 'libisolane.so', darwin: 'libisolane.dylib', win32: 'isolane.dll' }

/** @param {{ seconds: number, seed?: string, faults?: boolean }} options */
export async function soak({ seconds, seed = `${Date.now() % 1e9}`, faults = true }) {
  const addon = await buildWithFaults()
  const script = join(root, '__test__', 'soak', 'soak.mjs')
  const flags = [`--seconds=${seconds}`, `--seed=${seed}`]
  if (!faults) flags.push('--no-faults')
  const code = await passthrough([process.execPath, '--expose-gc', script, ...flags], {
    env: { NAPI_RS_NATIVE_LIBRARY_PATH: addon },
  })
  if (code !== 0) process.exitCode = code
}

async function buildWithFaults() {
  const archive = await findArchive()
  if (archive === undefined) throw new Refusal(adviceWithoutArchive())
  const options = ['--release', '--target', triple, '--features', 'fault-injection']
  await step('Addon with the fault injector', (onLine) =>
    run(['cargo', 'build', '-p', 'isolane', ...options], {
      env: { ...archive.env, ...wireVariables() },
      onLine,
    }),
  )
  const folder = join(targetDir, 'soak')
  mkdirSync(folder, { recursive: true })
  const addon = join(folder, 'isolane.node')
  copyFileSync(join(targetDir, triple, 'release', LIBRARY[process.platform]), addon)
  return addon
}

async function main() {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string' },
      seconds: { type: 'string' },
      seed: { type: 'string' },
      faults: { type: 'boolean' },
    },
    allowNegative: true,
  })
  const seconds = Number(values.seconds ?? Number(values.minutes ?? 30) * 60)
  if (!(seconds > 0)) throw new Refusal('--minutes and --seconds take a number greater than 0')
  await soak({ seconds, seed: values.seed, faults: values.faults })
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await main().catch(report)
