import { StoreUnavailableError } from '../errors/errors.js'
import type { StoreConflictError, StoreCorruptError } from '../errors/store-errors.js'

/** When something has to be done, on a clock that only goes forward. */
export class Deadline {
  readonly #at: number

  /** @param ms from now on */
  constructor(readonly ms: number) {
    this.#at = performance.now() + ms
  }

  /** Milliseconds that are left; not below 0. */
  get left(): number {
    return Math.max(0, this.#at - performance.now())
  }
}

/**
 * Asks a store. One that hangs is one that is out of reach: what it says after the deadline is not heard.
 *
 * @param what the store is asked for, for the error: 'commit a change'
 * @throws {StoreUnavailableError} the store failed, or did not answer in time
 * @throws {StoreConflictError | StoreCorruptError | InvalidArgumentError} the store's own answer
 */
export async function asked<T>(
  what: string,
  deadline: Deadline,
  ask: () => Promise<T>,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<never>((_, reject) => {
    const late = () => {
      const message = `The store did not ${what} within ${deadline.ms} ms`
      reject(new StoreUnavailableError(message))
    }
    timer = setTimeout(late, deadline.left)
  })
  try {
    return await Promise.race([ask(), tooLate])
  } catch (error) {
    throw answerOf(what, error)
  } finally {
    clearTimeout(timer)
  }
}

/** What a store has failed with: its own answer, or that it is out of reach. */
export function answerOf(what: string, error: unknown): Error {
  if (isOwn(error)) return error
  const reason = error instanceof Error ? error.message : String(error)
  return new StoreUnavailableError(`The store could not ${what}: ${reason}`, { cause: error })
}

/** By the code: an adapter may have another copy of this package. */
function isOwn(error: unknown): error is Error {
  const isUnavailable = error instanceof StoreUnavailableError
  // Such as the name of a function that it cannot keep.
  const isRefusal = codeOf(error) === 'ERR_ISOLANE_INVALID_ARGUMENT'
  return isUnavailable || isRefusal || isConflict(error) || isCorrupt(error)
}

/** Whether a store says that its log ends elsewhere. */
export function isConflict(error: unknown): error is StoreConflictError {
  return codeOf(error) === 'ERR_ISOLANE_STORE_CONFLICT'
}

/** Whether a store says that what it has makes no sense. */
export function isCorrupt(error: unknown): error is StoreCorruptError {
  return codeOf(error) === 'ERR_ISOLANE_STORE_CORRUPT'
}

function codeOf(error: unknown): unknown {
  return error instanceof Error ? (error as { code?: unknown }).code : undefined
}
