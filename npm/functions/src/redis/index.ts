/**
 * Functions in Redis or Valkey, 6.2 or newer: `@isolane/functions/redis`. Needs the package `@redis/client`.
 *
 * @module
 */

import type { RedisClientOptions, RedisClientType } from '@redis/client'

import type { DataBus } from '../data/bus.js'
import { wrong } from '../errors/errors.js'
import { checkKeys } from '../errors/options.js'
import { Connections } from '../remote/connections.js'
import type { RemoteOptions } from '../remote/connector.js'
import { Feed } from '../remote/feed.js'
import { checkConnection, connectionOptions, remoteOptions } from '../remote/options.js'
import { headOf } from '../remote/texts.js'
import type { FunctionStore } from '../store/store.js'
import { RedisBus } from './bus.js'
import { type Client, clientsOf, connector, duplicatesOf, lentConnector } from './connector.js'
import { RedisStore } from './store.js'

/** Where a Redis is. */
export interface RedisOptions {
  /**
   * `redis[s]://[[user]:password@]host[:port][/database]`, or the options of `createClient` of
   * `@redis/client`, TLS among them. Default: localhost.
   */
  connection?: string | RedisClientOptions
  /**
   * A client of your own, of `createClient` of `@redis/client`, that is connected, in the place of `connection`. The
   * feed has a connection like it; it is not closed with what is made here.
   */
  client?: RedisClientType<any, any, any, any, any>
  /** Begins the names of all keys and channels, as `{prefix}:…`. Default: `isolane`. */
  prefix?: string
}

/** Options of {@link redis}. */
export interface RedisStoreOptions extends RedisOptions, RemoteOptions {}

/** Options of {@link redisBus}. */
export interface RedisBusOptions extends RedisOptions, Pick<RemoteOptions, 'timeout'> {}

const KNOWN = ['connection', 'client', 'prefix', 'timeout']

/** A store in Redis. What several processes open with one prefix is one log. */
export function redis(options: RedisStoreOptions = {}): FunctionStore {
  checkKeys(options, [...KNOWN, 'connections'])
  const prefix = prefixOf(options)
  const remote = remoteOptions(options)
  const channel = `{${prefix}}:feed`
  const { calls, feed } = connectorsOf(options, channel, headOf)
  return new RedisStore(new Connections(calls, remote), new Feed(feed, remote.timeout), {
    prefix,
    channel,
  })
}

/**
 * Carries invalidations of data between processes, by a channel of a Redis: what several open with one prefix
 * hear each other. For one cache, as its option `bus`.
 */
export function redisBus(options: RedisBusOptions = {}): DataBus {
  checkKeys(options, KNOWN)
  const channel = `{${prefixOf(options)}}:data`
  const remote = remoteOptions({ ...options, connections: 1 })
  const { calls, feed } = connectorsOf(options, channel, (message) => message)
  return new RedisBus(new Connections(calls, remote), new Feed(feed, remote.timeout), channel)
}

function prefixOf({ prefix = 'isolane' }: RedisOptions): string {
  if (typeof prefix === 'string' && /^[\w.:/-]{1,200}$/.test(prefix)) return prefix
  throw wrong('prefix', 'up to 200 letters, digits and characters of . : / _ -', prefix)
}

/** For calls, and for the feed. */
function connectorsOf<M>(
  options: RedisOptions,
  channel: string,
  read: (message: string) => M | undefined,
) {
  checkConnection(options, 'client', options.client, { keys: [], make: '' })
  if (options.client !== undefined) {
    const client = clientOf(options.client)
    const feed = connector(duplicatesOf(client), channel, read)
    return { calls: lentConnector(client), feed }
  }
  const example = 'redis://localhost:6379'
  const fromUrl = (url: string) => ({ url })
  const config = connectionOptions<RedisClientOptions>(options.connection, example, fromUrl)
  const made = connector(clientsOf(config), channel, read)
  return { calls: made, feed: made }
}

/** @throws {InvalidArgumentError} */
function clientOf(given: NonNullable<RedisOptions['client']>): Client {
  const { sendCommand, duplicate, subscribe, masters } = (given ?? {}) as Record<string, unknown>
  const isClient = [sendCommand, duplicate, subscribe].every((each) => typeof each === 'function')
  // A cluster's commands are sent otherwise.
  if (isClient && masters === undefined) return given as unknown as Client
  throw wrong('client', 'a client of @redis/client (createClient), not of a cluster', given)
}

export { PeerMissingError } from '../remote/peers.js'
