import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

import type { Client as PgClient, ClientBase, ClientConfig } from 'pg'

import type { FeedConnector } from '../remote/feed.js'
import { placeOf } from '../remote/options.js'
import { peer } from '../remote/peers.js'
import { headOf } from '../remote/texts.js'
import type { Head } from '../store/store.js'

const pg = peer<{ Client: typeof PgClient }>('pg', '8', () =>
  // oxlint-disable-next-line typescript/no-require-imports -- it may not be there
  require('pg'),
)

/** What statements go over. */
export interface Client {
  readonly client: ClientBase
}

/** A client, and the socket below it: the client itself can only take leave, which needs a server that answers. */
interface OwnClient extends Client {
  readonly client: PgClient
  readonly socket: Duplex
}

/** Connections to a PostgreSQL; on its own one, the feed's channel is listened to. */
export function connector(options: ClientConfig, channel: string): FeedConnector<OwnClient> {
  return {
    server: `PostgreSQL at ${placeIn(options)}`,
    create(lost) {
      const socket = options.stream?.() ?? new Socket()
      const client = new pg.Client({
        application_name: 'isolane',
        keepAlive: true,
        ...options,
        stream: () => socket,
      })
      // An 'error' that nobody hears would end the process.
      client.on('error', lost).on('end', lost)
      return { client, socket }
    },
    async connect({ client }) {
      await client.connect()
    },
    async end({ client }) {
      await client.end()
    },
    destroy({ socket }) {
      socket.destroy()
    },
    async listen({ client }, hint: (head?: Head) => void) {
      client.on('notification', ({ payload }) => hint(headOf(payload)))
      await client.query(`LISTEN "${channel}"`)
    },
    async check({ client }) {
      await client.query('SELECT')
    },
  }
}

function placeIn({ connectionString, host = 'localhost', port = 5432 }: ClientConfig): string {
  return connectionString === undefined ? `${host}:${port}` : placeOf(connectionString)
}
