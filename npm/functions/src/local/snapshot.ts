import { constants } from 'node:fs'
import { open, readFile } from 'node:fs/promises'

import type { FunctionSet } from '../link/function-set.js'
import { writeAtomically, type WrittenFile } from './atomic-file.js'
import { setOf, stepBetween } from './snapshot-text.js'

/** Until they are as long as what they go on from, and this, steps are appended. */
const LEAST_STEPS = 64 << 10

/** A file as this process left it. */
interface Left extends WrittenFile {
  /** What it says. */
  readonly set: FunctionSet | undefined
  /** Its length without the steps that were appended. */
  readonly whole: number
}

/**
 * A file with what is in force. It is written whole, beside its place; after that what has changed is appended,
 * so that a change costs as much as it is large. Who finds the file other than it was left, as where another
 * process has the same, writes it whole again.
 */
export class Snapshot {
  readonly #path: string
  /** What is to be written after what is being written; older ones are passed over. */
  #next: FunctionSet | undefined
  #writing: Promise<void> | undefined
  #left: Left | undefined

  constructor(path: string) {
    this.#path = path
  }

  /** @returns what was written last; `undefined` where there is nothing, or it is damaged */
  async read(): Promise<FunctionSet | undefined> {
    try {
      return setOf(await readFile(this.#path, 'utf8'))
    } catch {
      return undefined
    }
  }

  /** When what was to be written is, or has failed. */
  get written(): Promise<void> {
    return this.#writing?.catch(() => {}) ?? Promise.resolve()
  }

  /** Has a set written, soon. @throws {Error} the file cannot be written */
  write(set: FunctionSet): Promise<void> {
    this.#next = set
    return (this.#writing ??= this.#write())
  }

  async #write(): Promise<void> {
    try {
      while (this.#next !== undefined) {
        const set = this.#next
        this.#next = undefined
        const left = this.#left
        // Where it fails, nobody knows what the file is.
        this.#left = undefined
        this.#left = (await this.#append(left, set)) ?? (await this.#replace(set))
      }
    } finally {
      this.#writing = undefined
    }
  }

  async #replace(set: FunctionSet): Promise<Left> {
    const file = await writeAtomically(this.#path, stepBetween(undefined, set), true)
    return { ...file, set, whole: file.size }
  }

  /** @returns `undefined` where it is to be written whole */
  async #append(left: Left | undefined, set: FunctionSet): Promise<Left | undefined> {
    if (left === undefined) return undefined
    const { ino, whole } = left
    const step = Buffer.from(stepBetween(left.set, set))
    const size = left.size + step.length
    if (size > 2 * whole + LEAST_STEPS) return undefined
    const file = await open(this.#path, constants.O_WRONLY | constants.O_APPEND).catch(
      () => undefined,
    )
    if (file === undefined) return undefined
    try {
      const there = await file.stat()
      if (there.ino !== ino || there.size !== left.size) return undefined
      await file.writeFile(step)
      await file.sync()
    } finally {
      await file.close()
    }
    return { ino, size, set, whole }
  }
}
