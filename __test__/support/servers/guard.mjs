/**
 * Starts servers for a test, and ends them when the test is gone, in whatever way that happened: then its end
 * of the pipe closes. It reads orders and tells what became of them, a line of JSON each.
 */
import { spawn } from 'node:child_process'
import { openSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

import { signalFamily } from './family.mjs'

const children = new Map()
const folders = new Set()

const orders = {
  own: ({ folder }) => void folders.add(folder),
  start({ id, program, args, folder, uid }) {
    const log = openSync(join(folder, 'log'), 'a')
    const child = spawn(program, args, {
      cwd: folder,
      stdio: ['ignore', log, log],
      ...(uid === undefined ? {} : { uid, gid: uid }),
    })
    children.set(id, child)
    child.on('spawn', () => tell({ id, pid: child.pid }))
    child.on('error', ({ message }) => tell({ id, ended: message }))
    child.on('exit', (code, signal) => {
      children.delete(id)
      tell({ id, ended: signal ?? `exit code ${code}` })
    })
  },
  forget({ folder }) {
    folders.delete(folder)
    rmSync(folder, { recursive: true, force: true })
  },
}

function tell(news) {
  process.stdout.write(`${JSON.stringify(news)}\n`)
}

function end() {
  for (const { pid } of children.values()) signalFamily(pid, 'SIGKILL')
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  process.exit()
}

// It goes when the test goes, not before.
for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM']) process.on(signal, () => {})
process.stdout.on('error', end)
createInterface({ input: process.stdin })
  .on('line', (line) => {
    const { order, ...rest } = JSON.parse(line)
    orders[order](rest)
  })
  .on('close', end)
