/**
 * Installs packed packages in an empty project and uses them there:
 *
 *   node scripts/pack/tryout.mjs <folder of the tarballs> [--glibc <version>]
 *
 * `--glibc` fails on a machine that has another.
 */
import {
  copyFileSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'

import { platform } from '../lib/host.mjs'
import { npm, run } from '../lib/run.mjs'
import { Refusal, report, step } from '../lib/steps.mjs'

const consumer = fileURLToPath(new URL('consumer.mjs', import.meta.url))

/**
 * @param {string} folder of the tarballs: those of this platform are taken
 * @param {string[]} engines that must be there
 */
export async function tryOut(folder, engines) {
  const project = mkdtempSync(join(tmpdir(), 'isolane-project-'))
  const onNode = (...words) => run([process.execPath, ...words], { cwd: project })
  try {
    writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "commonjs" }\n')
    await step('Packages install in an empty project', () =>
      run([...npm(), 'install', ...tarballsFor(platform, folder), ...flags], { cwd: project }),
    )
    copyFileSync(consumer, join(project, 'consumer.mjs'))
    await step(`Installed: a map on ${engines.join(' and ')}`, () =>
      onNode('consumer.mjs', ...engines),
    )
    await step('Installed: the command', () => tryCommand(project))
  } finally {
    rmSync(project, { recursive: true, force: true })
  }
}

/** As `npx` starts it. */
async function tryCommand(project) {
  const isolane = (...words) =>
    run([...npm(), 'exec', '--offline', '--', 'isolane', ...words], { cwd: project })
  const { version } = JSON.parse(
    readFileSync(join(project, 'node_modules', 'isolane', 'package.json'), 'utf8'),
  )
  writeFileSync(join(project, 'double.mjs'), 'export default (n) => n * 2\n')
  writeFileSync(join(project, 'numbers.ndjson'), '1\n2\n')
  for (const [expected, ...words] of [
    [`${version}\n`, '--version'],
    ['2\n4\n', 'map', 'double.mjs', 'numbers.ndjson'],
    ['No findings in 1 file\n', 'check', 'double.mjs'],
  ]) {
    const output = await isolane(...words)
    if (output !== expected) throw new Refusal(`isolane ${words.join(' ')} gives ${output}`)
  }
}

/**
 * What is published of others may be fetched. The packages of other platforms may be nowhere yet: they are
 * optional, and npm does without them.
 */
const flags = ['--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund', '--no-progress']

function tarballsFor(wanted, folder) {
  const names = readdirSync(folder).filter((name) => name.endsWith('.tgz'))
  const others = /^isolane-(linux|darwin|win32)-/
  const own = names.filter((name) => !others.test(name) || name.includes(`-${wanted}-`))
  if (!own.some((name) => others.test(name))) {
    throw new Refusal(`${folder} holds no package for ${wanted}`)
  }
  return own.map((name) => resolve(folder, name))
}

function requireGlibc(version) {
  const { glibcVersionRuntime } = process.report.getReport().header
  if (glibcVersionRuntime === version) return
  throw new Refusal(`This machine has glibc ${glibcVersionRuntime ?? '(none)'}, not ${version}`)
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { glibc: { type: 'string' } },
  })
  if (values.glibc !== undefined) requireGlibc(values.glibc)
  await tryOut(positionals[0], ['node', 'v8'])
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await main().catch(report)
