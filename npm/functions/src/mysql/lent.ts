import type { Pool, PoolConnection } from 'mysql2'

import type { Connector } from '../remote/connector.js'
import { LentClient, type Lender } from '../remote/lent.js'

function lenderOf(pool: Pool): Lender<PoolConnection> {
  return {
    take: () =>
      new Promise((resolve, reject) => {
        pool.getConnection((error, connection) => {
          if (error === null || error === undefined) resolve(connection)
          else reject(error)
        })
      }),
    giveBack(client, isSpoilt) {
      if (isSpoilt) client.destroy()
      else client.release()
    },
  }
}

/** Connections that a pool of the user's lends for a call each. Their sessions go back as they were. */
export function lentConnector(pool: Pool, timeout: number): Connector<LentClient<PoolConnection>> {
  const lender = lenderOf(pool)
  const seconds = Math.ceil(timeout / 1_000)
  return {
    server: 'MySQL of the given pool',
    isLent: true,
    create: (lost) => new LentClient(lender, lost),
    async connect(lent) {
      await lent.take()
      const session = lent.client.promise()
      await session.query(
        `SET @isolane_mode = @@SESSION.sql_mode, @isolane_wait = @@SESSION.innodb_lock_wait_timeout`,
      )
      await session.execute(
        `SET SESSION sql_mode = CONCAT(@@SESSION.sql_mode, ',STRICT_ALL_TABLES'),
            SESSION innodb_lock_wait_timeout = CAST(? AS SIGNED)`,
        [seconds],
      )
    },
    async end(lent) {
      await lent.client
        .promise()
        .query(
          `SET SESSION sql_mode = @isolane_mode, SESSION innodb_lock_wait_timeout = @isolane_wait`,
        )
      lent.giveBack(false)
    },
    destroy: (lent) => lent.giveBack(true),
  }
}
