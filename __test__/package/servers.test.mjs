/** Servers of tests end with their test, in whatever way it ends. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'

import { root } from '../../scripts/lib/paths.mjs'
import { servers } from '../../scripts/lib/servers.mjs'
import { until } from '../support/waiting.mjs'
import { runScript } from '../support/processes.mjs'

const url = (name) => pathToFileURL(join(root, '__test__', 'support', 'servers', name)).href
const skip = servers.redis.find() === undefined && servers.redis.missing

for (const [how, end] of [
  ['returns', ''],
  ['throws', `throw new Error('as tests do')`],
  ['is killed', `process.kill(process.pid, 'SIGKILL')`],
]) {
  test(`a server ends, and its data is removed, when its test ${how}`, { skip }, async () => {
    const { stdout, stderr } = await runScript(`
      import { Server } from '${url('server.mjs')}'
      import { programs } from '${url('programs.mjs')}'
      const server = await Server.start(programs.redis)
      console.log(JSON.stringify({ pid: server.pid, folder: server.folder }))
      ${end}`)
    assert.notEqual(stdout, '', stderr)
    const { pid, folder } = JSON.parse(stdout)
    await until(() => !isAlive(pid), 'the server has ended')
    await until(() => !existsSync(folder), 'its folder is gone')
  })
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
