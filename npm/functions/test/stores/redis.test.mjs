/** The store in Redis. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, test } from 'node:test'
import { createServer } from 'node:tls'

import { redis, redisBus } from '@isolane/functions/redis'
import { storeContract } from '@isolane/functions/testing'
import { createClient, createCluster, RESP_TYPES } from '@redis/client'

import {
  certificateIn,
  makeCertificate,
  withoutCertificates,
} from '../../../../__test__/support/servers/certificate.mjs'
import { onServer } from '../../../../__test__/support/servers/index.mjs'
import { settled, until } from '../../../../__test__/support/waiting.mjs'
import { commitSoon, publication } from '../support/changes.mjs'
import { commandsOnServers } from '../support/commands-on-servers.mjs'
import { fleets } from '../support/fleets.mjs'
import { outages, rejectsWhileHung } from '../support/outages.mjs'
import { placesOf, usingStores } from '../support/places.mjs'
import { registriesOnServers } from '../support/registries-on-servers.mjs'

onServer('redis', (server) => {
  const newPlace = placesOf({
    subpath: 'redis',
    name: 'redis',
    make: redis,
    options: ({ prefix, port = server().port }) => ({
      connection: { socket: { host: '127.0.0.1', port } },
      prefix,
    }),
  })

  describe('is a store', () => {
    const cases = storeContract(async () => newPlace())
    for (const { name, run } of cases) test(name, run)
  })

  describe('when its server is away', () => outages(server, newPlace))
  describe('of several processes', () => fleets(newPlace))
  describe('of registries', () => registriesOnServers(server, newPlace))
  describe('by a URL', () => commandsOnServers(() => [`redis://127.0.0.1:${server().port}`], redis))

  test('needs no more rights than are documented', async () => {
    const { prefix } = newPlace()
    await asAdmin(async (admin) => {
      const rules = [
        `on >secret resetkeys ~{${prefix}}:* resetchannels &{${prefix}}:* -@all +@connection`,
        '+eval +evalsha +get +set +llen +lindex +lrange +rpush +hvals +hmget +hset +zadd',
        '+zrangebyscore +zrangebylex +zrevrangebylex +publish +subscribe',
      ]
      await admin.sendCommand(['ACL', 'SETUSER', 'registry', ...rules.join(' ').split(' ')])
    })
    const url = `redis://registry:secret@127.0.0.1:${server().port}`
    const place = { open: () => redis({ connection: url, prefix, timeout: 60_000 }) }
    await usingStores(place, async (open) => {
      const store = open()
      await store.watch(() => {})
      const head = await commitSoon(store, publication(['a', 'b']))
      await store.read()
      await store.read(head)
      await store.records([{ name: 'a', version: 1 }])
      await store.history()
      await store.history({ name: 'a' })
      await store.history({ name: 'a', newestFirst: true })
    })
    const other = redis({ connection: url, prefix: 'elsewhere' })
    await assert.rejects(settled(other.head()), {
      code: 'ERR_ISOLANE_STORE_UNAVAILABLE',
      message: /NOPERM/,
    })
    await other.close()
  })

  test('finds its scripts gone, as after a failover, and brings them again', async () => {
    await usingStores(newPlace(), async (open) => {
      const store = open()
      await store.head()
      await asAdmin((admin) => admin.sendCommand(['SCRIPT', 'FLUSH']))
      assert.equal((await store.head()).revision, 0)
    })
  })

  test('does not touch a log of a newer layout', async () => {
    const place = newPlace()
    await asAdmin((admin) => admin.sendCommand(['SET', `{${place.prefix}}:layout`, '2']))
    await usingStores(place, async (open) => {
      const store = open()
      const newer = { code: 'ERR_ISOLANE_STORE_CORRUPT', message: /layout 2.*update/ }
      await assert.rejects(store.head(), newer)
      await assert.rejects(store.commit(publication(['a']), { revision: 0, id: '' }), newer)
    })
  })

  test('goes over TLS as its client is told to', { skip: withoutCertificates }, async () => {
    const { prefix } = newPlace()
    const { folder, port } = server()
    makeCertificate(folder)
    const { key, cert } = certificateIn(folder)
    const front = createServer({ key, cert }, (near) => {
      const far = connect(port, '127.0.0.1')
      near.pipe(far).pipe(near)
      for (const socket of [near, far]) socket.on('error', () => near.destroy())
    })
    front.on('tlsClientError', () => {})
    await once(front.listen(0, '127.0.0.1'), 'listening')
    const url = `rediss://127.0.0.1:${front.address().port}`
    const open = (socket) => redis({ connection: { url, socket }, prefix, timeout: 60_000 })
    try {
      await usingStores({ open }, async (openOne) => {
        const store = openOne({ tls: true, ca: cert })
        await store.watch(() => {})
        await commitSoon(store, publication(['a']))
        await assert.rejects(settled(openOne({ tls: true }).head()), {
          code: 'ERR_ISOLANE_STORE_UNAVAILABLE',
          message: /self.signed certificate/,
        })
      })
    } finally {
      front.close()
    }
  })

  describe('on a client of the user’s', () => {
    const newClient = (options) => {
      const socket = { host: '127.0.0.1', port: server().port }
      return createClient({ socket, ...options })
        .on('error', () => {})
        .connect()
    }

    describe('is a store', () => {
      const cases = storeContract(async () => {
        const { prefix } = newPlace()
        const typeMapping = { [RESP_TYPES.BLOB_STRING]: Buffer }
        const client = await newClient({ commandOptions: { typeMapping } })
        return { open: async () => redis({ client, prefix }), remove: () => client.close() }
      })
      for (const { name, run } of cases) test(name, run)
    })

    test('leaves it open, and takes its own connection away', async () => {
      const client = await newClient({ url: `redis://127.0.0.1:${server().port}` })
      const connections = async () => {
        const list = await client.sendCommand(['CLIENT', 'LIST', 'TYPE', 'pubsub'])
        return list.split('\n').filter((line) => line !== '').length
      }
      try {
        const before = await connections()
        const store = redis({ client, prefix: newPlace().prefix, timeout: 60_000 })
        let hints = 0
        await store.watch(() => (hints += 1))
        await commitSoon(store, publication(['a']))
        await until(() => hints > 1, 'the feed works')
        assert.equal(await connections(), before + 1)
        await store.close()
        await until(async () => (await connections()) === before, 'the feed is gone')
        assert.equal(await client.ping(), 'PONG')
      } finally {
        client.destroy()
      }
    })

    test('carries invalidations of data too', async () => {
      const client = await newClient()
      const { prefix } = newPlace()
      const buses = [0, 1].map(() => redisBus({ client, prefix, timeout: 60_000 }))
      try {
        const heard = []
        await buses[1].subscribe((message) => heard.push(message))
        await buses[0].publish('prices')
        await until(() => heard.includes('prices'), 'the other hears it')
        await Promise.all(buses.map((bus) => bus.close()))
        assert.equal(await client.ping(), 'PONG')
      } finally {
        client.destroy()
      }
    })

    test('rejects in time while the server hangs, and goes on when it does', async () => {
      const client = await newClient()
      try {
        const store = redis({ client, prefix: newPlace().prefix, timeout: 500 })
        await rejectsWhileHung(server(), store)
        assert.equal(await client.ping(), 'PONG')
      } finally {
        client.destroy()
      }
    })
  })

  async function asAdmin(work) {
    const admin = createClient({ socket: { host: '127.0.0.1', port: server().port } })
    admin.on('error', () => {})
    await admin.connect()
    try {
      return await work(admin)
    } finally {
      admin.destroy()
    }
  }
})

test('options of Redis that cannot be are refused with what they may be', () => {
  for (const prefix of ['', 'a{b}', 'a b', 7]) {
    assert.throws(() => redis({ prefix }), { code: 'ERR_ISOLANE_INVALID_ARGUMENT' })
  }
  assert.throws(() => redis({ url: 'redis://localhost' }), /no option 'url'.*connection/)
  assert.throws(() => redis('redis://localhost'), /options must be an object/)
  assert.throws(() => redis({ connection: 'no URL' }), /a URL such as redis:/)
  assert.throws(() => redis({ connection: 7 }), /connection/)
  const cluster = createCluster({ rootNodes: [{ url: 'redis://localhost' }] })
  for (const client of [null, {}, 'client', cluster]) {
    assert.throws(() => redis({ client }), {
      code: 'ERR_ISOLANE_INVALID_ARGUMENT',
      message: /createClient/,
    })
  }
  assert.throws(() => redis({ client: createClient(), connection: {} }), /contradict/)
})
