import type { Dirent } from 'node:fs'
import { mkdir, readdir, readFile, rm, rmdir, stat } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'

import { writeAtomically } from '../local/atomic-file.js'
import { isName } from '../names/name.js'
import { ENDING } from './names-as-files.js'

/** That there is no such file. */
const ABSENT = new Set(['ENOENT', 'ENOTDIR', 'EISDIR', 'ERR_FS_EISDIR', 'ENAMETOOLONG'])

/** The functions of a folder as files: `lib/tax` is `lib/tax.js`. */
export class FunctionFiles {
  /** Folders in which there may be functions, as they were when all were listed last. */
  folders: readonly string[]
  /** Files that are no functions for their names only, or those of their folders: `lib/a b.js`; as they were then. */
  misnamed: readonly string[] = []

  constructor(readonly folder: string) {
    this.folders = [folder]
  }

  /** The function that a file is; `undefined` for another file. */
  nameOf(path: string): string | undefined {
    const bare = this.#bare(path)
    return bare !== undefined && isName(bare) && !this.isApart(path) ? bare : undefined
  }

  #bare(path: string): string | undefined {
    const name = relative(this.folder, path).split(sep).join('/')
    return name.endsWith(ENDING) ? name.slice(0, -ENDING.length) : undefined
  }

  /** Whether a file or folder is none of those that functions are in: such as the log. */
  isApart(path: string): boolean {
    const segments = relative(this.folder, path).split(sep)
    return segments.some((each) => each.startsWith('.') || each === 'node_modules')
  }

  /** All functions, with when their files were changed, and how long they are. */
  async list(): Promise<Map<string, string>> {
    const folders = [this.folder]
    const names: string[] = []
    const misnamed: string[] = []
    for (const folder of folders) {
      for (const entry of await entriesOf(folder)) {
        const path = join(folder, entry.name)
        const bare = this.#bare(path)
        if (this.isApart(path)) continue
        if (entry.isDirectory()) folders.push(path)
        else if (bare !== undefined) {
          if (isName(bare)) names.push(bare)
          else misnamed.push(bare + ENDING)
        }
      }
    }
    this.folders = folders
    this.misnamed = misnamed.sort()
    return this.listAgain(new Map(), names)
  }

  /** The same, where only some can be other than in a list that was made before. */
  async listAgain(
    before: ReadonlyMap<string, string>,
    names: Iterable<string>,
  ): Promise<Map<string, string>> {
    const found = new Map(before)
    await Promise.all(
      Array.from(names, async (name) => {
        const stats = await stat(this.#pathOf(name)).catch(() => undefined)
        if (stats?.isFile()) found.set(name, `${stats.mtimeMs} ${stats.size}`)
        else found.delete(name)
      }),
    )
    return found
  }

  /** A function's text; `undefined` where there is none. */
  async read(name: string): Promise<string | undefined> {
    return readFile(this.#pathOf(name), 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (ABSENT.has(String(error.code))) return undefined
      throw error
    })
  }

  /** Writes a function, unless it is what it is to be; `undefined` takes it away. */
  async write(name: string, source: string | undefined): Promise<void> {
    const path = this.#pathOf(name)
    if (source === undefined) return this.#remove(path)
    const there = await this.read(name)
    if (there === source) return
    await mkdir(dirname(path), { recursive: true })
    // A folder of this name, of functions that are no more.
    if (there === undefined) await rmdir(path).catch(() => {})
    await writeAtomically(path, source, false)
  }

  async #remove(path: string): Promise<void> {
    await rm(path, { force: true }).catch((error: NodeJS.ErrnoException) => {
      if (!ABSENT.has(String(error.code))) throw error
    })
  }

  #pathOf(name: string): string {
    return join(this.folder, ...name.split('/')) + ENDING
  }
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  return readdir(folder, { withFileTypes: true }).catch(() => [])
}
