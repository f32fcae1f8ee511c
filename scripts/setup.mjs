/**
 * Makes a clone ready to run: checks the tools, installs the npm dependencies from the lock file
 * and builds. Needs nothing but Node itself, and is done in a moment when nothing has changed.
 */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import { build } from './build.mjs'
import { builtEngines } from './lib/engines.mjs'
import { packages } from './lib/packages.mjs'
import { root } from './lib/paths.mjs'
import { npm, run } from './lib/run.mjs'
import { missingServers } from './lib/servers.mjs'
import { Refusal, bold, dim, elapsed, green, red, report, step, yellow } from './lib/steps.mjs'
import { Stamp } from './lib/stamp.mjs'
import { inspectToolchain } from './lib/toolchain.mjs'

/**
 * @param {object} [options]
 * @param {boolean} [options.quick] builds an addon that is behind in the profile `quick`
 */
export async function setUp({ quick = false } = {}) {
  const started = performance.now()
  const { rustc } = await requireToolchain()
  await installDependencies()
  const built = await build({ rustc, quick })
  const state = built ? 'Ready' : 'Ready, nothing to build'
  const remark = builtEngines().includes('v8')
    ? ''
    : yellow(' (without the V8 engine: see "V8" in CONTRIBUTING.md)')
  console.log(`${green('✓')} ${state}${remark} ${dim(elapsed(performance.now() - started))}`)
  const missing = missingServers().map(({ title }) => title)
  if (missing.length === 0) return
  const advice = 'node scripts/servers.mjs installs what it can'
  console.log(dim(`  Tests on ${missing.join(' and ')} will be skipped: ${advice}`))
}

async function requireToolchain() {
  const toolchain = await inspectToolchain()
  if (toolchain.problems.length > 0) {
    const list = toolchain.problems.map(({ what, fix }) => `  ${red('✗')} ${what}\n      ${fix}`)
    throw new Refusal([bold('Building isolane needs what this machine lacks:'), ...list].join('\n'))
  }
  return toolchain
}

/** What says which dependencies there are. */
export function npmInputs() {
  const manifests = packages().map(({ path }) => join(path, 'package.json'))
  return ['package-lock.json', 'package.json', ...manifests]
}

async function installDependencies() {
  const stamp = new Stamp('npm', {
    inputs: npmInputs(),
    words: [process.platform, process.arch],
    outputs: [join(root, 'node_modules', '.package-lock.json')],
  })
  if (stamp.fresh()) return
  await step(
    'npm dependencies',
    (onLine) =>
      // A service's NODE_ENV=production must not hide the build tools.
      stamp.around(() => run([...npm(), 'ci', '--include=dev', '--no-progress'], { onLine })),
    'The npm registry must be reachable: `npm config get registry` and `npm ping` tell.',
  )
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await setUp().catch(report)
