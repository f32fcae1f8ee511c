import type { Head, Unwatch } from '../store/store.js'
import type { Hints } from './hints.js'
import { sleep } from './sleep.js'

/** Hints from looking at the head again and again, for databases that tell nothing by themselves. */
export class Poller implements Hints {
  readonly #head: () => Promise<Head>
  readonly #interval: number
  readonly #hints = new Set<(head?: Head) => void>()
  #stop: AbortController | undefined
  /** The first look is over. */
  #begun: Promise<void> | undefined
  /** What listeners have been told; undefined where they may have missed something. */
  #seen: Head | undefined

  constructor(head: () => Promise<Head>, interval: number) {
    this.#head = head
    this.#interval = interval
  }

  /** Resolves once `hint` hears of all that comes. */
  async add(hint: (head?: Head) => void): Promise<Unwatch> {
    // Of one that is told twice, only one listener is taken away.
    const own = (head?: Head): void => hint(head)
    this.#hints.add(own)
    if (this.#stop === undefined) this.#start()
    await this.#begun
    return async () => {
      this.#hints.delete(own)
      if (this.#hints.size === 0) await this.close()
    }
  }

  /** The log ends here now. */
  tell(head: Head): void {
    const seen = this.#seen
    if (seen !== undefined && seen.revision === head.revision && seen.id === head.id) return
    this.#seen = head
    for (const hint of this.#hints) hint(head)
  }

  async close(): Promise<void> {
    this.#stop?.abort()
    this.#stop = undefined
  }

  #start(): void {
    const { signal } = (this.#stop = new AbortController())
    this.#seen = undefined
    this.#begun = this.#look(signal)
    void this.#begun.then(() => this.#poll(signal))
  }

  async #poll(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await sleep(this.#interval, signal)
      if (!signal.aborted) await this.#look(signal)
    }
  }

  async #look(signal: AbortSignal): Promise<void> {
    try {
      const head = await this.#head()
      if (!signal.aborted) this.tell(head)
    } catch {
      // Once it is back, that is told.
      this.#seen = undefined
    }
  }
}
