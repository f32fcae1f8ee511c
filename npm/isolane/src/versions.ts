import { binding } from './native.js'

/** Version of this package. */
export const version: string = (require('../package.json') as { version: string }).version

/** Versions of what runs: this package and the embedded V8. Loads the addon. */
export function versions(): { isolane: string; v8: string } {
  return { isolane: version, v8: binding().v8Version() }
}

/** Engines that this build has. Loads the addon. */
export function engines(): string[] {
  return binding().engines()
}
