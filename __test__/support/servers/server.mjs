import { once } from 'node:events'
import { chmodSync, chownSync, mkdtempSync, readFileSync, statfsSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

import { signalFamily, stopFamily } from './family.mjs'
import { awaited, forget, own, startGuarded } from './guarded.mjs'

/** A server that is not there by then hangs. */
const PATIENCE_MS = 90_000
/** What the folders of several servers and their copies take at most. */
const MEMORY_BYTES = 1024 ** 3
/** `nobody`: what does not run as root runs as this. */
const NOBODY = 65534

/**
 * How a kind of server is run.
 *
 * @typedef {object} Program
 * @property {boolean} [isNeverRoot] it refuses to run as root
 * @property {NodeJS.Signals} [stopSignal] ends it quickly; otherwise it is killed
 * @property {(place: { folder: string, port: number, uid?: number }) => Promise<void>} [make] its data, once
 * @property {(place: { folder: string, port: number }) => [program: string, args: string[]]} command
 * @property {(port: number) => Promise<void>} ready rejects until it can be used
 */

/** A server of a test's own: on the loopback, with its data in a temporary folder. */
export class Server {
  #program
  #uid
  #running

  /** @param {Program} program */
  static async start(program) {
    const server = new Server(program)
    await server.start()
    return server
  }

  constructor(program) {
    this.#program = program
    this.folder = mkdtempSync(join(temporary(), 'isolane-server-'))
    own(this.folder)
    const isRoot = process.getuid?.() === 0
    this.#uid = program.isNeverRoot && isRoot ? NOBODY : undefined
    if (this.#uid === undefined) return
    chownSync(this.folder, this.#uid, this.#uid)
    chmodSync(this.folder, 0o700)
  }

  /** Also again, after it was killed: on the same port, with the same data. */
  async start() {
    const { make } = this.#program
    const isFirst = this.port === undefined
    if (isFirst) await make?.(this.#place(0))
    for (let tries = 5; ; tries--) {
      if (isFirst) this.port = await freePort()
      try {
        await this.#startOnce()
        return
      } catch (error) {
        // Somebody else has taken the port in between.
        if (!isFirst || tries === 1 || !/address.*in use/i.test(error.message)) throw error
      }
    }
  }

  get pid() {
    return this.#running.pid
  }

  /** As if the machine had lost its power. */
  async kill() {
    const { pid, ended } = this.#running
    signalFamily(pid, 'SIGKILL')
    await awaited(ended)
  }

  /** It stays there and does nothing, from when this resolves on. */
  pause() {
    return stopFamily(this.#running.pid)
  }

  resume() {
    signalFamily(this.#running.pid, 'SIGCONT')
  }

  /** It, and its data. */
  async stop() {
    const { pid, ended } = this.#running
    this.resume()
    signalFamily(pid, this.#program.stopSignal ?? 'SIGKILL')
    await awaited(ended)
    forget(this.folder)
  }

  async #startOnce() {
    const [program, args] = this.#program.command(this.#place(this.port))
    const folder = this.folder
    this.#running = await startGuarded({ program, args, folder, uid: this.#uid })
    let ended
    void this.#running.ended.then((how) => (ended = how))
    const end = performance.now() + PATIENCE_MS
    for (let last = ''; ; await pause(20)) {
      if (ended !== undefined) throw new Error(`${program}: ${ended}\n${this.#log()}`)
      try {
        await this.#program.ready(this.port)
        return
      } catch (error) {
        last = error.message
      }
      if (performance.now() > end) throw new Error(`${program}: ${last}\n${this.#log()}`)
    }
  }

  #place(port) {
    return { folder: this.folder, port, uid: this.#uid }
  }

  #log() {
    return readFileSync(join(this.folder, 'log'), 'utf8').slice(-4_000)
  }
}

/** In memory where there is room: on a disk that others write to, each new database waits for seconds. */
function temporary() {
  try {
    const { bavail, bsize } = statfsSync('/dev/shm')
    if (bavail * bsize >= MEMORY_BYTES) return '/dev/shm'
  } catch {
    // Not every system has it.
  }
  return tmpdir()
}

async function freePort() {
  const listener = createServer().listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const { port } = listener.address()
  await new Promise((closed) => listener.close(closed))
  return port
}
