/** Where the results go: a file, written beside and renamed when it is whole, or a stream that is there. */

import { randomBytes } from 'node:crypto'
import {
  close,
  fchmodSync,
  fstatSync,
  fsync,
  ftruncateSync,
  openSync,
  renameSync,
  unlinkSync,
  write,
  writeSync,
} from 'node:fs'
import { open, realpath, rename, stat, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { setTimeout } from '../addon/timers.js'
import { codeOf, CommandError, ExitCode } from './exit-codes.js'
import { fileError } from './file-errors.js'
import type { FileIdentity } from './input.js'

const writeTo = promisify(write)
const sync = promisify(fsync)
const closeFile = promisify(close)
const STDOUT = 1
/** Between two tries of a pipe that is full and does not block. */
const FULL_PIPE_MS = 5

/** Takes results; whoever writes gives whole items only. */
export interface Output {
  readonly identity: FileIdentity | undefined
  /** @throws {CommandError} where it cannot be written; {@link ReaderLeft} where nobody reads any more */
  write(bytes: Uint8Array): Promise<void>
  /** All is written. */
  commit(): Promise<void>
  /** No more will come: keeps what is complete, with this at its end. Gives the name under which, if there is any. */
  keep(ending: string): string | undefined
}

/** Whoever reads the output has had enough, as `head` does. */
export class ReaderLeft extends Error {}

/** @throws {CommandError} where it cannot be written */
export async function openOutput(path: string | undefined): Promise<Output> {
  if (path === undefined) return new StreamOutput('standard output', STDOUT, undefined)
  try {
    const target = await realpath(path).catch(() => path)
    const existing = await stat(target).catch(missing)
    if (existing?.isDirectory()) {
      throw new CommandError(ExitCode.Output, `Cannot write ${path}: it is a folder`, {
        hint: 'Name a file in it',
      })
    }
    if (existing !== undefined && !existing.isFile()) {
      const file = await open(target, 'w')
      return new StreamOutput(path, file.fd, file)
    }
    return FileOutput.open(target, existing)
  } catch (error) {
    throw fileError(ExitCode.Output, `Cannot write ${path}`, error)
  }
}

function missing(error: unknown): undefined {
  if (codeOf(error) === 'ENOENT') return undefined
  throw error
}

/** A regular file. */
class FileOutput implements Output {
  #position = 0
  #isOpen = true

  private constructor(
    private readonly target: string,
    private readonly temporary: string,
    private readonly fd: number,
    readonly identity: FileIdentity | undefined,
  ) {}

  /** At once: from the moment that the file is there somebody has to take it away. */
  static open(target: string, existing: Awaited<ReturnType<typeof stat>> | undefined) {
    const temporary = `${target}.${randomBytes(4).toString('hex')}.tmp`
    const fd = openSync(temporary, 'wx', existing === undefined ? 0o666 : 0o600)
    // Not at the opening, where the umask would take from it.
    if (existing !== undefined) fchmodSync(fd, Number(existing.mode) & 0o7777)
    const identity = existing && { name: target, stats: existing }
    return new FileOutput(target, temporary, fd, identity)
  }

  async write(bytes: Uint8Array): Promise<void> {
    try {
      let done = 0
      while (done < bytes.length) {
        const rest = bytes.length - done
        const place = this.#position + done
        const { bytesWritten } = await writeTo(this.fd, bytes, done, rest, place)
        done += bytesWritten
      }
      this.#position += done
    } catch (error) {
      throw fileError(ExitCode.Output, `Cannot write ${this.target}`, error)
    }
  }

  async commit(): Promise<void> {
    try {
      await sync(this.fd)
      await closeFile(this.fd)
      await rename(this.temporary, this.target)
      this.#isOpen = false
      await syncFolder(dirname(this.target))
    } catch (error) {
      throw fileError(ExitCode.Output, `Cannot write ${this.target}`, error)
    }
  }

  /** At once: there may be no later. */
  keep(ending: string): string | undefined {
    if (!this.#isOpen) return undefined
    this.#isOpen = false
    if (this.#position === 0) {
      unlinkSync(this.temporary)
      return undefined
    }
    // Half an item may stand behind what is complete.
    ftruncateSync(this.fd, this.#position)
    writeSync(this.fd, ending, this.#position)
    const kept = `${this.target}.partial`
    renameSync(this.temporary, kept)
    return kept
  }
}

/** The new name must outlive a loss of power; not every system lets one ask for it. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path).catch(() => undefined)
  await folder?.sync().catch(() => {})
  await folder?.close()
}

/** What is there already: standard output, a pipe, a device. */
class StreamOutput implements Output {
  readonly identity: FileIdentity

  constructor(
    private readonly name: string,
    private readonly descriptor: number,
    private readonly file: FileHandle | undefined,
  ) {
    this.identity = { name, stats: fstatSync(descriptor) }
  }

  /** Not by `process.stdout`, which holds the event loop while a pipe is full: a signal must be heard. */
  async write(bytes: Uint8Array): Promise<void> {
    let done = 0
    while (done < bytes.length) {
      try {
        done += (await writeTo(this.descriptor, bytes, done, bytes.length - done)).bytesWritten
      } catch (error) {
        const code = codeOf(error)
        if (code === 'EPIPE') throw new ReaderLeft()
        if (code !== 'EAGAIN') throw fileError(ExitCode.Output, `Cannot write ${this.name}`, error)
        await new Promise((resolve) => setTimeout(resolve, FULL_PIPE_MS))
      }
    }
  }

  async commit(): Promise<void> {
    await this.file?.close()
  }

  keep(): undefined {
    return undefined
  }
}
