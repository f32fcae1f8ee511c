import { existsSync, readdirSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'

import { packages } from '../lib/packages.mjs'
import { root } from '../lib/paths.mjs'

/** Folders of `__test__` that belong to no engine, or to one; all else is run on each engine. */
const engineOf = {
  codec: undefined,
  engines: undefined,
  'engines/node': 'node',
  hostile: 'v8',
  package: undefined,
  release: undefined,
}

/**
 * A file of tests.
 *
 * @typedef {object} TestFile
 * @property {string} path relative to the checkout
 * @property {string} name its path in the folder of its package's tests, without `.test.mjs`
 * @property {(engine: string | undefined) => boolean} isOf whether it runs on that engine, or in the
 *   round of those that belong to none
 */

/**
 * The test files of all packages. Listed by hand: `node --test` takes patterns only from Node 21 on.
 *
 * @returns {TestFile[]}
 */
export function testFiles() {
  return packages()
    .filter(({ tests }) => existsSync(join(root, tests)))
    .flatMap(({ tests }) =>
      readdirSync(join(root, tests), { recursive: true })
        .filter((name) => name.endsWith('.test.mjs'))
        .map((name) => describe(tests, name.split(sep).join('/')))
        .sort((one, other) => (one.path < other.path ? -1 : 1)),
    )
}

function describe(tests, name) {
  const folder = dirname(name)
  // Those of the other packages say themselves what engines they are about.
  const isBehaviour = tests === '__test__' && !Object.hasOwn(engineOf, folder)
  return {
    path: join(tests, name),
    name: name.replace(/\.test\.mjs$/, ''),
    isOf: (engine) => (isBehaviour ? engine !== undefined : engineOf[folder] === engine),
  }
}

/**
 * Those that a word names: by the file (`map`), the folder (`codec`) or both (`codec/values`); with
 * none of that name, those whose path contains it.
 *
 * @template {{ path: string, name: string }} T
 * @param {T[]} files
 * @param {string} word
 * @returns {T[]}
 */
export function named(files, word) {
  const wanted = word.replace(/(\.test)?\.[cm]?[jt]s$/, '').replace(/^__test__\//, '')
  const exact = files.filter(({ name }) => `/${name}/`.includes(`/${wanted}/`))
  return exact.length > 0 ? exact : files.filter(({ path }) => path.includes(wanted))
}
