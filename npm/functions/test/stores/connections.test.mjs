/** What the stores on servers have in common: connections, deadlines, the feed. */
import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, test } from 'node:test'

import { settled, until } from '../../../../__test__/support/waiting.mjs'

const require = createRequire(import.meta.url)
const dist = dirname(require.resolve('@isolane/functions'))
const { Connections } = require(join(dist, 'remote', 'connections.js'))
const { Feed } = require(join(dist, 'remote', 'feed.js'))
const { PeerMissingError } = require(join(dist, 'remote', 'peers.js'))

const unavailable = { code: 'ERR_ISOLANE_STORE_UNAVAILABLE' }
const never = () => new Promise(() => {})

/** A kind of connection without a server. */
function fakeConnector(own = {}) {
  const made = []
  const connector = {
    server: 'Fake at nowhere',
    create(lost) {
      const client = { lost, isEnded: false, isDestroyed: false }
      made.push(client)
      return client
    },
    connect: async () => {},
    end: async (client) => void (client.isEnded = true),
    destroy: (client) => void (client.isDestroyed = true),
    listen: async () => {},
    check: async () => {},
    ...own,
  }
  return { connector, made }
}

describe('connections', () => {
  const patient = { timeout: 60_000, connections: 2 }

  test('are made when they are needed, used again, and not more than allowed', async () => {
    const { connector, made } = fakeConnector()
    const connections = new Connections(connector, patient)
    const seen = []
    const turns = Array.from({ length: 5 }, () =>
      connections.use(async (client) => {
        seen.push(made.indexOf(client))
        await new Promise(setImmediate)
      }),
    )
    await settled(Promise.all(turns))
    assert.equal(made.length, 2)
    assert.equal(seen.length, 5)
    await connections.close()
    assert.ok(made.every(({ isEnded, isDestroyed }) => isEnded && isDestroyed))
  })

  test('on which something went wrong are not used again', async () => {
    const { connector, made } = fakeConnector()
    const connections = new Connections(connector, patient)
    const broken = connections.use(async () => {
      throw new Error('reset by peer')
    })
    await assert.rejects(broken, { ...unavailable, message: /Fake at nowhere.*reset by peer/ })
    assert.ok(made[0].isDestroyed)
    assert.equal(await connections.use(async (client) => made.indexOf(client)), 1)
    await connections.close()
  })

  test('that are late are ended, and whoever waits for their place gets it', async () => {
    const { connector, made } = fakeConnector()
    const connections = new Connections(connector, { timeout: 20, connections: 1 })
    const late = [connections.use(never), connections.use(never)]
    for (const call of late) call.catch(() => {})
    for (const call of late) await assert.rejects(settled(call), unavailable)
    assert.ok(made.every(({ isDestroyed }) => isDestroyed))
    assert.equal(await connections.use(async () => 7), 7)
    await connections.close()
  })

  test('that never come about are late, too', async () => {
    const { connector, made } = fakeConnector({ connect: never })
    const connections = new Connections(connector, { timeout: 20, connections: 1 })
    await assert.rejects(settled(connections.use(never)), unavailable)
    assert.ok(made[0].isDestroyed)
    await connections.close()
  })

  test('that turn out dead after they lay idle are made anew within the call', async () => {
    const { connector, made } = fakeConnector()
    const connections = new Connections(connector, patient)
    await connections.use(async () => {})
    const answer = await connections.use(async (client) => {
      if (client === made[0]) throw new Error('reset by peer')
      return 'from the second'
    })
    assert.equal(answer, 'from the second')
    made[1].lost()
    assert.ok(made[1].isDestroyed)
    assert.equal(await connections.use(async (client) => made.indexOf(client)), 2)
    await connections.close()
  })

  test('that do not take leave are ended all the same', async () => {
    const { connector, made } = fakeConnector({ end: never })
    const connections = new Connections(connector, patient)
    await connections.use(async () => {})
    await settled(Promise.all([connections.close(), connections.close()]))
    assert.ok(made[0].isDestroyed)
    await assert.rejects(
      connections.use(async () => {}),
      unavailable,
    )
  })

  test('in use are ended when their call is over', async () => {
    const { connector, made } = fakeConnector()
    const connections = new Connections(connector, patient)
    let finish
    const call = connections.use(() => new Promise((resolve) => (finish = resolve)))
    await until(() => finish)
    const closed = connections.close()
    finish('done')
    assert.equal(await call, 'done')
    await settled(closed)
    assert.ok(made[0].isDestroyed)
  })
})

describe('a feed', () => {
  test('connects again for as long as somebody listens, and each time hints', async () => {
    const { connector, made } = fakeConnector()
    const feed = new Feed(connector, 60_000)
    let hints = 0
    const unwatch = await settled(feed.add(() => (hints += 1)))
    assert.equal(hints, 1)
    made[0].lost()
    await until(() => hints === 2, 'it has connected again')
    await settled(unwatch())
    assert.ok(made.every(({ isDestroyed }) => isDestroyed))
    assert.equal(made.length, 2)
  })

  test('that cannot connect lets its listener go on, and tries again', async () => {
    let isUp = false
    const { connector, made } = fakeConnector({
      async connect() {
        if (!isUp) throw new Error('refused')
      },
    })
    const feed = new Feed(connector, 60_000)
    let hints = 0
    await settled(feed.add(() => (hints += 1)))
    assert.equal(hints, 0)
    isUp = true
    await until(() => hints > 0, 'it has connected')
    await settled(feed.close())
    assert.ok(made.every(({ isDestroyed }) => isDestroyed))
  })

  test('that is lost while it connects does not count as connected', async () => {
    const { connector, made } = fakeConnector({ connect: never })
    const feed = new Feed(connector, 60_000)
    let hints = 0
    const added = feed.add(() => (hints += 1))
    await until(() => made.length === 1)
    made[0].lost()
    await settled(added)
    assert.equal(hints, 0)
    await settled(feed.close())
  })
})

describe('a client that is not installed', () => {
  for (const [subpath, peer] of [
    ['redis', '@redis/client@6'],
    ['postgres', 'pg@8'],
    ['mysql', 'mysql2@3'],
    ['keyv', 'keyv@5'],
  ]) {
    test(`for ${subpath} is named with the command that installs it`, () => {
      const folder = mkdtempSync(join(tmpdir(), 'isolane-peers-'))
      try {
        cpSync(dist, join(folder, 'dist'), { recursive: true })
        assert.throws(
          () => require(join(folder, 'dist', subpath, 'index.js')),
          (error) =>
            error.code === 'ERR_ISOLANE_PEER_MISSING' &&
            error.message.includes(`npm install ${peer}`),
        )
      } finally {
        rmSync(folder, { recursive: true })
      }
    })
  }

  test('has a class of its own', () => {
    assert.equal(new PeerMissingError('pg', '8').packageName, 'pg')
  })
})
