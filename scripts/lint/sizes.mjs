import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join, relative, sep } from 'node:path'

import { packages } from '../lib/packages.mjs'
import { root } from '../lib/paths.mjs'
import { Refusal } from '../lib/steps.mjs'

/** What one sees at a glance, and reads in one go. */
const MOST_FILES = 15
const MOST_LINES = 400

/** Files that may be longer, and why. */
const longer = {
  'crates/isolane-v8/tests/engine.rs': 'each file of tests links V8 once more',
}

const sources = /\.(rs|ts|mts|cts|mjs|sh)$/
/** Made by tools. */
const generated = /(^|\/)(dist|node_modules)(\/|$)/

/** Whether no folder of sources holds too many files, and no file too many lines. */
export function checkSizes() {
  const folders = [
    ...readdirSync(join(root, 'crates')).flatMap((crate) =>
      ['src', 'tests'].map((folder) => join('crates', crate, folder)),
    ),
    ...packages().flatMap(({ path, tests }) => [join(path, 'src'), tests]),
    'bench',
    'scripts',
  ]
  const remarks = folders.filter((folder) => existsSync(join(root, folder))).flatMap(inspect)
  for (const [name, reason] of Object.entries(longer)) {
    const isThere = existsSync(join(root, name))
    if (!isThere || linesOf(name) <= MOST_LINES)
      remarks.push(`${name} is no longer longer (${reason})`)
  }
  if (remarks.length > 0) throw new Refusal(remarks.join('\n'))
}

function inspect(folder) {
  const entries = readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
  const files = entries
    .filter((entry) => entry.isFile() && sources.test(entry.name))
    .map(({ parentPath, path = parentPath, name }) => relative(root, join(path, name)))
    .map((name) => name.split(sep).join('/'))
    .filter((name) => !generated.test(name))
  const byFolder = new Map()
  for (const name of files) {
    const parent = name.slice(0, name.lastIndexOf('/'))
    byFolder.set(parent, (byFolder.get(parent) ?? 0) + 1)
  }
  return [
    ...[...byFolder]
      .filter(([, count]) => count > MOST_FILES)
      .map(([name, count]) => `${name} holds ${count} files, more than ${MOST_FILES}`),
    ...files
      .filter((name) => !Object.hasOwn(longer, name) && linesOf(name) > MOST_LINES)
      .map((name) => `${name} has ${linesOf(name)} lines, more than ${MOST_LINES}`),
  ]
}

function linesOf(name) {
  return readFileSync(join(root, name), 'utf8').split('\n').length - 1
}
