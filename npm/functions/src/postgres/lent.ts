import type { Pool, PoolClient } from 'pg'

import type { FeedConnector } from '../remote/feed.js'
import { LentClient } from '../remote/lent.js'
import { headOf } from '../remote/texts.js'
import type { Head } from '../store/store.js'

/** Connections that a pool of the user's lends for a call each, and one for the feed, for as long as it listens. */
export function lentConnector(pool: Pool, channel: string): FeedConnector<LentClient<PoolClient>> {
  const lender = {
    take: () => pool.connect(),
    giveBack: (client: PoolClient, isSpoilt: boolean) => client.release(isSpoilt),
  }
  return {
    server: 'PostgreSQL of the given pool',
    isLent: true,
    create: (lost) => new LentClient(lender, lost),
    connect: (lent) => lent.take(),
    async end(lent) {
      lent.giveBack(false)
    },
    destroy: (lent) => lent.giveBack(true),
    async listen({ client }, hint: (head?: Head) => void) {
      client.on('notification', ({ payload }) => hint(headOf(payload)))
      await client.query(`LISTEN "${channel}"`)
    },
    async check({ client }) {
      await client.query('SELECT')
    },
  }
}
