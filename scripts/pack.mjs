/**
 * Packs what is published, and tries it: `npm run pack`.
 *
 *   node scripts/pack.mjs [--addons <folder>]
 *
 * Makes `target/packed`: the tarballs, and `order.txt` with their names, each after those that it
 * depends on. Shows each to `npm publish --dry-run`, then installs them in an empty project and uses
 * them there. Of the platform packages only this machine's is made; with `--addons`, a folder with the
 * built files of all platforms, every one.
 */
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'

import { builtEngines } from './lib/engines.mjs'
import { platform } from './lib/host.mjs'
import { distDir, nativeDir, targetDir } from './lib/paths.mjs'
import { npm, run } from './lib/run.mjs'
import { Refusal, report, step } from './lib/steps.mjs'
import { addonNames, stage } from './pack/stage.mjs'
import { tryOut } from './pack/tryout.mjs'

const packed = join(targetDir, 'packed')

/**
 * @param {object} options
 * @param {string[]} options.addons the built files
 * @param {string[]} options.engines that these have
 */
export async function pack({ addons, engines }) {
  await step('Packages', () => packAll(addons))
  await step('Packages: npm publish --dry-run', dryRun)
  await tryOut(packed, engines)
}

/** The addon of this machine. */
export function ownAddons() {
  return [join(nativeDir, `isolane.${platform}.node`)]
}

async function packAll(addons) {
  addons.forEach(requireWire)
  const staged = join(targetDir, 'packages')
  for (const folder of [staged, packed]) {
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
  }
  const names = []
  for (const folder of stage(staged, addons)) {
    const words = ['pack', folder, '--json', '--silent', '--pack-destination', packed]
    const output = await run([...npm(), ...words])
    names.push(JSON.parse(output.slice(output.indexOf('[')))[0].filename)
  }
  writeFileSync(join(packed, 'order.txt'), `${names.join('\n')}\n`)
  // The addons in it take tens of megabytes.
  rmSync(staged, { recursive: true })
}

/** Each may be from another machine; the package refuses one whose sources differed. */
function requireWire(addon) {
  const id = JSON.parse(readFileSync(join(distDir, 'wire-id.json'), 'utf8'))
  if (!readFileSync(addon).includes(id)) throw new Refusal(`${addon} does not name the wire ${id}`)
}

async function dryRun() {
  for (const name of readdirSync(packed).filter((each) => each.endsWith('.tgz'))) {
    // With a tag npm need not ask the registry which version is the newest.
    const words = ['publish', join(packed, name), '--dry-run', '--tag', 'latest']
    const output = await run([...npm(), ...words])
    const complaint = output
      .split('\n')
      .find((line) => /auto-corrected|errors corrected/i.test(line))
    if (complaint !== undefined) throw new Refusal(`${name}: ${complaint}\n${output}`)
  }
}

/** One for each platform package, anywhere below a folder. */
function addonsBelow(folder) {
  const found = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.node'))
  const missing = addonNames().filter((name) => !found.some((path) => basename(path) === name))
  if (missing.length > 0) throw new Refusal(`${folder} lacks ${missing.join(', ')}`)
  return found.map((path) => join(folder, path))
}

async function main() {
  const { values } = parseArgs({ options: { addons: { type: 'string' } } })
  if (values.addons === undefined) {
    await pack({ addons: ownAddons(), engines: builtEngines() })
  } else {
    await pack({ addons: addonsBelow(values.addons), engines: ['node', 'v8'] })
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await main().catch(report)
