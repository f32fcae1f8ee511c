import { ask } from '../addon/failure.js'
import { binding } from '../addon/native.js'

/** Version of this package. */
export const version: string = (require('../../package.json') as { version: string }).version

/** Versions of what runs. */
export interface Versions {
  /** This package. */
  isolane: string
  /** The embedded V8; `undefined` in a build without it. */
  v8: string | undefined
}

/**
 * Versions of what runs. Loads the addon.
 *
 * @throws {EngineUnavailableError} where the addon cannot be loaded
 */
export function versions(): Versions {
  const addon = binding()
  const v8 = ask('name its V8', () => addon.v8Version())
  return { isolane: version, v8: v8 ?? undefined }
}
