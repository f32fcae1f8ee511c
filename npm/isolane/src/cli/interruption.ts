/** The signals by which a user ends the command. */

import { setTimeout } from '../addon/timers.js'
import { BY_SIGNAL } from './exit-codes.js'

type SignalName = keyof typeof BY_SIGNAL

/** What runs may take to end by itself. */
const PATIENCE_MS = 600

/** From its making on, the first signal aborts {@link signal}; a second one ends the process at once. */
export class Interruption {
  readonly #controller = new AbortController()
  #by: SignalName | undefined

  /** @param lastly what must be done before the process is ended from here; it may be done already */
  constructor(lastly: () => void) {
    for (const name of Object.keys(BY_SIGNAL) as SignalName[]) {
      process.on(name, () => {
        if (this.#by !== undefined) return end(name, lastly)
        this.#by = name
        this.#controller.abort()
        // What cannot be stopped, such as a write to a pipe that nobody reads, must not keep us.
        setTimeout(() => end(name, lastly), PATIENCE_MS)
      })
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** What a shell would call it; undefined where nobody has interrupted. */
  get exitCode(): number | undefined {
    return this.#by && BY_SIGNAL[this.#by]
  }
}

/** By the signal itself: a regular exit would wait for a write that is stuck. */
function end(name: SignalName, lastly: () => void): void {
  try {
    lastly()
  } finally {
    process.removeAllListeners(name)
    process.kill(process.pid, name)
  }
}
