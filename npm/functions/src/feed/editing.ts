import type { Edit } from '../store/store.js'

/** What editing needs. */
export interface EditingHost {
  /** Publishes edits as one change. */
  publish(edits: readonly Edit[]): Promise<unknown>
  /** An edit is not in force. */
  refuse(edit: Edit, reason: Error): void
}

/** Publishes what people have edited in the store's place: together, or one by one where one is in the way. */
export class Editing {
  readonly #host: EditingHost
  #last: Promise<unknown> = Promise.resolve()

  constructor(host: EditingHost) {
    this.#host = host
  }

  /** Publishes edits after those before. */
  take(edits: readonly Edit[]): void {
    this.#last = this.#last.then(() => this.#publish(edits))
  }

  async #publish(edits: readonly Edit[]): Promise<void> {
    try {
      await this.#host.publish(edits)
    } catch (error) {
      if (edits.length === 1) return this.#host.refuse(edits[0]!, error as Error)
      for (const edit of edits) await this.#publish([edit])
    }
  }
}
