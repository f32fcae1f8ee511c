/**
 * Functions in PostgreSQL, 12 or newer: `@isolane/functions/postgres`. Needs the package `pg`.
 *
 * @module
 */

import type { ClientConfig, Pool } from 'pg'

import { wrong } from '../errors/errors.js'
import { checkKeys } from '../errors/options.js'
import { Connections } from '../remote/connections.js'
import type { RemoteOptions } from '../remote/connector.js'
import { Feed, type FeedConnector } from '../remote/feed.js'
import { checkConnection, connectionOptions, identifier, remoteOptions } from '../remote/options.js'
import { SqlStore } from '../sql/store.js'
import type { FunctionStore } from '../store/store.js'
import { type Client, connector } from './connector.js'
import { PostgresDialect } from './dialect.js'
import { lentConnector } from './lent.js'
import { statements } from './statements.js'

/** Options of {@link postgres}. */
export interface PostgresStoreOptions extends RemoteOptions {
  /**
   * `postgres://[user[:password]@]host[:port]/database`, or the options of `Client` of `pg`, TLS among
   * them. Default: what the variables of the environment say (`PGHOST` and the others).
   */
  connection?: string | ClientConfig
  /**
   * A pool of your own, of `pg`, in the place of `connection`. Each call takes one of its connections, and the feed
   * keeps one; it is not closed with the store.
   */
  pool?: Pool
  /** The schema in which the tables are; it must be there. Default: the first of the connection's search path. */
  schema?: string
  /** Begins the names of all tables. Default: `isolane_functions`. */
  prefix?: string
}

const KNOWN = ['connection', 'pool', 'schema', 'prefix', 'timeout', 'connections']

/** Options of `Pool` that `Client` does not have. */
const OF_POOLS = {
  keys: ['max', 'min', 'idleTimeoutMillis', 'maxUses', 'maxLifetimeSeconds', 'allowExitOnIdle'],
  make: 'new Pool({ … })',
}

/** A store in PostgreSQL. It makes its tables when they are not there. */
export function postgres(options: PostgresStoreOptions = {}): FunctionStore {
  checkKeys(options, KNOWN)
  const prefix = identifier('prefix', options.prefix ?? 'isolane_functions')
  const schema = options.schema === undefined ? undefined : identifier('schema', options.schema)
  const remote = remoteOptions(options)
  const { pool } = options
  checkConnection(options, 'pool', pool, OF_POOLS)
  if (pool !== undefined) checkPool(pool)
  const config = connectionOptions<ClientConfig>(
    options.connection,
    'postgres://localhost/functions',
    (connectionString) => ({ connectionString }),
  )
  // Also the name of the lock: databases have their own channels and locks.
  const channel = prefix
  const dialect = new PostgresDialect(statements(schema, prefix), channel)
  const storeOn = <C extends Client>(made: FeedConnector<C>) =>
    new SqlStore(new Connections(made, remote), dialect, new Feed(made, remote.timeout))
  if (pool !== undefined) return storeOn(lentConnector(pool, channel))
  return storeOn(connector(config, channel))
}

/** @throws {InvalidArgumentError} */
function checkPool(pool: Partial<Pool> | null): void {
  if (typeof pool?.connect !== 'function' || typeof pool.query !== 'function') {
    throw wrong('pool', 'a Pool of pg', pool)
  }
  // Of a client, its connect gives no other; of a pool of one, the feed would have that.
  const most = pool.options?.max
  if (!(typeof most === 'number' && most >= 2)) {
    throw wrong('pool', 'a Pool of pg with at least 2 connections (max)', most)
  }
}

export { PeerMissingError } from '../remote/peers.js'
