import { createRequire } from 'node:module'
import { join } from 'node:path'

import { distDir } from './paths.mjs'

/** Engines of the addon that was built last. */
export function builtEngines() {
  const require = createRequire(import.meta.url)
  return require(join(distDir, 'index.js')).engines()
}
