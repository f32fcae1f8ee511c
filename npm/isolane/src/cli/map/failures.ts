/** Items that failed, as lines of NDJSON. */

import { open, type FileHandle } from 'node:fs/promises'
import { codeOf, ExitCode } from '../exit-codes.js'
import { fileError } from '../file-errors.js'
import type { ItemFailure } from '../../index.js'
import type { FileIdentity } from '../input.js'

/** Counts failures, and writes them to a file where there is one. */
export class FailureLog {
  #count = 0
  #first: ItemFailure | undefined
  #waiting: string[] = []

  private constructor(
    private readonly path: string | undefined,
    private readonly file: FileHandle | undefined,
    readonly identity: FileIdentity | undefined,
  ) {}

  /** @throws {CommandError} where the file cannot be written */
  static async open(path: string | undefined): Promise<FailureLog> {
    if (path === undefined) return new FailureLog(undefined, undefined, undefined)
    try {
      // Emptied only when it is known to be none of the other files.
      const file = await open(path, 'a')
      return new FailureLog(path, file, { name: path, stats: await file.stat() })
    } catch (error) {
      throw fileError(ExitCode.Output, `Cannot write ${path} (--failures)`, error)
    }
  }

  get count(): number {
    return this.#count
  }

  get first(): ItemFailure | undefined {
    return this.#first
  }

  /** Begins anew what an earlier run has left. */
  async begin(): Promise<void> {
    const stats = await this.file?.stat()
    if (stats?.isFile()) await this.#write(() => this.file!.truncate())
  }

  add(failure: ItemFailure): void {
    this.#count++
    this.#first ??= failure
    if (this.file !== undefined) this.#waiting.push(`${JSON.stringify(recordOf(failure))}\n`)
  }

  /** Writes those that were added. */
  async flush(): Promise<void> {
    if (this.#waiting.length === 0) return
    const text = this.#waiting.join('')
    this.#waiting = []
    await this.#write(() => this.file!.appendFile(text))
  }

  async close(): Promise<void> {
    await this.flush()
    await this.file?.close()
  }

  async #write(act: () => Promise<unknown>): Promise<void> {
    try {
      await act()
    } catch (error) {
      throw fileError(ExitCode.Output, `Cannot write ${this.path} (--failures)`, error)
    }
  }
}

function recordOf({ index, offset, error }: ItemFailure): object {
  const { name, message } = error
  return { index, line: lineOf(error), offset, code: codeOf(error), name, message }
}

/** Of a text that is no JSON. */
function lineOf(error: Error): number | undefined {
  return (error as { line?: number }).line
}

/** Such as `item 3 (byte 120)`. */
export function placeOf({ index, offset }: ItemFailure): string {
  return offset === undefined ? `item ${index}` : `item ${index} (byte ${offset})`
}
