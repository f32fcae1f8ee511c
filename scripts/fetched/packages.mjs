import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

import { uses } from '../../__test__/packages/uses.mjs'
import { fetchAside } from './aside.mjs'
import { targetDir } from '../lib/paths.mjs'

const packages = Object.keys(uses)
const place = [
  'tools',
  `packages-${createHash('sha256').update(packages.join()).digest('hex').slice(0, 8)}`,
]
/** Of the last one: npm puts them there together. */
const file = [...packages.at(-1).split('@').slice(0, -1), 'package.json']

/** Where the packages are that functions are tried with. */
export const packagesFolder = join(targetDir, ...place)

export function hasPackages() {
  return existsSync(join(packagesFolder, 'node_modules', ...file))
}

/** Fetches them, once. Where they cannot be had, their tests are skipped and say so. */
export async function fetchPackages() {
  try {
    await fetchAside('packages that functions are tried with', place, packages, file)
  } catch (error) {
    console.log(`the packages cannot be had: ${error.message.split('\n')[0]}`)
  }
}
