/** What tests start ends with them. */
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, test } from 'node:test'

import { runScript } from '../support/processes.mjs'

const support = new URL('../support/processes.mjs', import.meta.url).href

describe('a process that a test has started', () => {
  /** Starts a process in another, which listens for ever and tells where. */
  const starting = (then) => `
    import test from 'node:test'
    import { runScript } from ${JSON.stringify(support)}
    const endless = \`
      import { createServer } from 'node:net'
      const server = createServer().listen(0, '127.0.0.1', () => console.log('port ' + server.address().port))\`
    test('does not end by itself', () => runScript(endless, {
      onLine(line) { console.error(line); ${then} },
    }))`

  for (const [how, then] of [
    ['leaves', 'process.exit(0)'],
    ['is told to end', "process.kill(process.pid, 'SIGTERM')"],
  ]) {
    const skip = process.platform === 'win32' && 'no signals'
    test(`ends when the test ${how}`, { skip }, async () => {
      const { stderr } = await runScript(starting(then))
      const port = Number(/^port (\d+)$/m.exec(stderr)?.[1])
      assert.ok(port > 0, stderr)
      while (await listens(port)) await wait(10)
    })
  }

  /** A process that nobody waits for keeps its number, and no socket. */
  function listens(port) {
    return new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1')
      const settle = (answer) => {
        socket.destroy()
        resolve(answer)
      }
      socket.once('connect', () => settle(true)).once('error', () => settle(false))
    })
  }
})
