/** Time that passes when a test says so. */
export class TestClock {
  #now = 0
  #timers = new Set()

  /** @param start the time of day at its begin */
  constructor(start = '2030-01-01T00:00:00Z') {
    this.start = Date.parse(start)
  }

  now() {
    return this.#now
  }

  date() {
    return this.start + this.#now
  }

  after(ms, callback) {
    const timer = { at: this.#now + ms, callback }
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  /** Milliseconds until each timer, in their order. */
  get pending() {
    return [...this.#timers].map(({ at }) => at - this.#now).sort((a, b) => a - b)
  }

  /** Lets time pass, and calls back those that wait, in their order. */
  advance(ms) {
    const end = this.#now + ms
    for (;;) {
      const due = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)
      if (due.length === 0) break
      this.#now = due[0].at
      this.#timers.delete(due[0])
      due[0].callback()
    }
    this.#now = end
  }
}
