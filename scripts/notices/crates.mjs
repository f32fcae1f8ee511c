import { readFileSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { packageDir } from '../lib/paths.mjs'
import { run } from '../lib/run.mjs'
import { Refusal } from '../lib/steps.mjs'
import { textOf } from './embedded.mjs'

/** Crates that are published without the text of their licence, and where it is. */
const elsewhere = {
  'base64-simd': 'nugine-simd',
  deno_core_icudata: 'rusty-v8',
  'fast-glob': 'fast-glob',
  napi: 'napi-rs',
  'napi-sys': 'napi-rs',
  'nodejs-built-in-modules': 'nodejs-built-in-modules',
  'oxc-browserslist': 'oxc-browserslist',
  oxc_allocator: 'oxc',
  oxc_ast: 'oxc',
  oxc_ast_visit: 'oxc',
  oxc_codegen: 'oxc',
  oxc_compat: 'oxc',
  oxc_transformer: 'oxc',
  oxc_traverse: 'oxc',
  // It names the terms of the second, and its repository has those of the first, whose work it goes back to.
  oxc_sourcemap: ['oxc-sourcemap', 'oxc'],
  oxc_data_structures: 'oxc',
  oxc_diagnostics: 'oxc',
  oxc_ecmascript: 'oxc',
  oxc_estree: 'oxc',
  oxc_index: 'oxc',
  oxc_parser: 'oxc',
  oxc_regular_expression: 'oxc',
  oxc_resolver: 'oxc-resolver',
  oxc_semantic: 'oxc',
  oxc_span: 'oxc',
  oxc_syntax: 'oxc',
  v8: 'rusty-v8',
  vsimd: 'nugine-simd',
}

/** Of several licences that a crate offers the first of these is taken, being the shortest. */
const preferred = ['MIT', 'ISC', 'Zlib']

const licenceFile = /^(licen[cs]e|copying|notice|unlicense)/i

/**
 * The crates of others in the addon, on any platform that it is published for.
 *
 * @returns {Promise<{ name: string, version: string, licence: string, folder: string }[]>}
 */
export async function shippedCrates() {
  const { targets } = JSON.parse(readFileSync(join(packageDir, 'package.json'), 'utf8')).napi
  // One after the other: cargo locks its folder of packages.
  const found = new Set()
  for (const target of targets) for (const id of await cratesOn(target)) found.add(id)
  const { packages } = JSON.parse(jsonIn(await run(['cargo', 'metadata', ...quietly])))
  const shipped = packages.filter(
    ({ name, version, source }) => source !== null && found.has(`${name} v${version}`),
  )
  return shipped
    .map(({ name, version, license, manifest_path: manifest }) => ({
      name,
      version,
      licence: license.replaceAll('/', ' OR '),
      folder: dirname(manifest),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

const quietly = ['--format-version', '1', '--locked', '--quiet']

/** On a line of its own: what cargo has to say of its work may stand around it. */
const jsonIn = (output) => output.split('\n').find((line) => line.startsWith('{'))

/** As `<name> v<version>`. Macros run while the addon is built and are no part of it. */
async function cratesOn(target) {
  const edges = ['--edges', 'normal,no-proc-macro', '--target', target]
  const how = ['--prefix', 'none', '--format', '{p}', '--locked', '--quiet']
  const lines = await run(['cargo', 'tree', '--package', 'isolane', ...edges, ...how])
  return lines.split('\n').map((line) => line.split(' ', 2).join(' '))
}

/** The texts under which a crate is passed on. */
export function licenceTexts({ name, licence, folder }) {
  const files = licenceFiles(folder)
  if (files.length === 0) {
    if (!Object.hasOwn(elsewhere, name)) {
      throw new Refusal(
        `The crate ${name} (${licence}) has no text of its licence: put it into scripts/notices/texts, and its name into scripts/notices/crates.mjs`,
      )
    }
    return [elsewhere[name]].flat().map(textOf)
  }
  return chosen(licence, files).map((file) => readFileSync(join(folder, file), 'utf8'))
}

/** All that a package says of the terms it is under. */
export function licenceTextsIn(folder) {
  const files = licenceFiles(folder)
  if (files.length === 0) throw new Refusal(`${folder} has no text of its licence`)
  return files.map((file) => readFileSync(join(folder, file), 'utf8'))
}

function licenceFiles(folder) {
  return readdirSync(folder)
    .filter((file) => licenceFile.test(file))
    .sort()
}

/** One licence of those offered, where the files tell them apart; and what is said of code of others. */
function chosen(licence, files) {
  const offers = licence.includes(' AND ') ? [] : licence.split(' OR ')
  const taken = preferred.find((each) => offers.length > 1 && offers.includes(each))
  const of = taken && files.filter((file) => new RegExp(`[-.]${taken}\\b`, 'i').test(file))
  if (!of?.length) return files
  return [...of, ...files.filter((file) => /third-party|notice/i.test(file))]
}
