import { setTimeout as pause } from 'node:timers/promises'

import { sha256 } from '../store/hash.js'
import { inTurns } from '../loading/in-turns.js'
import type { Edit, Head } from '../store/store.js'
import type { FunctionFiles } from './files.js'
import type { Intents } from './intents.js'

/** What is in force, as finding edits sees it. */
export interface FilesInForce {
  /** Reads the log on, and tells where it ends. */
  head(): Promise<Head>
  names(): string[]
  /** The SHA-256 of a name's text; `undefined` where it is free. */
  digestOf(name: string): string | undefined
}

/** An editor has written a file to its end when it has been left alone for so long. */
const SETTLED_MS = 30
/** Files that are read at once. */
const READERS = 16

/** Finds files that somebody has edited: that are not what is in force, and that nobody is about to write. */
export class Edits {
  readonly #files: FunctionFiles
  readonly #intents: Intents
  readonly #inForce: FilesInForce
  /** The state of each file when it was compared last with what is in force. */
  #seen = new Map<string, string>()
  /** When it was listed last. */
  #listed: ReadonlyMap<string, string> = new Map()
  /** Those that may be other by now; `undefined` for all. */
  #open: Set<string> | undefined
  /**
   * The states that have been looked into. Where it was what is in force, that is in it; where it was an edit, the
   * head, since what was refused may be taken after a change.
   */
  readonly #judged = new Map<string, string>()

  constructor(files: FunctionFiles, intents: Intents, inForce: FilesInForce) {
    this.#files = files
    this.#intents = intents
    this.#inForce = inForce
  }

  /** A file or a folder may be other; without a path, anything. */
  hint(path?: string): void {
    if (path === undefined) this.#open = undefined
    if (path === undefined || this.#open === undefined || this.#files.isApart(path)) return
    const name = this.#files.nameOf(path)
    if (name === undefined) this.#open = undefined
    else this.#open.add(name)
  }

  /** What has been edited since it was asked last; nothing while somebody publishes, until that is done. */
  async find(): Promise<Edit[]> {
    const open = this.#open
    this.#open = new Set()
    try {
      const edits = await this.#find(open)
      if (edits !== undefined) return edits
    } catch (error) {
      this.#open = undefined
      throw error
    }
    if (open === undefined) this.#open = undefined
    else for (const name of open) this.#open?.add(name)
    return []
  }

  /** @returns `undefined` while somebody publishes */
  async #find(open: ReadonlySet<string> | undefined): Promise<Edit[] | undefined> {
    const head = await this.#inForce.head()
    const { isBusy, left } = await this.#intents.now()
    if (isBusy) return undefined
    // Such a file has an older text, which is nobody's edit.
    const unwritten = new Set(left.flatMap(({ names }) => names))
    const states = await this.#settled(open)
    this.#listed = states
    if (await this.#isOther(head, unwritten)) return []
    const missing = this.#inForce.names().filter((name) => !states.has(name))
    // A file that was never there is not one that somebody has taken away.
    const gone = missing.filter((name) => this.#seen.has(name) && !unwritten.has(name))
    const edits: Edit[] = gone.map((name) => ({ name, source: null }))
    const judged = new Map<string, string>()
    const others = [...states].filter(
      ([name, state]) => !unwritten.has(name) && !this.#knows(name, state, head),
    )
    await inTurns(others.values(), READERS, async ([name, state]) => {
      const source = await this.#files.read(name)
      if (source === undefined) return
      const digest = sha256(source)
      const isEdit = digest !== this.#inForce.digestOf(name)
      judged.set(name, `${isEdit ? head.id : digest} ${state}`)
      if (isEdit) edits.push({ name, source })
    })
    // Whoever has written meanwhile has told before, or the log is longer now.
    if (await this.#isOther(head, unwritten)) return []
    for (const [name, known] of judged) this.#judged.set(name, known)
    for (const name of this.#judged.keys()) if (!states.has(name)) this.#judged.delete(name)
    this.#seen = states
    return edits
  }

  /** Whether somebody has published meanwhile, is about to, or has left files unwritten. */
  async #isOther({ id }: Head, unwritten: ReadonlySet<string>): Promise<boolean> {
    const { isBusy, left } = await this.#intents.now()
    if (isBusy || left.some(({ names }) => names.some((name) => !unwritten.has(name)))) return true
    return (await this.#inForce.head()).id !== id
  }

  /** Whether a file has been looked into, and nothing it was compared with is other now. */
  #knows(name: string, state: string, { id }: Head): boolean {
    const known = this.#judged.get(name)
    return known === `${this.#inForce.digestOf(name)} ${state}` || known === `${id} ${state}`
  }

  /** States of files that are not being written just now. */
  async #settled(open: ReadonlySet<string> | undefined): Promise<Map<string, string>> {
    const list = () =>
      open === undefined ? this.#files.list() : this.#files.listAgain(this.#listed, open)
    for (;;) {
      const states = await list()
      const isOther = [...states].some(([name, state]) => this.#seen.get(name) !== state)
      if (!isOther && states.size === this.#seen.size) return states
      // Who closes the folder waits for it, and may have nothing else to stay for.
      await pause(SETTLED_MS)
      const again = await list()
      if ([...again].every(([name, state]) => states.get(name) === state)) return again
    }
  }
}
