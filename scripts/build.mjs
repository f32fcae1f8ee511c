/**
 * Builds what ships: `node scripts/build.mjs [ts] [prelude] [addon]`, all three by default. What
 * has not changed since it was built last is left alone; `--force` builds it again.
 *
 *   prelude  npm/isolane/src/{isolate,driver,codec} -> crates/isolane-v8/src/prelude.js, codec.js, globals.js
 *   ts       the packages' src -> dist (CommonJS and declarations), types checked, and isolane's in
 *            one file for each entry; after prelude, which the name of the wire is made from
 *   addon    crates/isolane -> npm/isolane/dist/native (release); without the V8 engine where V8's
 *            archive is out of reach
 */
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import { bundleEntries } from './lib/bundling/bundle.mjs'
import { helpersFile, writeHelpers } from './lib/helpers/table.mjs'
import { platform, triple } from './lib/host.mjs'
import { packages } from './lib/packages.mjs'
import { distDir, nativeDir, packageDir, root, targetDir, tool } from './lib/paths.mjs'
import { run } from './lib/run.mjs'
import { Stamp } from './lib/stamp.mjs'
import { Refusal, report, step, yellow } from './lib/steps.mjs'
import { inspectToolchain } from './lib/toolchain.mjs'
import { adviceWithoutArchive, findArchive, userVariables } from './lib/v8-archive.mjs'
import { wireId, wireSources, wireVariables } from './lib/wire-id.mjs'
import { preludeBundles, writePrelude } from './prelude.mjs'

const source = join('npm', 'isolane', 'src')
const tools = ['build.mjs', 'prelude.mjs', 'lib'].map((name) => join('scripts', name))
const locked = ['package-lock.json', ...tools]
const versionFile = join('npm', 'isolane', 'package.json')
const addonFile = join(nativeDir, `isolane.${platform}.node`)
const wireIdFile = join(distDir, 'wire-id.json')

/** Set-up is done in a moment when nothing has changed, also where upstream never answers. */
const quickProbeMs = 1_500

const parts = {
  prelude: {
    stamp: () => ({ inputs: [source, ...locked], outputs: preludeBundles }),
    build: () => step('Prelude of the isolates', writePrelude),
  },
  ts: {
    needs: 'prelude',
    stamp: () => ({
      inputs: [...packages().flatMap(sourcesOf), ...wireSources, ...locked],
      outputs: [...packages().flatMap(mainOf), helpersFile, wireIdFile],
    }),
    build: buildTypeScript,
  },
  addon: {
    choose: chooseAddon,
    stamp: ({ rustc, archive, profile }) => ({
      inputs: [
        'Cargo.toml',
        'Cargo.lock',
        '.cargo',
        'crates',
        versionFile,
        ...wireSources,
        ...locked,
      ],
      words: [
        rustc,
        profile,
        triple,
        targetDir,
        archive === undefined ? 'without V8' : 'with V8',
        ...userVariables.map((name) => process.env[name] ?? ''),
      ],
      outputs: [addonFile, join(nativeDir, 'binding.js')],
    }),
    build: buildAddon,
  },
}

/**
 * With `quick` an addon that is behind is built in the profile of that name. One that is not, of either
 * profile, will do; without `quick` only the one that ships.
 *
 * @param {object} options
 * @param {string} options.rustc version of the compiler: another one builds the addon again
 * @param {string[]} [options.names] which parts
 * @param {boolean} [options.force]
 * @returns {Promise<boolean>} whether anything was built
 */
export async function build({ rustc, names = Object.keys(parts), force = false, quick = false }) {
  let built = false
  const wanted = new Set(names.flatMap((name) => [name, parts[name].needs]))
  for (const name of Object.keys(parts).filter((part) => wanted.has(part))) {
    const part = parts[name]
    const stampFor = (choice) => new Stamp(name, part.stamp({ rustc, ...choice }))
    const isFresh = (choice) => !force && stampFor(choice).fresh()
    const choice = await part.choose?.(isFresh, quick)
    if (isFresh(choice)) continue
    await stampFor(choice).around(() => part.build(choice))
    built = true
  }
  return built
}

/**
 * With V8 where its archive is within reach, so that a clone always has what a fresh one would get. In
 * the profile `quick` only where an addon is there and behind: the first one had better ship.
 *
 * @param {(choice: object) => boolean} isFresh whether the last build still stands, for that choice
 * @param {boolean} quick
 */
async function chooseAddon(isFresh, quick) {
  const profile = 'release'
  const patience = isFresh({ archive: undefined, profile }) ? { patienceMs: quickProbeMs } : {}
  const archive = await findArchive(patience)
  const isBehind = existsSync(addonFile) && !isFresh({ archive, profile })
  return { archive, profile: quick && isBehind ? 'quick' : profile }
}

function buildTypeScript() {
  return step('TypeScript', async (onLine) => {
    // tsc writes what it made also where types are wrong: that has no name.
    rmSync(wireIdFile, { force: true })
    await compile(onLine)
    await bundleEntries()
    await writeHelpers()
    writeFileSync(wireIdFile, `${JSON.stringify(wireId())}\n`)
  })
}

/** Compiles every project of every package. */
export async function compile(onLine) {
  for (const project of packages().flatMap(({ projects }) => projects)) {
    await run(tool('tsc', '-p', project), { onLine })
  }
}

async function buildAddon({ archive, profile }) {
  const command = napiBuild(profile)
  const env = wireVariables()
  if (archive === undefined) {
    console.log(yellow(adviceWithoutArchive()))
    await step(`Addon without the V8 engine (Rust, ${profile})`, (progress) =>
      run([...command, '--no-default-features'], { env, onLine: cargoProgress(progress) }),
    )
    return
  }
  await step(
    `Addon (Rust, ${profile}; the first build takes minutes)`,
    (progress) =>
      run(command, { env: { ...env, ...archive.env }, onLine: cargoProgress(progress) }),
    `V8 was to come from ${archive.from}; CONTRIBUTING.md ("Building") says what the build needs.`,
  )
}

function napiBuild(profile) {
  const options = {
    profile,
    target: triple,
    'package-json-path': join(packageDir, 'package.json'),
    'manifest-path': join(root, 'crates', 'isolane', 'Cargo.toml'),
    'output-dir': nativeDir,
    js: 'binding.js',
    dts: 'binding.d.ts',
  }
  const pairs = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value])
  return tool('napi', 'build', '--platform', ...pairs)
}

/** Passes on where cargo is, and not the text of its warnings. */
function cargoProgress(progress) {
  return (line) => {
    if (/^\s+(Blocking|Compiling|Downloaded|Downloading|Finished|Updating) /.test(line)) {
      progress(line)
    }
  }
}

/** What tsc makes a package from. */
export function sourcesOf({ path, projects }) {
  return [join(path, 'src'), join(path, 'package.json'), ...projects]
}

/** What tsc must have made of it. */
function mainOf({ path, projects, manifest: { main: file } }) {
  return projects.length > 0 && file !== undefined ? [join(root, path, file)] : []
}

async function main(args) {
  const force = args.includes('--force')
  const names = args.filter((arg) => arg !== '--force')
  const unknown = names.filter((name) => !(name in parts))
  if (unknown.length > 0) {
    throw new Refusal(`Unknown: ${unknown.join(', ')}. Parts: ${Object.keys(parts).join(', ')}`)
  }
  const { rustc } = await inspectToolchain()
  await build({ rustc, names: names.length === 0 ? undefined : names, force })
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await main(process.argv.slice(2)).catch(report)
}
