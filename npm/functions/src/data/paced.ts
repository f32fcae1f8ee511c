import type { Clock } from './clock.js'

/** Does what it is asked to at once, and then no sooner than after a pause: the last who asks is never forgotten. */
export class Paced {
  readonly #clock: Clock
  readonly #pause: number
  readonly #task: () => void
  #isAsked = false
  #isPausing = false
  #takeBack = (): void => {}

  /** @param pause milliseconds */
  constructor(clock: Clock, pause: number, task: () => void) {
    this.#clock = clock
    this.#pause = pause
    this.#task = task
  }

  ask(): void {
    this.#isAsked = true
    if (!this.#isPausing) this.#go()
  }

  /** Nothing that was asked for is done any more. */
  stop(): void {
    this.#takeBack()
    this.#isAsked = false
  }

  #go(): void {
    this.#isPausing = this.#isAsked
    if (!this.#isAsked) return
    this.#isAsked = false
    this.#takeBack = this.#clock.after(this.#pause, () => this.#go(), false)
    this.#task()
  }
}
