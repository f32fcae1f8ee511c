import { existsSync } from 'node:fs'
import { join } from 'node:path'

import { fetchAside } from './aside.mjs'
import { targetDir } from '../lib/paths.mjs'

/** Test runners that load packages in contexts of their own, fetched together. */
const runners = { jest: '30.5.2', vitest: '3.2.4' }

const programs = { jest: ['jest', 'bin', 'jest.js'], vitest: ['vitest', 'vitest.mjs'] }
const place = ['tools', 'runners', Object.values(runners).join()]

/** Where they are, and what they load is looked for. */
export const runnersFolder = join(targetDir, ...place)

/**
 * @param {'jest' | 'vitest'} name
 * @returns {string | undefined} the runner's script, where it has been fetched
 */
export function runnerScript(name) {
  const path = join(runnersFolder, 'node_modules', ...programs[name])
  return existsSync(path) ? path : undefined
}

/** Fetches them, once. Where they cannot be had, their tests are skipped and say so. */
export async function fetchRunners() {
  const packages = Object.entries(runners).map(([name, version]) => `${name}@${version}`)
  try {
    await fetchAside('jest and vitest', place, packages, programs.vitest)
  } catch (error) {
    console.log(`jest and vitest cannot be had: ${error.message.split('\n')[0]}`)
  }
}
