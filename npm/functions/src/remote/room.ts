import type { Deadline } from './deadline.js'

/** Room for so many at a time; the others wait in order. */
export class Room {
  #free: number
  readonly #waiting: (() => void)[] = []

  constructor(size: number) {
    this.#free = size
  }

  /** Runs `work` when there is room, unless it is late by then. */
  async with<T>(deadline: Deadline, work: () => Promise<T>): Promise<T> {
    await this.#enter(deadline)
    try {
      return await work()
    } finally {
      this.#leave()
    }
  }

  async #enter(deadline: Deadline): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1
      return
    }
    let enter = (): void => {}
    const entered = new Promise<void>((resolve) => (enter = resolve))
    this.#waiting.push(enter)
    try {
      await deadline.race(entered)
    } catch (error) {
      const index = this.#waiting.indexOf(enter)
      // Let in at the very moment at which it gave up.
      if (index < 0) this.#leave()
      else this.#waiting.splice(index, 1)
      throw error
    }
  }

  #leave(): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#free += 1
    else next()
  }
}
