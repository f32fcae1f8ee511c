/**
 * For so many milliseconds after a call the channel looks for its answer by itself, turn by turn,
 * before it has the addon wake it: waking a sleeping event loop takes longer than a small job.
 */
const POLL_MS = 0.05

/** The same for a job that is known to take about so long. */
const KNOWN_POLL_MS = 0.2

/** The same after it has not looked for a while: then the worker sleeps, too, and has to be woken. */
const COLD_POLL_MS = 0.1

/** The most calls in a row whose answers it leaves to the addon. */
const MAX_PAUSE = 31

/**
 * Whether looking for answers pays. It does where a worker answers meanwhile. It does not for calls
 * that take longer, nor where other processes leave this one a single CPU: the worker then gets that
 * only when the event loop sleeps. So each time that no answer has come, twice as many calls go by before
 * the next try; each answer halves their number.
 */
export class Polling {
  #until = 0
  #pause = 0
  /** Calls that are still to go by. */
  #left = 0
  #isAnswered = false

  /**
   * A call is sent. Returns whether to look for its answer.
   *
   * @param isKnown whether it is known to be there soon
   */
  begin(now: number, isKnown: boolean): boolean {
    if (this.#left > 0) {
      this.#left--
      return false
    }
    const time = this.#pause > 0 ? COLD_POLL_MS : POLL_MS
    this.#until = Math.max(this.#until, now + (isKnown ? KNOWN_POLL_MS : time))
    this.#isAnswered = false
    return true
  }

  /** While it looks, a job has ended. */
  answered(): void {
    if (this.#isAnswered) return
    this.#isAnswered = true
    this.#pause >>= 1
  }

  /** Whether to go on looking. */
  goesOn(now: number): boolean {
    if (now <= this.#until) return true
    if (!this.#isAnswered) {
      this.#pause = Math.min(this.#pause * 2 + 1, MAX_PAUSE)
      this.#left = this.#pause
    }
    return false
  }
}
