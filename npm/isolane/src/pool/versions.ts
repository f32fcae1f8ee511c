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
  return { isolane: version, v8: binding().v8Version() ?? undefined }
}
