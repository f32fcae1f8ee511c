import { type FSWatcher, watch } from 'node:fs'
import { basename, join } from 'node:path'

/** Who looks into a folder. */
export interface Onlooker {
  /** The folders in which something may be other. */
  folders(): Iterable<string>
  /** This file, or this folder, may be other; without a path anything. */
  hint?(path?: string): void
  /** Looks at what may be other. */
  look(): Promise<void>
}

/** Looking through a folder takes at most this share of the time. */
const MOST_TIME = 1 / 20

/**
 * Looks into a folder: when the file system tells of something there, and from time to time in any case. Folders
 * are listened to, not files: of these there may be thousands.
 */
export class Watching {
  readonly #interval: number
  readonly #onlookers = new Set<Onlooker>()
  readonly #watchers = new Map<string, FSWatcher>()
  #timer: NodeJS.Timeout | undefined
  #looking: Promise<void> | undefined
  #isWanted = false

  constructor(interval: number) {
    this.#interval = interval
  }

  /** @returns what ends it */
  add(onlooker: Onlooker): () => Promise<void> {
    this.#onlookers.add(onlooker)
    this.wake()
    return async () => {
      this.#onlookers.delete(onlooker)
      if (this.#onlookers.size === 0) await this.close()
    }
  }

  /** Something may be other. */
  wake(): void {
    this.#isWanted = true
    if (this.#onlookers.size > 0) this.#looking ??= this.#look()
  }

  async close(): Promise<void> {
    this.#onlookers.clear()
    await this.#looking
    clearTimeout(this.#timer)
    for (const watcher of this.#watchers.values()) watcher.close()
    this.#watchers.clear()
  }

  async #look(): Promise<void> {
    clearTimeout(this.#timer)
    const began = performance.now()
    while (this.#isWanted) {
      this.#isWanted = false
      this.#listen()
      for (const onlooker of this.#onlookers) {
        // A folder that cannot be read now is looked at again.
        await onlooker.look().catch(() => {})
      }
      // What happened in a folder before it was listened to has not been told.
      if (this.#listen()) this.#hint()
    }
    this.#looking = undefined
    const pause = Math.max(this.#interval, (performance.now() - began) / MOST_TIME)
    this.#timer = setTimeout(() => this.#tell(), pause).unref()
  }

  #tell(path?: string): void {
    this.#hint(path)
    this.wake()
  }

  #hint(path?: string): void {
    for (const onlooker of this.#onlookers) onlooker.hint?.(path)
    this.#isWanted = true
  }

  /** Listens to the folders that there are now. @returns whether there are others than before */
  #listen(): boolean {
    const folders = new Set([...this.#onlookers].flatMap((each) => [...each.folders()]))
    for (const [folder, watcher] of this.#watchers) {
      if (folders.has(folder)) continue
      watcher.close()
      this.#watchers.delete(folder)
    }
    const others = [...folders].filter((folder) => !this.#watchers.has(folder))
    return others.filter((folder) => this.#listenTo(folder)).length > 0
  }

  #listenTo(folder: string): boolean {
    const lost = () => {
      this.#watchers.get(folder)?.close()
      this.#watchers.delete(folder)
    }
    try {
      const watcher = watch(folder, { persistent: false }, (_, file) => {
        // What is being written is no news yet.
        if (file?.endsWith('.tmp') === true) return
        // So it is told that the folder itself is gone, or another: then that is to be listened to.
        if (file === basename(folder)) lost()
        this.#tell(file === null ? undefined : join(folder, file))
      })
      watcher.on('error', lost)
      this.#watchers.set(folder, watcher)
      return true
    } catch {
      // There is none yet, or too many are listened to: it is looked through all the same.
      return false
    }
  }
}
