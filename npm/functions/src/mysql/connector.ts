import { connect } from 'node:net'
import type { Duplex } from 'node:stream'

import type { Connection, ConnectionOptions, createConnection } from 'mysql2'

import type { Connector } from '../remote/connector.js'
import { placeOf } from '../remote/options.js'
import { peer } from '../remote/peers.js'

const mysql2 = peer<{ createConnection: typeof createConnection }>('mysql2', '3', () =>
  // oxlint-disable-next-line typescript/no-require-imports -- it may not be there
  require('mysql2'),
)

/** What statements go over. */
export interface Client {
  readonly client: Connection
}

/** A client, and the socket below it, which the client cannot end without the server. */
interface OwnClient extends Client {
  readonly socket: Duplex
}

/** What a factory of streams is told. */
interface Place {
  config: { host: string; port: number; socketPath?: string }
}

/**
 * Connections to a MySQL or MariaDB. Their sessions give up what waits for a lock when we do, undo what a
 * process has begun that stands still, and cut off no text that is too long.
 */
export function connector(options: ConnectionOptions, timeout: number): Connector<OwnClient> {
  const seconds = Math.ceil(timeout / 1_000)
  return {
    server: `MySQL at ${placeIn(options)}`,
    create(lost) {
      let socket: Duplex | undefined
      const client = mysql2.createConnection({
        connectTimeout: timeout,
        ...options,
        namedPlaceholders: false,
        typeCast: true,
        stream: (place: Place) => (socket = streamOf(options, place)),
      })
      // An 'error' that nobody hears would end the process.
      client.on('error', lost).on('end', lost)
      return { client, socket: socket! }
    },
    async connect({ client }) {
      await new Promise<void>((resolve, reject) => {
        client.connect((error) =>
          error === null || error === undefined ? resolve() : reject(error),
        )
      })
      await client.promise().execute(
        `SET SESSION sql_mode = CONCAT(@@SESSION.sql_mode, ',STRICT_ALL_TABLES'),
            SESSION innodb_lock_wait_timeout = CAST(? AS SIGNED),
            SESSION wait_timeout = CAST(? AS SIGNED)`,
        [seconds, Math.max(60, 2 * seconds)],
      )
    },
    async end({ client }) {
      await client.promise().end()
    },
    destroy({ client, socket }) {
      client.destroy()
      socket.destroy()
    },
  }
}

/** The user's own, or a socket. */
function streamOf({ stream }: ConnectionOptions, place: Place): Duplex {
  if (stream !== undefined) return typeof stream === 'function' ? stream(place) : stream
  const { host, port, socketPath } = place.config
  const socket = socketPath === undefined ? connect(port, host) : connect(socketPath)
  return socket.setNoDelay(true).setKeepAlive(true, 10_000)
}

function placeIn({ uri, socketPath, host = 'localhost', port = 3306 }: ConnectionOptions): string {
  return uri === undefined ? (socketPath ?? `${host}:${port}`) : placeOf(uri)
}
