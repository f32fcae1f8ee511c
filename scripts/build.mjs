/**
 * Builds what ships: `node scripts/build.mjs [ts] [prelude] [addon]`, all three by default.
 *
 *   ts       npm/isolane/src -> npm/isolane/dist (CommonJS and declarations), types checked
 *   prelude  npm/isolane/src/prelude -> crates/isolane-v8/src/prelude.js
 *   addon    crates/isolane -> npm/isolane/dist/native (release)
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import { triple } from './lib/host.mjs'
import { nativeDir, packageDir, preludeSource, root, tool } from './lib/paths.mjs'
import { run } from './lib/run.mjs'
import { Refusal, report, step } from './lib/steps.mjs'
import { adviceWithoutArchive, findArchive } from './lib/v8-archive.mjs'
import { writePrelude } from './prelude.mjs'

const parts = { ts: buildTypeScript, prelude: buildPrelude, addon: buildAddon }

/**
 * @param {string[]} names which parts, in this order
 */
export async function build(names = ['ts', 'prelude', 'addon']) {
  for (const name of names) await parts[name]()
}

function buildTypeScript() {
  return step('TypeScript', async (onLine) => {
    await run(tool('tsc', '-p', join(packageDir, 'tsconfig.json')), { onLine })
    if (existsSync(preludeSource)) {
      await run(tool('tsc', '-p', join(packageDir, 'tsconfig.prelude.json')), { onLine })
    }
  })
}

function buildPrelude() {
  return step('Prelude of the isolates', writePrelude)
}

async function buildAddon() {
  const archive = await step('V8 archive', findArchive)
  if (archive === undefined) throw new Refusal(adviceWithoutArchive())
  await step(
    'Addon (Rust, release; the first build takes minutes)',
    (onLine) => run(napiBuild(), { env: archive.env, onLine }),
    `V8 was to come from ${archive.from}; CONTRIBUTING.md ("Building") lists what the build needs.`,
  )
}

function napiBuild() {
  return tool(
    'napi',
    'build',
    '--platform',
    '--release',
    ...['--target', triple],
    ...['--package-json-path', join(packageDir, 'package.json')],
    ...['--manifest-path', join(root, 'crates', 'isolane', 'Cargo.toml')],
    ...['--output-dir', nativeDir],
    ...['--js', 'binding.js'],
    ...['--dts', 'binding.d.ts'],
  )
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const names = process.argv.slice(2)
  const unknown = names.filter((name) => !(name in parts))
  const started =
    unknown.length === 0
      ? build(names.length === 0 ? undefined : names)
      : Promise.reject(
          new Refusal(`Unknown part ${unknown.join(', ')}; known: ${Object.keys(parts).join(', ')}`),
        )
  await started.catch(report)
}
