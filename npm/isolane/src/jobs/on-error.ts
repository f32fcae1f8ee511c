/**
 * What becomes of the results where items may fail: of a call over items, one class for each
 * `onError`; of a stream, whose items are calls of their own, a function.
 */

import type { Refuse } from '../codec/index.js'
import {
  DataCloneError,
  FunctionError,
  MemoryLimitError,
  NeverSettlesError,
  TimeoutError,
  WorkerLostError,
} from '../errors/errors.js'
import { itemAt, type ItemList } from '../values/items.js'
import type { IndexRange, OnError } from '../options/outcome.js'
import type { ListResults, ResultBlock, Results } from './results.js'

/** Takes results and failures. */
export interface OnErrorPolicy<T> {
  /** Whether {@link fail} wants the error of every item that fails. */
  readonly needsErrors: boolean
  keep(block: ResultBlock, refuse: Refuse): void
  /** Item `index` has failed; its slot is in a block that came before, or in none. */
  fail(index: number, error: Error | undefined): void
  /** All of it. `missing`: what had neither result nor failure. */
  results(missing: readonly IndexRange[]): T
}

/**
 * The policy for `onError`. Those of `filter` replace not the item but whether it stays:
 * with `'original'` it does.
 */
export function policyFor<T>(
  onError: OnError,
  results: Results<T>,
  items: ItemList,
  isFilter: boolean,
): OnErrorPolicy<T> {
  if (typeof onError === 'function') {
    return new Replace(results, true, (index, error) =>
      onError(itemAt(items, index), index, error!),
    )
  }
  switch (onError) {
    case 'original':
      return new Replace(results, false, (index) => (isFilter ? true : itemAt(items, index)))
    case 'settle':
      return (
        isListResults(results) ? new SettleEach(results) : new Replace(results, false)
      ) as OnErrorPolicy<T>
    case 'omit':
      return isFilter ? new Replace(results, false) : new Omit(results, items.length)
    default:
      return new Replace(results, false)
  }
}

function isListResults(results: object): results is ListResults {
  return Object.hasOwn(results, 'list')
}

/** Another value in place of each result that failed; without one, the slot stays as it is. */
class Replace<T> implements OnErrorPolicy<T> {
  constructor(
    private readonly kept: Results<T>,
    readonly needsErrors: boolean,
    private readonly substitute?: (index: number, error: Error | undefined) => unknown,
  ) {}

  keep(block: ResultBlock, refuse: Refuse): void {
    this.kept.keep(block, refuse)
  }

  fail(index: number, error: Error | undefined): void {
    if (this.substitute !== undefined) this.kept.replace(index, this.substitute(index, error))
  }

  results(): T {
    return this.kept.value()
  }
}

/** An object for each item, as from `Promise.allSettled`. */
class SettleEach implements OnErrorPolicy<unknown[]> {
  readonly needsErrors = true

  constructor(private readonly kept: ListResults) {}

  keep(block: ResultBlock, refuse: Refuse): void {
    this.kept.keep(block, refuse)
    const { list } = this.kept
    const end = block.first + block.count
    for (let i = block.first; i < end; i++) {
      if (i in list) list[i] = { status: 'fulfilled', value: list[i] }
    }
  }

  fail(index: number, error: Error | undefined): void {
    this.kept.replace(index, { status: 'rejected', reason: error })
  }

  results(): unknown[] {
    return this.kept.value()
  }
}

/** Only what has a result. */
class Omit<T> implements OnErrorPolicy<T> {
  readonly needsErrors = false
  /** By index: 1 for an item without a result. */
  readonly #lacks: Uint8Array

  constructor(
    private readonly kept: Results<T>,
    total: number,
  ) {
    this.#lacks = new Uint8Array(total)
  }

  keep(block: ResultBlock, refuse: Refuse): void {
    this.kept.keep(block, refuse)
  }

  fail(index: number): void {
    this.#lacks[index] = 1
  }

  results(missing: readonly IndexRange[]): T {
    const lacks = this.#lacks
    for (const [start, end] of missing) lacks.fill(1, start, end)
    return this.kept.valueAt((index) => lacks[index] === 0)
  }
}

/** In place of the result of an item that is to be left out. */
export const OMITTED = Symbol('omitted')

/** Ends of a call that are its item's own; others, such as the end of the pool, end the stream. */
const OWN_FAILURES = [
  FunctionError,
  NeverSettlesError,
  DataCloneError,
  TimeoutError,
  MemoryLimitError,
  WorkerLostError,
]

/** What `onError` makes of the call of a stream's item. */
export function itemPolicy<T>(
  onError: OnError<T>,
): (call: Promise<unknown>, item: T, index: number) => Promise<unknown> {
  if (onError === 'reject') return (call) => call
  const settle = onError === 'settle'
  return (call, item, index) =>
    call.then(
      (value) => (settle ? { status: 'fulfilled', value } : value),
      (error: Error) => {
        if (!OWN_FAILURES.some((kind) => error instanceof kind)) throw error
        if (typeof onError === 'function') return onError(item, index, error)
        if (settle) return { status: 'rejected', reason: error }
        return onError === 'original' ? item : OMITTED
      },
    )
}
