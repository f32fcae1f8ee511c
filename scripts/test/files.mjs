import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join, resolve, sep } from 'node:path'

import { packages } from '../lib/packages.mjs'
import { root } from '../lib/paths.mjs'

/** What of `__test__` belongs to no engine, or to one, by folder or file; all else is run on each engine. */
const engineOf = {
  check: undefined,
  'cli/files': undefined,
  'cli/progress': undefined,
  'cli/wrong-use': undefined,
  codec: undefined,
  engines: undefined,
  'engines/node': 'node',
  hostile: 'v8',
  package: undefined,
  packages: undefined,
  patch: undefined,
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
  const short = name.replace(/\.test\.mjs$/, '')
  const key = [short, dirname(short)].find((each) => Object.hasOwn(engineOf, each))
  // Those of the other packages say themselves what engines they are about.
  const isBehaviour = tests === '__test__' && key === undefined
  return {
    path: join(tests, name),
    name: short,
    isOf: (engine) => (isBehaviour ? engine !== undefined : engineOf[key] === engine),
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

/** What makes a test larger at full size, or lets it run only there. */
const FULL_SIZE = [/__test__\/support\/size\.mjs$/, /scripts\/fetched\//]

/**
 * Whether a file runs more at full size than otherwise: it, or a helper that it imports, asks for the
 * size, or for something that is fetched for it.
 *
 * @param {TestFile} file
 */
export function hasFullSize({ path }) {
  const seen = new Set()
  const asks = (source) => {
    if (FULL_SIZE.some((pattern) => pattern.test(source.split(sep).join('/')))) return true
    if (seen.has(source) || !existsSync(source)) return false
    seen.add(source)
    const imports = readFileSync(source, 'utf8').matchAll(/(?:from |import\()'(\.[^']+)'/g)
    return [...imports].some(([, specifier]) => asks(resolve(dirname(source), specifier)))
  }
  return asks(join(root, path))
}
