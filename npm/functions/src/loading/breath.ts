import { setImmediate as nextTurn } from 'node:timers/promises'

/** So long the event loop may wait for what is done in one go. */
const LONGEST_MS = 10

/** Gives the event loop a turn from time to time, in work on thousands of things. */
export class Breath {
  #since = performance.now()

  async taken(): Promise<void> {
    if (performance.now() - this.#since < LONGEST_MS) return
    await nextTurn()
    this.#since = performance.now()
  }
}
