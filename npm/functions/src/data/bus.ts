import { wrong } from '../errors/errors.js'

/**
 * Carries short texts between the caches of several processes. They are hints: one may be lost, come twice, or
 * be anybody's.
 */
export interface DataBus {
  /** Sends a text to all that hear; whether the sender is among them is of no account. */
  publish(message: string): Promise<void>
  /**
   * Calls `hear` with each text; and with nothing whenever some may have been missed, such as with each new
   * connection. Resolves once nothing more is missed, or the first attempt to connect has failed.
   *
   * @returns what ends it
   */
  subscribe(hear: (message?: string) => void): Promise<() => Promise<void>>
  /** The cache has been closed. */
  close?(): Promise<void>
}

/** @throws {InvalidArgumentError} */
export function checkBus(bus: unknown): asserts bus is DataBus {
  const { publish, subscribe } = (bus ?? {}) as Partial<DataBus>
  if (typeof publish !== 'function' || typeof subscribe !== 'function') {
    throw wrong('options.bus', 'a DataBus, such as redisBus() gives', bus)
  }
}
