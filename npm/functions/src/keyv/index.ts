/**
 * Any storage that Keyv 5 reaches, as a cache for texts of functions: `@isolane/functions/keyv`. Needs the
 * package `keyv`, and the adapter of the storage.
 *
 * It is no store: what it says to have written may not be there, and of two who write at once it refuses
 * neither. So the truth stays with the origin of `tiered`, and a text counts only if its hash fits.
 *
 * @module
 */

import type { Keyv, KeyvOptions } from 'keyv'

import { wrong } from '../errors/errors.js'
import { checkKeys } from '../errors/options.js'
import { count } from '../remote/options.js'
import { peer } from '../remote/peers.js'

const { Keyv: KeyvClass } = peer<{ Keyv: typeof Keyv }>('keyv', '5', () =>
  // oxlint-disable-next-line typescript/no-require-imports -- it may not be there
  require('keyv'),
)

/** Texts do not change; but what nobody asks for any more should not stay for ever. */
const WEEK_MS = 7 * 24 * 60 * 60 * 1_000

/** Options of {@link keyv}. */
export interface KeyvCacheOptions {
  /** The adapter, such as `new KeyvRedis(url)` or a `Map`. Default: a `Map`. */
  store?: KeyvOptions['store']
  /** Begins all keys. Default: `isolane`. */
  namespace?: string
  /** Milliseconds that a text stays at most; the longest time is 2³¹ - 1. Default: 7 days. */
  ttl?: number
}

/** A cache for `tiered`. */
export interface KeyvCache {
  /** Rejects where the storage fails; then the next tier is asked. */
  get(key: string): Promise<string | undefined>
  /** Rejects where the storage says that it has not written. */
  set(key: string, value: string): Promise<void>
  /** Lets go of the storage. */
  close(): Promise<void>
}

const KNOWN = ['store', 'namespace', 'ttl']

/** A cache in a storage that Keyv reaches. Its failures reject, and end no process. */
export function keyv(options: KeyvCacheOptions = {}): KeyvCache {
  checkKeys(options, KNOWN)
  const { store, namespace = 'isolane' } = options
  if (typeof namespace !== 'string') throw wrong('namespace', 'a string', namespace)
  const ttl = count('ttl', options.ttl ?? WEEK_MS, 2 ** 31 - 1)
  const cache = new KeyvClass({
    ...(store === undefined ? {} : { store }),
    namespace,
    ttl,
    throwOnErrors: true,
  })
  // An 'error' that nobody hears would end the process; calls reject with it anyway.
  cache.on('error', () => {})
  return {
    async get(key) {
      const value: unknown = await cache.get(key)
      return typeof value === 'string' ? value : undefined
    },
    async set(key, value) {
      if (!(await cache.set(key, value))) throw new Error('The storage has not kept the value')
    },
    close: () => cache.disconnect(),
  }
}

export { PeerMissingError } from '../remote/peers.js'
