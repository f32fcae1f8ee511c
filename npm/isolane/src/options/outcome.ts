/**
 * What becomes of an item that cannot be read or carried, or whose function throws, rejects, or gives
 * what cannot be carried:
 *
 * - `'reject'` (default): the call rejects, with the failure of the lowest index that came in time;
 * - `'original'`: the item itself, the very same value, stands in for its result;
 * - `'settle'`: each item gets an object as from `Promise.allSettled`;
 * - `'omit'`: it is left out, so that results are fewer than items;
 * - a function, run on the main thread: what it returns stands in for the result.
 */
export type OnError<T = any, R = any> =
  | 'reject'
  | 'original'
  | 'settle'
  | 'omit'
  | ((item: T, index: number, error: Error) => R)

/** What becomes of a call that runs longer than its `timeout`. */
export type OnTimeout = 'reject' | 'partial'

/** Options by which a call gives all its results or rejects. */
export interface AllOrNothing {
  onTimeout?: 'reject'
  onError?: 'reject'
}

/** Indices from the first to, not including, the second. */
export type IndexRange = [start: number, end: number]

/** An item that failed. */
export interface ItemFailure {
  /** In the whole input. */
  index: number
  /** As the call would have rejected with. */
  error: Error
  /** Where items are text (`from`): the byte at which the item begins. */
  offset?: number
}

/**
 * What a call over items gives that was told to go on past failures (`onError`) or to give what it
 * has at its timeout (`onTimeout: 'partial'`).
 */
export interface BatchOutcome<Results> {
  /** `'partial'`: the timeout passed first. */
  status: 'complete' | 'partial'
  /**
   * Of a partial outcome, slots of an array that have no result are holes (`index in results` is
   * false), those of a typed array are 0, and `filter` leaves such items out.
   */
  results: Results
  /** Items that were gone through, those that failed among them. */
  completed: number
  /** Items that were not, in order. Of a text that was not read to its end, the last range ends at Infinity. */
  missing: IndexRange[]
  /** In order; at most `maxFailures`, and then the first ones of those that were told. */
  failures: ItemFailure[]
  /** Failures beyond those. */
  failuresOmitted: number
}

/** What `pool.map` gives with `onError` or `onTimeout: 'partial'`. */
export type MapOutcome<R> = BatchOutcome<R[]>
