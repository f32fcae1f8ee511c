/** The store in MySQL and MariaDB. */
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { describe, test } from 'node:test'

import { mysql } from '@isolane/functions/mysql'
import { storeContract } from '@isolane/functions/testing'
import { createPool } from 'mysql2'
import { createConnection, createPool as createPromisePool } from 'mysql2/promise'

import {
  certificateIn,
  withoutCertificates,
} from '../../../../__test__/support/servers/certificate.mjs'
import { account, onServer } from '../../../../__test__/support/servers/index.mjs'
import { settled } from '../../../../__test__/support/waiting.mjs'
import { commitSoon, publication } from '../support/changes.mjs'
import { commandsOnServers } from '../support/commands-on-servers.mjs'
import { fleets } from '../support/fleets.mjs'
import { outages, rejectsWhileHung } from '../support/outages.mjs'
import { placesOf, usingStores } from '../support/places.mjs'
import { registriesOnServers } from '../support/registries-on-servers.mjs'

onServer('mariadb', (server) => {
  const connection = (port = server().port) => ({
    host: '127.0.0.1',
    port,
    database: 'functions',
    ...account,
  })
  const newPlace = placesOf({
    subpath: 'mysql',
    name: 'mysql',
    make: mysql,
    options: ({ prefix, port }) => ({ connection: connection(port), prefix, pollInterval: 20 }),
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
      `//${user}:${encodeURIComponent(password)}@127.0.0.1:${server().port}/functions`
    const urls = () => ['mysql', 'mariadb'].map((scheme) => `${scheme}:${rest()}`)
    commandsOnServers(urls, mysql)
  })

  test('needs no more rights than are documented, once the tables are there', async () => {
    const { prefix } = newPlace()
    await asAdmin("CREATE USER writer@'%' IDENTIFIED BY 'secret'", 'GRANT USAGE ON *.* TO writer')
    await usingStores(
      { open: () => mysql({ connection: connection(), prefix, timeout: 60_000 }) },
      (open) => open().head(),
    )
    const url = `mysql://writer:secret@127.0.0.1:${server().port}/functions`
    const place = { open: () => mysql({ connection: url, prefix, timeout: 60_000 }) }
    await usingStores(place, async (open) => {
      const store = open()
      await assert.rejects(settled(store.head()), {
        code: 'ERR_ISOLANE_STORE_UNAVAILABLE',
        message: /denied/,
      })
      const tables = ['head', 'changes', 'names', 'entries', 'versions']
      await asAdmin(
        ...tables.map(
          (name) => `GRANT SELECT, INSERT, UPDATE ON functions.${prefix}_${name} TO writer`,
        ),
      )
      const head = await commitSoon(store, publication(['a', 'b']))
      await store.read(head)
      await store.records([{ name: 'a', version: 1 }])
      assert.equal((await store.history({ name: 'a' })).length, 1)
    })
  })

  test('makes its tables again when they have been dropped', async () => {
    const place = newPlace()
    await usingStores(place, async (open) => {
      const store = open()
      const head = await commitSoon(store, publication(['a']))
      const tables = ['head', 'changes', 'names', 'entries', 'versions']
      await asAdmin(...tables.map((name) => `DROP TABLE functions.${place.prefix}_${name}`))
      const { head: now, full, entries } = await store.read(head)
      assert.deepEqual(now, { revision: 0, id: '' })
      assert.deepEqual([full, entries], [true, []])
    })
  })

  test('does not touch a log of a newer layout', async () => {
    const place = newPlace()
    await usingStores(place, async (open) => {
      await open().head()
      await asAdmin(`UPDATE functions.${place.prefix}_head SET layout = 2`)
      await assert.rejects(open().head(), {
        code: 'ERR_ISOLANE_STORE_CORRUPT',
        message: /layout 2.*update/,
      })
    })
  })

  test('goes over TLS as its client is told to', { skip: withoutCertificates }, async () => {
    const { prefix } = newPlace()
    const { cert } = certificateIn(server().folder)
    const open = (ssl) => mysql({ connection: { ...connection(), ssl }, prefix, timeout: 60_000 })
    await usingStores({ open }, async (openOne) => {
      await commitSoon(openOne({ ca: cert }), publication(['a']))
      await assert.rejects(settled(openOne({ rejectUnauthorized: true }).head()), {
        code: 'ERR_ISOLANE_STORE_UNAVAILABLE',
        message: /self.signed certificate/,
      })
    })
  })

  describe('on a pool of the user’s', () => {
    const newPool = (connectionLimit, make = createPool) =>
      make({ ...connection(), connectionLimit })

    describe('is a store', () => {
      const cases = storeContract(async () => {
        const { prefix } = newPlace()
        const pool = newPool(10)
        return {
          open: async () => mysql({ pool, prefix, pollInterval: 20 }),
          remove: () => pool.promise().end(),
        }
      })
      for (const { name, run } of cases) test(name, run)
    })

    for (const [of, make] of [
      ['mysql2', createPool],
      ['mysql2/promise', createPromisePool],
    ]) {
      test(`of ${of} gives back sessions as they were, and leaves the pool open`, async () => {
        const pool = newPool(1, make)
        const promised = pool.promise?.() ?? pool
        const { prefix } = newPlace()
        const session = async () => {
          const [[row]] = await promised.query(
            'SELECT @@SESSION.sql_mode AS mode, @@SESSION.innodb_lock_wait_timeout AS wait, CONNECTION_ID() AS id',
          )
          return { ...row }
        }
        try {
          await promised.query(
            "SET SESSION sql_mode = 'ANSI_QUOTES', SESSION innodb_lock_wait_timeout = 7",
          )
          const before = await session()
          const store = mysql({ pool, prefix, timeout: 60_000 })
          await commitSoon(store, publication(['a']))
          await Promise.all(Array.from({ length: 5 }, () => store.head()))
          assert.deepEqual(await session(), before)
          await store.close()
          assert.deepEqual(await session(), before)
        } finally {
          await promised.end()
        }
      })
    }

    test('rejects in time while the server hangs, and goes on when it does', async () => {
      const pool = newPool(2)
      const { prefix } = newPlace()
      try {
        await commitSoon(mysql({ pool, prefix, timeout: 60_000 }), publication(['a']))
        const store = mysql({ pool, prefix, timeout: 500 })
        await rejectsWhileHung(server(), store)
      } finally {
        await pool.promise().end()
      }
    })
  })

  test('goes over the stream that its client is given', async () => {
    let made = 0
    const stream = ({ config: { port, host } }) => {
      made += 1
      return connect(port, host)
    }
    const open = () => mysql({ connection: { ...connection(), stream }, timeout: 60_000 })
    await usingStores({ open }, async (openOne) => {
      assert.ok((await openOne().head()).revision >= 0)
      assert.equal(made, 1)
    })
  })

  async function asAdmin(...statements) {
    const admin = await createConnection(connection())
    try {
      for (const statement of statements) await admin.query(statement)
    } finally {
      await admin.end()
    }
  }
})

test('options of MySQL that cannot be are refused with what they may be', () => {
  for (const prefix of ['', '1a', 'a-b', 'a`; DROP TABLE b; --', 'x'.repeat(41), 7]) {
    assert.throws(() => mysql({ prefix }), { code: 'ERR_ISOLANE_INVALID_ARGUMENT' })
  }
  assert.throws(() => mysql({ url: 'mysql://localhost' }), /no option 'url'.*connection/)
  assert.throws(() => mysql('mysql://localhost'), /options must be an object/)
  assert.throws(() => mysql({ connection: 'no URL' }), /a URL such as mysql:/)
  assert.throws(() => mysql({ connection: { connectionLimit: 7 } }), /connectionLimit .*createPool/)
  for (const pool of [null, {}, 'pool', 7]) {
    assert.throws(() => mysql({ pool }), {
      code: 'ERR_ISOLANE_INVALID_ARGUMENT',
      message: /createPool/,
    })
  }
  assert.throws(() => mysql({ pool: createPool({}), connection: {} }), /contradict/)
  assert.throws(() => mysql({ pollInterval: -1 }), /pollInterval/)
})
