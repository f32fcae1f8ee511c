import { randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'

import { writeAtomically } from '../local/atomic-file.js'
import { isName } from '../names/name.js'

const ENDING = '.intent'
/** By then whoever wanted to write has written, or is no more. */
const LONGEST_MS = 10_000

/** Files that somebody wanted to write, and has not. */
export interface LeftIntent {
  readonly path: string
  readonly names: readonly string[]
}

/**
 * Which files are about to be written: told before a change is in the log, and taken back when its files are
 * there. Until then a file that is not what is in force is no edit of anybody's.
 */
export class Intents {
  /** @param folder beside the log, which may hold thousands of files */
  constructor(readonly folder: string) {}

  /** Tells of an intent. */
  async tell(names: readonly string[]): Promise<LeftIntent> {
    await mkdir(this.folder, { recursive: true })
    const path = join(this.folder, randomBytes(8).toString('hex') + ENDING)
    await writeAtomically(path, JSON.stringify(names), false)
    return { path, names }
  }

  /** Takes an intent back, but for the names that could not be written: these are left to be tried again. */
  async end(intent: LeftIntent, failed: (name: string) => boolean): Promise<void> {
    const names = intent.names.filter(failed)
    if (names.length === 0) return rm(intent.path, { force: true })
    if (names.length < intent.names.length) {
      await writeAtomically(intent.path, JSON.stringify(names), false)
    }
    await utimes(intent.path, 0, 0)
  }

  /** Whether somebody is about to write, and what others could not write who were. */
  async now(): Promise<{ isBusy: boolean; left: LeftIntent[] }> {
    const files = await readdir(this.folder).catch(() => [])
    const left: LeftIntent[] = []
    let isBusy = false
    for (const file of files.filter((name) => name.endsWith(ENDING))) {
      const path = join(this.folder, file)
      const stats = await stat(path).catch(() => undefined)
      if (stats === undefined) continue
      if (Date.now() - stats.mtimeMs > LONGEST_MS) left.push({ path, names: await read(path) })
      else isBusy = true
    }
    return { isBusy, left }
  }
}

async function read(path: string): Promise<string[]> {
  try {
    const names: unknown = JSON.parse(await readFile(path, 'utf8'))
    return Array.isArray(names)
      ? names.filter((name) => typeof name === 'string' && isName(name))
      : []
  } catch {
    // Taken back meanwhile.
    return []
  }
}
