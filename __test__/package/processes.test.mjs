/** What tests and scripts start ends with them. */
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, test } from 'node:test'

import { runScript } from '../support/processes.mjs'

/** What starts one, as a module and what it is called with to run a script; the child tells where it listens. */
const starters = {
  'a test': ['../support/processes.mjs', 'runScript(endless, { onLine: heard })'],
  'a script': [
    '../../scripts/lib/run.mjs',
    "run([process.execPath, '--input-type=module', '--eval', endless], { onLine: heard })",
  ],
}

const endless = `
  import { createServer } from 'node:net'
  const server = createServer().listen(0, '127.0.0.1', () => console.log('port ' + server.address().port))`

for (const [who, [module, call]] of Object.entries(starters)) {
  describe(`a process that ${who} has started`, () => {
    const starting = (then) => `
      import * as exported from ${JSON.stringify(new URL(module, import.meta.url).href)}
      const { run, runScript } = exported
      const endless = ${JSON.stringify(endless)}
      const heard = (line) => { console.error(line); ${then} }
      await ${call}`

    for (const [how, then] of [
      ['leaves', 'process.exit(0)'],
      ['is told to end', "process.kill(process.pid, 'SIGTERM')"],
    ]) {
      const skip = process.platform === 'win32' && 'no signals'
      test(`ends when that one ${how}`, { skip }, async () => {
        const { stderr } = await runScript(starting(then))
        const port = Number(/^port (\d+)$/m.exec(stderr)?.[1])
        assert.ok(port > 0, stderr)
        while (await listens(port)) await wait(10)
      })
    }
  })
}

describe('a process that a benchmark has started', () => {
  const children = JSON.stringify(new URL('../../bench/lib/children.mjs', import.meta.url).href)
  const measuring = `import { endWithParent } from ${children}; endWithParent(); ${endless}`

  for (const [how, end] of [
    ['leaves', 'process.exit(0)'],
    ['is killed', "process.kill(process.pid, 'SIGKILL')"],
  ]) {
    test(`ends when that one ${how}`, async () => {
      const { stderr } = await runScript(`
        import { outputOf, startChild } from ${children}
        const child = startChild(['--input-type=module', '--eval', ${JSON.stringify(measuring)}])
        child.stdout.on('data', (text) => { console.error(String(text)); ${end} })
        await outputOf(child)`)
      const port = Number(/^port (\d+)$/m.exec(stderr)?.[1])
      assert.ok(port > 0, stderr)
      while (await listens(port)) await wait(10)
    })
  }
})

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
