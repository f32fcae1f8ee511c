import { createRequire } from 'node:module'
import { join } from 'node:path'
import { startPool } from './isolane-pool.mjs'

const require = createRequire(import.meta.url)

/** The name of the contender that is the build in a checkout, on an engine. */
export const buildName = (checkout, engine) => `${engine}@${checkout}`

/** The contender of that name; undefined for the name of another kind. */
export function loadBuild(name) {
  const [, engine, checkout] = /^(v8|node)@(.+)$/.exec(name) ?? []
  if (engine === undefined) return undefined
  const { Pool } = require(join(checkout, 'npm', 'isolane'))
  return { start: (options) => startPool(Pool, engine, options) }
}
