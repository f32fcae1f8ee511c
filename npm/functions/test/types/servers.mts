/** What a user of the stores on servers compiles, as an ES module; never run. */
import { type DataBus, type FunctionStore, tiered } from '@isolane/functions'
import { keyv, type KeyvCache } from '@isolane/functions/keyv'
import { mysql, type MysqlStoreOptions } from '@isolane/functions/mysql'
import { postgres, type PostgresStoreOptions } from '@isolane/functions/postgres'
import {
  redis,
  redisBus,
  type RedisBusOptions,
  type RedisStoreOptions,
} from '@isolane/functions/redis'
import { createClient } from '@redis/client'
import { Keyv } from 'keyv'
import { createPool } from 'mysql2'
import { createPool as createPromisePool } from 'mysql2/promise'
import { Pool } from 'pg'

const inRedis: RedisStoreOptions = {
  connection: { url: 'rediss://localhost', socket: { tls: true, ca: '' } },
  prefix: 'functions',
}
const inPostgres: PostgresStoreOptions = {
  connection: { host: 'localhost', ssl: { ca: '' }, password: async () => 'secret' },
  schema: 'tables',
  connections: 4,
}
const inMysql: MysqlStoreOptions = {
  connection: { socketPath: '/run/mysqld/mysqld.sock', ssl: {} },
  pollInterval: 500,
}
const cache: KeyvCache = keyv({ store: new Keyv().store, ttl: 1_000 })
const stores: FunctionStore[] = [
  redis(inRedis),
  redis({ connection: 'redis://localhost' }),
  postgres(inPostgres),
  mysql(inMysql),
  redis({ client: createClient({ url: 'redis://localhost' }) }),
  postgres({ pool: new Pool({ max: 4 }), schema: 'tables' }),
  mysql({ pool: createPool('mysql://localhost') }),
  mysql({ pool: createPromisePool('mysql://localhost') }),
  tiered({ origin: postgres(), caches: [cache, new Map<string, string>()] }),
]
const place: RedisBusOptions = { connection: inRedis.connection!, prefix: 'a', timeout: 1_000 }
const bus: DataBus = redisBus(place)
redisBus({ client: createClient() })
// @ts-expect-error: there is no such option
redis({ url: 'redis://localhost' })
// @ts-expect-error: milliseconds are a number
mysql({ timeout: '1s' })
export { bus, stores }
