/** The store in PostgreSQL. */
import assert from 'node:assert/strict'
import { Socket } from 'node:net'
import { before, describe, test } from 'node:test'

import { postgres } from '@isolane/functions/postgres'
import { storeContract } from '@isolane/functions/testing'
import { Client, Pool } from 'pg'

import {
  certificateIn,
  withoutCertificates,
} from '../../../../__test__/support/servers/certificate.mjs'
import { account, onServer } from '../../../../__test__/support/servers/index.mjs'
import { settled, until } from '../../../../__test__/support/waiting.mjs'
import { commitSoon, publication } from '../support/changes.mjs'
import { commandsOnServers } from '../support/commands-on-servers.mjs'
import { fleets } from '../support/fleets.mjs'
import { outages, rejectsWhileHung } from '../support/outages.mjs'
import { placesOf, usingStores } from '../support/places.mjs'
import { registriesOnServers } from '../support/registries-on-servers.mjs'

onServer('postgres', (server) => {
  const connection = (port = server().port) => ({
    host: '127.0.0.1',
    port,
    database: 'postgres',
    ...account,
  })
  const newPlace = placesOf({
    subpath: 'postgres',
    name: 'postgres',
    make: postgres,
    options: ({ prefix, port }) => ({ connection: connection(port), prefix }),
  })

  describe('is a store', () => {
    const cases = storeContract(async () => newPlace())
    for (const { name, run } of cases) test(name, run)
  })

  describe('when its server is away', () => outages(server, newPlace))
  describe('of several processes', () => fleets(newPlace))
  describe('of registries', () => registriesOnServers(server, newPlace))
  describe('by a URL', () => {
    const { user, password } = account
    const rest = () =>
      `//${user}:${encodeURIComponent(password)}@127.0.0.1:${server().port}/postgres`
    const urls = () => ['postgres', 'postgresql'].map((scheme) => `${scheme}:${rest()}`)
    commandsOnServers(urls, postgres)
  })

  describe('with the rights of a user', () => {
    const url = () => `postgres://reader:secret@127.0.0.1:${server().port}/postgres`
    before(() => asAdmin('CREATE ROLE reader LOGIN PASSWORD $$secret$$', 'CREATE SCHEMA tables'))

    test('needs no more than are documented, once the tables are there', async () => {
      const { prefix } = newPlace()
      const options = { schema: 'tables', prefix, timeout: 60_000 }
      const place = (by) => ({ open: () => postgres({ ...options, connection: by }) })
      await usingStores(place(url()), async (open) => {
        await assert.rejects(settled(open().head()), {
          code: 'ERR_ISOLANE_STORE_UNAVAILABLE',
          message: /permission denied/,
        })
      })
      await usingStores(place(connection()), (open) => open().head())
      await asAdmin(
        'GRANT USAGE ON SCHEMA tables TO reader',
        'GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA tables TO reader',
      )
      await usingStores(place(url()), async (open) => {
        const store = open()
        await store.watch(() => {})
        const head = await commitSoon(store, publication(['a', 'b']))
        await store.read(head)
        await store.records([{ name: 'a', version: 1 }])
        assert.equal((await store.history({ name: 'a' })).length, 1)
      })
    })
  })

  test('makes its tables again when they have been dropped', async () => {
    const place = newPlace()
    await usingStores(place, async (open) => {
      const store = open()
      const head = await commitSoon(store, publication(['a']))
      const tables = ['head', 'changes', 'names', 'entries', 'versions']
      await asAdmin(...tables.map((name) => `DROP TABLE "${place.prefix}_${name}"`))
      const { head: now, full, entries } = await store.read(head)
      assert.deepEqual(now, { revision: 0, id: '' })
      assert.deepEqual([full, entries], [true, []])
    })
  })

  test('does not touch a log of a newer layout', async () => {
    const place = newPlace()
    await usingStores(place, async (open) => {
      await open().head()
      await asAdmin(`UPDATE "${place.prefix}_head" SET layout = 2`)
      await assert.rejects(open().head(), {
        code: 'ERR_ISOLANE_STORE_CORRUPT',
        message: /layout 2.*update/,
      })
    })
  })

  test('commits where the database asks for serializable transactions', async () => {
    const place = newPlace()
    const options = '-c default_transaction_isolation=serializable'
    const open = () =>
      postgres({
        connection: { ...connection(), options },
        prefix: place.prefix,
        timeout: 60_000,
      })
    await usingStores({ open }, async (openOne) => {
      const stores = Array.from({ length: 4 }, openOne)
      await Promise.all(
        stores.map(async (store, index) => {
          for (let version = 1; version <= 5; version++) {
            await commitSoon(store, publication([`name-${index}`], { version }))
          }
        }),
      )
      assert.equal((await stores[0].head()).revision, 20)
    })
  })

  test('goes over TLS as its client is told to', { skip: withoutCertificates }, async () => {
    const { prefix } = newPlace()
    const { cert } = certificateIn(server().folder)
    const open = (ssl) =>
      postgres({ connection: { ...connection(), ssl }, prefix, timeout: 60_000 })
    await usingStores({ open }, async (openOne) => {
      await commitSoon(openOne({ ca: cert }), publication(['a']))
      await assert.rejects(settled(openOne(true).head()), {
        code: 'ERR_ISOLANE_STORE_UNAVAILABLE',
        message: /self.signed certificate/,
      })
    })
  })

  describe('on a pool of the user’s', () => {
    const newPool = (max) => new Pool({ ...connection(), max }).on('error', () => {})

    describe('is a store', () => {
      const cases = storeContract(async () => {
        const { prefix } = newPlace()
        const pool = newPool(20)
        return { open: async () => postgres({ pool, prefix }), remove: () => pool.end() }
      })
      for (const { name, run } of cases) test(name, run)
    })

    test('gives back what it takes, and leaves the pool open', async () => {
      const pool = newPool(3)
      const { prefix } = newPlace()
      try {
        const store = postgres({ pool, prefix, timeout: 60_000 })
        let hints = 0
        await store.watch(() => (hints += 1))
        await commitSoon(store, publication(['a']))
        await until(() => hints > 1, 'the feed works')
        await Promise.all(Array.from({ length: 10 }, () => store.head()))
        assert.equal(pool.totalCount - pool.idleCount, 1)
        await store.close()
        assert.equal(pool.totalCount - pool.idleCount, 0)
        const client = await pool.connect()
        assert.equal(client.listenerCount('end'), 0)
        assert.equal((await client.query('SELECT 1 AS one')).rows[0].one, 1)
        client.release()
      } finally {
        await pool.end()
      }
    })

    test('rejects in time while the server hangs, and goes on when it does', async () => {
      const pool = newPool(2)
      const { prefix } = newPlace()
      try {
        await commitSoon(postgres({ pool, prefix, timeout: 60_000 }), publication(['a']))
        const store = postgres({ pool, prefix, timeout: 500 })
        await rejectsWhileHung(server(), store)
      } finally {
        await pool.end()
      }
    })
  })

  test('goes over the stream that its client is given', async () => {
    let made = 0
    const stream = () => {
      made += 1
      return new Socket()
    }
    const open = () => postgres({ connection: { ...connection(), stream }, timeout: 60_000 })
    await usingStores({ open }, async (openOne) => {
      assert.ok((await openOne().head()).revision >= 0)
      assert.equal(made, 1)
    })
  })

  async function asAdmin(...statements) {
    const client = new Client(connection())
    client.on('error', () => {})
    await client.connect()
    try {
      for (const statement of statements) await client.query(statement)
    } finally {
      await client.end()
    }
  }
})

test('options of PostgreSQL that cannot be are refused with what they may be', () => {
  for (const prefix of ['', '1a', 'a-b', 'a"; DROP TABLE b; --', 'x'.repeat(41), 7]) {
    assert.throws(() => postgres({ prefix }), { code: 'ERR_ISOLANE_INVALID_ARGUMENT' })
    assert.throws(() => postgres({ schema: prefix }), { code: 'ERR_ISOLANE_INVALID_ARGUMENT' })
  }
  assert.throws(() => postgres({ url: 'postgres://localhost' }), /no option 'url'.*connection/)
  assert.throws(() => postgres('postgres://localhost'), /options must be an object/)
  assert.throws(() => postgres({ connection: 'no URL' }), /a URL such as postgres:/)
  assert.throws(() => postgres({ connection: { max: 7 } }), /connection\.max .*pool: new Pool/)
  for (const pool of [null, {}, 'pool', new Client(), new Pool({ max: 1 })]) {
    assert.throws(() => postgres({ pool }), {
      code: 'ERR_ISOLANE_INVALID_ARGUMENT',
      message: /Pool of pg/,
    })
  }
  assert.throws(() => postgres({ pool: new Pool(), connection: {} }), /contradict/)
  assert.throws(() => postgres({ timeout: 0 }), /timeout/)
  assert.throws(() => postgres({ connections: 1.5 }), /connections/)
})
