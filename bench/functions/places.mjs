import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memory } from '@isolane/functions'
import { folder } from '@isolane/functions/folder'
import { redis } from '@isolane/functions/redis'
import { programs } from '../../__test__/support/servers/programs.mjs'
import { Server } from '../../__test__/support/servers/server.mjs'
import { servers } from '../../scripts/lib/servers.mjs'

/**
 * Where functions are kept, as another process can be told it.
 *
 * @typedef {{ kind: 'memory' | 'folder' | 'redis' | 'snapshot', path?: string, port?: number }} Place
 */

/** @param {Place} place */
export function storeIn({ kind, path, port }) {
  if (kind === 'folder') return folder(path)
  if (kind === 'redis') return redis({ connection: { socket: { host: '127.0.0.1', port } } })
  return memory()
}

/** Gives `use` a folder that goes afterwards. */
export async function inFolder(use) {
  const path = mkdtempSync(join(tmpdir(), 'isolane-bench-'))
  try {
    return await use(path)
  } finally {
    rmSync(path, { recursive: true, force: true })
  }
}

/** Gives `use` a Redis of its own; none where its program is not installed. */
export async function withRedis(onUnavailable, use) {
  const { find, missing, fix } = servers.redis
  if (find() === undefined) {
    onUnavailable('redis', new Error(`${missing}: ${fix}`))
    return use(undefined)
  }
  const server = await Server.start(programs.redis)
  try {
    return await use(server)
  } finally {
    await server.stop()
  }
}
