import { StoreUnavailableError } from '../errors/errors.js'
import type { Deadline } from '../store/guarded.js'

const nothing = () => {}

/** Tasks that are done one after the other, in the order in which they came. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve()

  /**
   * Does a task when those before it have ended.
   *
   * @param deadline by when it must have begun
   * @throws what the task throws
   * @throws {StoreUnavailableError} those before it took too long; it was not begun
   */
  async take<T>(deadline: Deadline | undefined, task: () => Promise<T>): Promise<T> {
    let isGivenUp = false
    let timer: NodeJS.Timeout | undefined
    const turn = this.#last.then(() => {
      clearTimeout(timer)
      return isGivenUp ? undefined : task()
    })
    // Not what it gives: that would stay until the next one.
    this.#last = turn.then(nothing, nothing)
    if (deadline === undefined) return turn as Promise<T>
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        isGivenUp = true
        const message = `Changes that were asked for before took more than ${deadline.ms} ms`
        reject(new StoreUnavailableError(`${message}; nothing was changed`))
      }, deadline.left)
    })
    return Promise.race([turn as Promise<T>, late])
  }
}
