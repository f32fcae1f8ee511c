import type { RedisClientOptions, createClient } from '@redis/client'

import type { Connector } from '../remote/connector.js'
import type { FeedConnector } from '../remote/feed.js'
import { placeOf } from '../remote/options.js'
import { peer } from '../remote/peers.js'

const client = peer<{ createClient: typeof createClient }>('@redis/client', '6', () =>
  // oxlint-disable-next-line typescript/no-require-imports -- it may not be there
  require('@redis/client'),
)

export type Client = ReturnType<typeof client.createClient>

/** Makes a client with some options of our own. */
export type MakeClient = (own: RedisClientOptions) => Client

/** As options say; and where that is, for messages. */
export function clientsOf(options: RedisClientOptions): { make: MakeClient; server: string } {
  return {
    make: (own) =>
      client.createClient({
        ...options,
        ...own,
        socket: { ...options.socket, ...own.socket },
      } as RedisClientOptions) as Client,
    server: `Redis at ${placeIn(options)}`,
  }
}

/** Like a client of the user's. */
export function duplicatesOf(theirs: Client): { make: MakeClient; server: string } {
  return {
    make: (own) =>
      theirs.duplicate({
        ...own,
        socket: { ...theirs.options.socket, ...own.socket } as never,
      }) as Client,
    server: 'Redis of the given client',
  }
}

/**
 * Connections to a Redis; on its own one, the feed's channel is subscribed to.
 *
 * @param read what a message says; `undefined` where that is nothing
 */
export function connector<M>(
  { make, server }: { make: MakeClient; server: string },
  channel: string,
  read: (message: string) => M | undefined,
): FeedConnector<Client, M> {
  return {
    server,
    create(lost) {
      // What is lost is made again by its owner, who knows what to do meanwhile.
      const made = make({ disableOfflineQueue: true, socket: { reconnectStrategy: false } })
      // An 'error' that nobody hears would end the process.
      return made.on('error', lost).on('end', lost)
    },
    async connect(made) {
      await made.connect()
    },
    async end(made) {
      await made.close()
    },
    destroy(made) {
      try {
        made.destroy()
      } catch {
        // It has been closed.
      }
    },
    async listen(made, hint: (message?: M) => void) {
      await made.subscribe(channel, (message: string) => hint(read(message)))
    },
    async check(made) {
      await made.ping()
    },
  }
}

/** The user's client: its commands wait in one line with ours, and it is left as it is. */
export function lentConnector(theirs: Client): Connector<Client> {
  return {
    server: 'Redis of the given client',
    isLent: true,
    create: () => Object.create(theirs) as Client,
    async connect() {},
    async end() {},
    destroy() {},
  }
}

function placeIn({ url, socket }: RedisClientOptions): string {
  if (url !== undefined) return placeOf(url)
  const {
    path,
    host = 'localhost',
    port = 6379,
  } = (socket ?? {}) as {
    path?: string
    host?: string
    port?: number
  }
  return path ?? `${host}:${port}`
}
