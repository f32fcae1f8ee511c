import { Int32ArrayConstructor } from '../codec/shared/primordials.js'
import { Control } from '../driver/contract.js'
import type { Uncaught } from '../driver/failure.js'

/** What keeps a call waiting, and what happens when that is over. */
export interface TimerSource {
  /** Runs what is due next. Milliseconds until then, 0 if it has run, less if there is nothing. */
  turn(): number
  /** Lets all of it go. */
  clear(): void
}

/** The turns of a call in an isolate beyond its microtasks: there is no event loop but this. */
export class Turns {
  #timers: TimerSource | undefined
  #error: Uncaught | undefined
  readonly #words: Int32Array

  constructor(control: ArrayBuffer) {
    this.#words = new Int32ArrayConstructor(control)
  }

  /** The call has timers, which may settle what it waits for. */
  use(timers: TimerSource): void {
    this.#timers = timers
    this.#words[Control.Turns] = 1
  }

  /** Nobody has caught `error`, of a timer, a microtask or a listener. The call that waits ends with it. */
  uncaught(error: unknown): void {
    this.#error ??= { error }
    this.#words[Control.Turns] = 1
  }

  /** What nobody has caught. */
  get error(): Uncaught | undefined {
    return this.#error
  }

  turn(): number {
    return this.#error === undefined ? (this.#timers?.turn() ?? -1) : -1
  }

  /** Ends with the call: what it has left behind must not run in the next. */
  end(): void {
    this.#timers?.clear()
    this.#error = undefined
    this.#words[Control.Turns] = 0
  }
}
