/**
 * Functions in MySQL, 8.0 or newer, or MariaDB, 10.5 or newer: `@isolane/functions/mysql`. Needs the package
 * `mysql2`.
 *
 * @module
 */

import type { ConnectionOptions, Pool } from 'mysql2'

import { wrong } from '../errors/errors.js'
import { checkKeys } from '../errors/options.js'
import { Connections } from '../remote/connections.js'
import type { Connector, RemoteOptions } from '../remote/connector.js'
import {
  checkConnection,
  connectionOptions,
  count,
  identifier,
  remoteOptions,
} from '../remote/options.js'
import { Poller } from '../remote/poller.js'
import { SqlStore } from '../sql/store.js'
import type { FunctionStore } from '../store/store.js'
import { type Client, connector } from './connector.js'
import { MysqlDialect } from './dialect.js'
import { lentConnector } from './lent.js'
import { statements } from './statements.js'

/** Options of {@link mysql}. */
export interface MysqlStoreOptions extends RemoteOptions {
  /**
   * `mysql://[user[:password]@]host[:port]/database`, or the options of `createConnection` of `mysql2`, TLS
   * among them. Default: localhost, which has no database yet.
   */
  connection?: string | ConnectionOptions
  /**
   * A pool of your own, of `mysql2` or `mysql2/promise`, in the place of `connection`. Each call takes one of its
   * connections and gives it back as it was; it is not closed with the store.
   */
  pool?: Pool | { readonly pool: Pool }
  /** Begins the names of all tables. Default: `isolane_functions`. */
  prefix?: string
  /** Milliseconds between looks at the head of the log, since MySQL tells nothing by itself. Default: 1,000. */
  pollInterval?: number
}

const KNOWN = ['connection', 'pool', 'prefix', 'timeout', 'connections', 'pollInterval']

/** Options of `createPool` that `createConnection` does not have. */
const OF_POOLS = {
  keys: ['connectionLimit', 'waitForConnections', 'queueLimit', 'maxIdle', 'idleTimeout'],
  make: 'createPool({ … })',
}

/** A store in MySQL or MariaDB. It makes its tables when they are not there. */
export function mysql(options: MysqlStoreOptions = {}): FunctionStore {
  checkKeys(options, KNOWN)
  const prefix = identifier('prefix', options.prefix ?? 'isolane_functions')
  const pollInterval = count('pollInterval', options.pollInterval ?? 1_000, 2 ** 31 - 1)
  const remote = remoteOptions(options)
  checkConnection(options, 'pool', options.pool, OF_POOLS)
  const pool = options.pool === undefined ? undefined : poolOf(options.pool)
  const config = connectionOptions<ConnectionOptions>(
    options.connection,
    'mysql://localhost/functions',
    (uri) => ({ uri }),
  )
  const poller: Poller = new Poller(() => store.head(), pollInterval)
  const dialect = new MysqlDialect(statements(prefix))
  const storeOn = <C extends Client>(made: Connector<C>) =>
    new SqlStore(new Connections(made, remote), dialect, poller)
  const store: FunctionStore =
    pool === undefined
      ? storeOn(connector(config, remote.timeout))
      : storeOn(lentConnector(pool, remote.timeout))
  return store
}

/** @throws {InvalidArgumentError} */
function poolOf(given: NonNullable<MysqlStoreOptions['pool']>): Pool {
  // That of `mysql2/promise` is one around it.
  const pool = (given as { readonly pool?: Pool } | null)?.pool ?? (given as Pool | null)
  if (typeof pool?.getConnection === 'function') return pool
  throw wrong('pool', 'a pool of mysql2 (createPool)', given)
}

export { PeerMissingError } from '../remote/peers.js'
