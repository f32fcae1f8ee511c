import { copyFileSync, cpSync, existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'

import { packages } from '../lib/packages.mjs'
import { root } from '../lib/paths.mjs'
import { Refusal } from '../lib/steps.mjs'
import { addonNotices } from '../notices.mjs'
import { declarationsFrom } from './types.mjs'

const platformsFolder = join(root, 'npm', 'platforms')

/**
 * Puts every package that is published together in a folder of its own, so that the checkout stays as
 * it is.
 *
 * @param {string} place for the folders, which is empty
 * @param {string[]} addons the built files; a platform package is put together for each
 * @returns {string[]} the folders, each after those that it depends on
 */
export function stage(place, addons) {
  const platforms = addons.map((addon) => stagePlatform(place, addon))
  const names = platforms.map((folder) => readManifest(folder).name)
  const others = packages().filter(({ isPublished }) => isPublished)
  return [...platforms, ...others.map((one) => stagePackage(place, one, names))]
}

/** The names of the files that all platform packages together hold. */
export function addonNames() {
  return readdirSync(platformsFolder).map((name) => readManifest(join(platformsFolder, name)).main)
}

function stagePlatform(place, addon) {
  const name = readdirSync(platformsFolder).find(
    (each) => readManifest(join(platformsFolder, each)).main === basename(addon),
  )
  if (name === undefined) throw new Refusal(`${addon} belongs to none of ${platformsFolder}`)
  const folder = join(place, name)
  cpSync(join(platformsFolder, name), folder, { recursive: true })
  copyFileSync(addon, join(folder, basename(addon)))
  for (const file of [join(root, 'LICENSE'), addonNotices]) {
    copyFileSync(file, join(folder, basename(file)))
  }
  return folder
}

/**
 * A package of users, without what was made for tests: the addon that lies beside its loader, and
 * declarations of what it does not export.
 */
function stagePackage(place, { name, path, manifest }, platformNames) {
  const folder = join(place, name)
  const declarations = new Set(
    typesOf(manifest.exports).flatMap((types) => [...declarationsFrom(join(root, path, types))]),
  )
  const filter = (source) =>
    source.endsWith('.d.ts') ? declarations.has(source) : !source.endsWith('.node')
  for (const entry of ['LICENSE', 'README.md', 'THIRD-PARTY-NOTICES.txt', ...topLevel(manifest)]) {
    const source = join(root, path, entry)
    if (existsSync(source)) cpSync(source, join(folder, entry), { recursive: true, filter })
  }
  // Written when it is packed: npm could not make a lock file of a checkout that names what is not yet published.
  const optionalDependencies =
    manifest.napi === undefined
      ? undefined
      : Object.fromEntries(platformNames.map((each) => [each, manifest.version]))
  const text = JSON.stringify({ ...manifest, optionalDependencies }, null, 2)
  writeFileSync(join(folder, 'package.json'), `${text}\n`)
  return folder
}

/** The declarations of all entries of a package. */
function typesOf(exported) {
  if (typeof exported === 'string') return exported.endsWith('.d.ts') ? [exported] : []
  return Object.values(exported).flatMap(typesOf)
}

function topLevel({ files }) {
  return [...new Set(files.map((pattern) => pattern.split('/')[0]))]
}

function readManifest(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
}
