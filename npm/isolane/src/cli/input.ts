/** Where the items come from: a file, or standard input. */

import { fstatSync, statSync, type BigIntStats, type Stats } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { CommandError, ExitCode } from './exit-codes.js'
import { fileError } from './file-errors.js'

/** Read at once. */
const PIECE = 1 << 20

/** What identifies a file, whatever its names. */
export interface FileIdentity {
  name: string
  stats: Stats | BigIntStats
}

/** Of a file that has been read already; undefined if it has gone since. */
export function identityOf(path: string): FileIdentity | undefined {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false })
  return stats && { name: path, stats }
}

/** Bytes in pieces, of which the first can be looked at before. */
export class Input {
  /** As messages call it. */
  readonly name: string
  /** Bytes, of a regular file; undefined where nobody knows. */
  readonly size: number | undefined
  readonly identity: FileIdentity
  /** What {@link peek} has read ahead. */
  readonly #ahead: Buffer[] = []
  readonly #pieces: AsyncIterator<Buffer>

  private constructor(name: string, stats: BigIntStats, pieces: AsyncIterable<Buffer>) {
    this.name = name
    this.identity = { name, stats }
    this.size = stats.isFile() && stats.size > 0n ? Number(stats.size) : undefined
    this.#pieces = pieces[Symbol.asyncIterator]()
  }

  /** @throws {CommandError} where it cannot be read */
  static async open(path: string | undefined): Promise<Input> {
    if (path === undefined) return Input.#standard()
    try {
      const file = await open(path)
      const stats = await file.stat({ bigint: true })
      if (stats.isDirectory()) {
        await file.close()
        throw isFolder(path)
      }
      return new Input(path, stats, piecesOf(path, file, stats))
    } catch (error) {
      throw fileError(ExitCode.Input, `Cannot read ${path}`, error)
    }
  }

  static #standard(): Input {
    if (process.stdin.isTTY) {
      throw new CommandError(ExitCode.WrongUse, 'There is no input', {
        hint: 'Name a file, or pipe one in: isolane map FUNCTION < FILE',
      })
    }
    const stats = fstatSync(0, { bigint: true })
    if (stats.isDirectory()) throw isFolder('standard input')
    return new Input('standard input', stats, standardPieces())
  }

  /** The first byte that is no white space, if there is one; what was read for it comes again in {@link pieces}. */
  async peek(): Promise<string | undefined> {
    for (;;) {
      const { done, value } = await this.#pieces.next()
      if (done) return undefined
      this.#ahead.push(value)
      // A byte order mark is no content.
      const [first] = value
        .toString('latin1')
        .replace(/^\u00ef\u00bb\u00bf/, '')
        .trimStart()
      if (first !== undefined) return first
    }
  }

  /** All of it, once. */
  async *pieces(): AsyncGenerator<Buffer, void, void> {
    yield* this.#ahead
    this.#ahead.length = 0
    yield* { [Symbol.asyncIterator]: () => this.#pieces }
  }
}

function isFolder(name: string): CommandError {
  return new CommandError(ExitCode.Input, `Cannot read ${name}: it is a folder`, {
    hint: 'Name a file of NDJSON or JSON in it',
  })
}

/** A file from its start to its end, which must be the file that it was at the start. */
async function* piecesOf(path: string, file: FileHandle, before: BigIntStats) {
  let total = 0n
  try {
    for (;;) {
      const piece = Buffer.allocUnsafeSlow(PIECE)
      const { bytesRead } = await file.read(piece, 0, PIECE)
      if (bytesRead === 0) break
      total += BigInt(bytesRead)
      yield piece.subarray(0, bytesRead)
    }
    if (before.isFile()) assertUnchanged(path, before, await file.stat({ bigint: true }), total)
  } catch (error) {
    throw fileError(ExitCode.Input, `Cannot read ${path}`, error)
  } finally {
    await file.close()
  }
}

function assertUnchanged(path: string, before: BigIntStats, after: BigIntStats, read: bigint) {
  const isSame = after.size === before.size && after.mtimeNs === before.mtimeNs
  // Files of /proc say that they are empty.
  if (isSame && (read === before.size || before.size === 0n)) return
  const how =
    read < before.size
      ? `it ended at byte ${read} of the ${before.size} that it had`
      : after.size > before.size
        ? `it grew from ${before.size} to ${after.size} bytes`
        : 'it was written to'
  throw new CommandError(ExitCode.Input, `${path} changed while it was read: ${how}`, {
    hint: 'Map a copy, or wait until its writer is done. A file that grows can be piped in',
  })
}

async function* standardPieces(): AsyncGenerator<Buffer, void, void> {
  try {
    for await (const piece of process.stdin) yield piece as Buffer
  } catch (error) {
    throw fileError(ExitCode.Input, 'Cannot read standard input', error)
  }
}
