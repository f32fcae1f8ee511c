import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

import { root } from './paths.mjs'

/**
 * A package of this checkout. What its folder holds says what is to be done with it, so that a new one
 * needs no entry in any list.
 *
 * @typedef {object} Package
 * @property {string} name
 * @property {string} path of its folder, relative to the checkout
 * @property {object} manifest its package.json
 * @property {boolean} isPublished unless its manifest says `private`: it is checked as npm users get it
 * @property {string[]} projects its `tsconfig*.json`, which tsc compiles; all paths are relative to
 *   the checkout
 * @property {string | undefined} entry `src/index.ts` of a published package: what the API
 *   reference is made from
 * @property {string | undefined} typeTests the project that uses its types as a user would
 * @property {string} tests the folder of its tests
 */

/** Where the tests of the first package are: they are the checkout's. */
const testsOfAll = { isolane: '__test__' }

/**
 * The packages of npm's workspaces, each after those that it depends on.
 *
 * @returns {Package[]}
 */
export function packages() {
  const { workspaces } = readManifest(root)
  return inOrder(workspaces.flatMap(folders).map(describe))
}

/** The folders that a pattern `<folder>/*` stands for, as npm has it. */
function folders(pattern) {
  const parent = pattern.replace(/\/\*$/, '')
  if (!existsSync(join(root, parent))) return []
  return readdirSync(join(root, parent))
    .sort()
    .map((name) => join(parent, name))
    .filter((folder) => existsSync(join(root, folder, 'package.json')))
}

function describe(path) {
  const manifest = readManifest(join(root, path))
  const isPublished = manifest.private !== true
  const isThere = (inside) => existsSync(join(root, inside))
  const tests = testsOfAll[manifest.name] ?? join(path, 'test')
  return {
    name: manifest.name,
    path,
    manifest,
    isPublished,
    projects: readdirSync(join(root, path))
      .filter((name) => /^tsconfig.*\.json$/.test(name))
      .sort()
      .map((name) => join(path, name)),
    entry: isPublished ? [join(path, 'src', 'index.ts')].find(isThere) : undefined,
    typeTests: [join(tests, 'package', 'types'), join(tests, 'types')].find(isThere),
    tests,
  }
}

function inOrder(all) {
  const ordered = new Set()
  const add = (one) => {
    const { dependencies, devDependencies, peerDependencies } = one.manifest
    const needed = { ...dependencies, ...devDependencies, ...peerDependencies }
    all.filter(({ name }) => name !== one.name && Object.hasOwn(needed, name)).forEach(add)
    ordered.add(one)
  }
  all.forEach(add)
  return [...ordered]
}

function readManifest(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
}
