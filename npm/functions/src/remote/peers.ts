/** Clients of servers: packages that only those install who use them. */

import { RegistryError } from '../errors/errors.js'

/** A package is needed here that is not installed. */
export class PeerMissingError extends RegistryError {
  override name = 'PeerMissingError'
  readonly code = 'ERR_ISOLANE_PEER_MISSING'

  /** @internal */
  constructor(
    /** What to install. */
    readonly packageName: string,
    /** With the major version that is meant. */
    range: string,
    options?: ErrorOptions,
  ) {
    super(
      `${packageName} is not installed, and is needed here: npm install ${packageName}@${range}`,
      options,
    )
  }
}

/**
 * What `load` requires. It names the package itself, so that bundlers see it.
 *
 * @throws {PeerMissingError} it is not installed
 */
export function peer<T>(name: string, range: string, load: () => T): T {
  try {
    return load()
  } catch (cause) {
    if (isMissing(cause, name)) throw new PeerMissingError(name, range, { cause })
    throw cause
  }
}

/** Rather than something that the package itself lacks. */
function isMissing(error: unknown, name: string): boolean {
  const { code, message } = error as NodeJS.ErrnoException
  return code === 'MODULE_NOT_FOUND' && message.includes(`'${name}'`)
}
