/** Checks of what stores on servers are told. */

import { InvalidArgumentError, wrong } from '../errors/errors.js'
import type { RemoteOptions } from './connector.js'

/** What every store on a server is told beside its connection, with the defaults filled in. */
export function remoteOptions(options: RemoteOptions): Required<RemoteOptions> {
  return {
    timeout: count('timeout', options.timeout ?? 5_000, 2 ** 31 - 1),
    connections: count('connections', options.connections ?? 2, 1_000),
  }
}

/** A whole number from 1. */
export function count(name: string, value: unknown, most: number): number {
  const isOne = Number.isInteger(value) && (value as number) >= 1 && (value as number) <= most
  if (!isOne) throw wrong(name, `a whole number from 1 to ${most}`, value)
  return value as number
}

/** What begins the names of tables, which are quoted all the same. */
export function identifier(name: string, value: unknown): string {
  if (typeof value === 'string' && /^[A-Za-z_][A-Za-z0-9_]{0,39}$/.test(value)) return value
  throw wrong(name, 'up to 40 letters, digits and underscores, no digit first', value)
}

/**
 * The options of a client, or the URL that stands for them, as options. Never the caller's own object.
 *
 * @param example of such a URL
 */
export function connectionOptions<T extends object>(
  connection: unknown,
  example: string,
  fromUrl: (url: string) => T,
): T {
  if (connection === undefined) return {} as T
  if (typeof connection === 'object' && connection !== null) return { ...connection } as T
  if (typeof connection !== 'string') {
    throw wrong('connection', `the client's options or a URL such as ${example}`, connection)
  }
  // What it holds instead may be secret.
  if (!URL.canParse(connection)) throw wrong('connection', `a URL such as ${example}`, undefined)
  return fromUrl(connection)
}

/**
 * Refuses a connection beside what stands for it, and options of it that only a pool has.
 *
 * @param name of the option that stands for it
 * @param ofPools those options, and how a pool with them is made
 */
export function checkConnection(
  options: { readonly connection?: unknown },
  name: string,
  given: unknown,
  ofPools: { readonly keys: readonly string[]; readonly make: string },
): void {
  const { connection } = options
  if (given !== undefined && connection !== undefined) {
    throw new InvalidArgumentError(`connection and ${name} contradict each other; leave one away`)
  }
  if (typeof connection !== 'object' || connection === null) return
  const key = ofPools.keys.find((each) => Object.hasOwn(connection, each))
  if (key === undefined) return
  throw new InvalidArgumentError(
    `connection.${key} is an option of pools; pass ${name}: ${ofPools.make}, or use the option connections`,
  )
}

/** Where a URL leads, without what is secret in it. */
export function placeOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'the given URL'
}
