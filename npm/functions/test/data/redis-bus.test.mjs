/** Caches of several processes hear each other over a Redis. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'

import { DataCache } from '@isolane/functions'
import { redisBus } from '@isolane/functions/redis'
import { createClient } from '@redis/client'

import { markdown } from '../../../../__test__/package/markdown.mjs'
import { printedBy } from '../../../../__test__/package/programs.mjs'
import { runScript } from '../../../../__test__/support/processes.mjs'
import { onServer } from '../../../../__test__/support/servers/index.mjs'
import { settled, until } from '../../../../__test__/support/waiting.mjs'
import { told } from '../support/caches.mjs'
import { hasV8, newPool, rejection } from '../support/registries.mjs'

onServer('redis', (server) => {
  const urlOf = ({ port }) => `redis://127.0.0.1:${port}`
  let prefixes = 0

  /** Gives `use` a function that opens caches on one pool, each with data named `rules`; ends all. */
  async function withCaches(use) {
    const pool = newPool({ threads: 1 })
    const caches = []
    const source = { value: 1 }
    const prefix = `bus_${process.pid}_${++prefixes}`
    const open = async (options = {}) => {
      const bus = redisBus({
        connection: urlOf(server()),
        prefix,
        timeout: 60_000,
        ...options,
      })
      const cache = new DataCache(pool, { bus })
      caches.push(cache)
      await settled(cache.connected)
      const node = { cache, loads: 0 }
      node.data = cache.define('rules', { load: () => (node.loads++, source.value) })
      await settled(cache.ready)
      return node
    }
    try {
      await use({ open, source, prefix })
    } finally {
      await settled(Promise.all(caches.map((cache) => cache.close())))
      await settled(pool.destroy())
    }
  }

  async function asClient(work) {
    const client = createClient({ url: urlOf(server()) })
    client.on('error', () => {})
    await client.connect()
    try {
      return await settled(work(client))
    } finally {
      client.destroy()
    }
  }

  test('the example of the documentation runs as printed', { skip: !hasV8 }, async () => {
    const { blocks } = markdown('docs/functions/data.md')
    const { code } = blocks.find((block) => block.code.includes('redisBus'))
    const url = 'redis://localhost:6379'
    assert.ok(code.includes(url))
    const { stdout, stderr } = await runScript(code.replace(url, urlOf(server())))
    assert.deepEqual([stdout, stderr], [printedBy(code), ''])
  })

  test('another process loads what this one invalidates, and the other way round', () =>
    withCaches(async ({ open, source, prefix }) => {
      const here = await open()
      const options = JSON.stringify({ connection: urlOf(server()), prefix, timeout: 60_000 })
      source.value = 2
      const ended = runScript(
        `
        import { once } from 'node:events'
        import { DataCache } from '@isolane/functions'
        import { redisBus } from '@isolane/functions/redis'
        import { Pool } from 'isolane'
        const pool = new Pool({ threads: 1, niceIncrement: 0 })
        const cache = new DataCache(pool, { bus: redisBus(${options}) })
        await cache.connected
        let loads = 0
        const rules = cache.define('rules', { load: () => ++loads })
        await cache.ready
        console.log('ready')
        await once(cache, 'refreshed')
        console.log(await pool.run((_, { shared }) => shared.rules, 0, { shared: [rules.shared] }))
        rules.invalidate()
        await once(cache, 'refreshed')
        await cache.close()
        await pool.close()`,
        {
          onLine(line) {
            if (line === 'ready') here.cache.invalidate('rules')
          },
        },
      )
      const { stdout, stderr, code } = await settled(ended)
      assert.deepEqual([stdout, stderr, code], ['ready\n2\n', '', 0])
      await until(() => here.loads === 3)
    }))

  test('what is sent by anybody else does nothing but have data loaded', () =>
    withCaches(async ({ open, prefix }) => {
      const { cache, data } = await open()
      const id = randomUUID()
      const hostile = ['', 'x', `${id} other`, `${id} __proto__`, Buffer.from([0xff, 0, 0xfe])]
      hostile.push('x'.repeat(5_000_000), JSON.stringify({ name: 'rules' }))
      let heard = 0
      cache.on('refreshed', () => heard++)
      await asClient(async (client) => {
        for (const message of hostile) await client.publish(`{${prefix}}:data`, message)
        await client.publish(`{${prefix}}:data`, `${id} rules`)
      })
      await until(() => heard > 0)
      assert.equal(heard, 1)
      assert.equal(data.status().failures, 0)
    }))

  test('what was invalidated while the server was away is loaded once it is back', () =>
    withCaches(async ({ open, source }) => {
      const [here, there] = [await open(), await open()]
      await server().kill()
      try {
        source.value = 2
        const failure = told(here.cache, 'busError')
        here.data.invalidate()
        const { name, error } = await settled(failure)
        assert.deepEqual([name, error.code], ['rules', 'ERR_ISOLANE_STORE_UNAVAILABLE'])
      } finally {
        await server().start()
      }
      await until(() => there.data.peek() === 2, 'the other has loaded it')
      // Both hear again.
      await until(() => here.loads > 2, 'so has this one, with its new connection')
      source.value = 3
      there.data.invalidate()
      await until(() => here.data.peek() === 3, 'they hear each other again')
    }))

  test("a client of the user's carries them too, and is not closed", () =>
    withCaches(async ({ open, source }) => {
      const there = await open()
      await asClient(async (client) => {
        const here = await open({ connection: undefined, client })
        source.value = 2
        here.data.invalidate()
        await until(() => there.data.peek() === 2)
        source.value = 3
        there.data.invalidate()
        await until(() => here.data.peek() === 3)
        await here.cache.close()
        assert.equal(await client.ping(), 'PONG')
      })
    }))

  test('caches come and go while the server is away', async () => {
    const pool = newPool({ threads: 1 })
    const gone = { port: 1 }
    const cache = new DataCache(pool, { bus: redisBus({ connection: urlOf(gone) }) })
    await settled(cache.connected)
    const data = cache.define('rules', { load: () => 1 })
    await settled(cache.ready)
    data.invalidate()
    await settled(cache.close())
    await settled(pool.close())
  })
})

test('redisBus takes its own options only', async () => {
  for (const options of [{ connections: 2 }, { prefix: '' }, { connection: 7 }, { timeout: 0 }]) {
    const error = await rejection((async () => redisBus(options))())
    assert.equal(error.code, 'ERR_ISOLANE_INVALID_ARGUMENT', JSON.stringify(options))
  }
})
