/**
 * What becomes of the results where items may fail: of a call over items, one class for each
 * `onError`; of a stream, whose items are calls of their own, a function.
 */

import type { Refuse } from '../codec/index.js'
import {
  DataCloneError,
  FunctionError,
  ItemError,
  MemoryLimitError,
  NeverSettlesError,
  TimeoutError,
  WorkerLostError,
} from '../errors/errors.js'
import { itemAt, type ItemList } from '../values/items.js'
import { isTextInput, itemBytes, textItem, type TextInput, type TextPlace } from '../values/text.js'
import type { IndexRange, OnError } from '../options/outcome.js'
import { isListResults, type ListResults, type ResultBlock, type Results } from './results.js'
import { TextResult } from './text-results.js'

/** Takes results and failures. */
export interface OnErrorPolicy<T> {
  /** Whether {@link fail} wants the error of every item that fails. */
  readonly needsErrors: boolean
  keep(block: ResultBlock, refuse: Refuse): void
  /** Item `index` has failed; its slot is in a block that came before, or in none. */
  fail(index: number, error: Error | undefined, place?: TextPlace): void
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
  items: ItemList | TextInput,
  isFilter: boolean,
): OnErrorPolicy<T> {
  const item = (index: number, place: TextPlace | undefined): unknown =>
    isTextInput(items) ? textItem(items, place!) : itemAt(items, index)
  if (typeof onError === 'function') {
    return new Replace(results, true, (index, error, place) =>
      onError(item(index, place), index, error!),
    )
  }
  switch (onError) {
    case 'original':
      if (isFilter) return new Replace(results, false, () => true)
      if (results.isChanges === true) return new Replace(results, false, () => [])
      return results.isText === true && isTextInput(items)
        ? new Replace(
            results,
            false,
            (_, _error, place) => new TextResult(itemBytes(items, place!)),
          )
        : new Replace(results, false, (index, _, place) => item(index, place))
    case 'settle':
      if (results.isText === true) return new Replace(results, true, (_, error) => rejected(error!))
      return (
        isListResults(results) ? new SettleEach(results) : new Replace(results, false)
      ) as OnErrorPolicy<T>
    case 'omit':
      if (isFilter) return new Replace(results, false)
      return results.isText === true ? new Leave(results) : new Omit(results)
    default:
      return new Replace(results, false)
  }
}

/** In text, of an error what JSON can say of it. */
export function rejected(error: Error & { code?: unknown }): object {
  const { name, message, code } = error
  return { status: 'rejected', reason: { name, message, code } }
}

/** Another value in place of each result that failed; without one, the slot stays as it is. */
class Replace<T> implements OnErrorPolicy<T> {
  constructor(
    private readonly kept: Results<T>,
    readonly needsErrors: boolean,
    private readonly substitute?: (
      index: number,
      error: Error | undefined,
      place: TextPlace | undefined,
    ) => unknown,
  ) {}

  keep(block: ResultBlock, refuse: Refuse): void {
    this.kept.keep(block, refuse)
  }

  fail(index: number, error: Error | undefined, place?: TextPlace): void {
    if (this.substitute === undefined) return
    this.kept.replace(index, this.substitute(index, error, place), place)
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

/** What failed is not among the results anyway. */
class Leave<T> implements OnErrorPolicy<T> {
  readonly needsErrors = false

  constructor(private readonly kept: Results<T>) {}

  keep(block: ResultBlock, refuse: Refuse): void {
    this.kept.keep(block, refuse)
  }

  fail(): void {}

  results(): T {
    return this.kept.valueAt(() => true)
  }
}

/** Only what has a result. */
class Omit<T> implements OnErrorPolicy<T> {
  readonly needsErrors = false
  /** Indices of items without a result. */
  readonly #failed = new Set<number>()

  constructor(private readonly kept: Results<T>) {}

  keep(block: ResultBlock, refuse: Refuse): void {
    this.kept.keep(block, refuse)
  }

  fail(index: number): void {
    this.#failed.add(index)
  }

  results(missing: readonly IndexRange[]): T {
    const failed = this.#failed
    // Indices are asked for in order, perhaps more than once.
    let range = 0
    let last = 0
    return this.kept.valueAt((index) => {
      if (index < last) range = 0
      last = index
      while (range < missing.length && index >= missing[range]![1]) range++
      const isMissing = range < missing.length && index >= missing[range]![0]
      return !isMissing && !failed.has(index)
    })
  }
}

/** In place of the result of an item that is to be left out. */
export const OMITTED = Symbol('omitted')

/** Ends of a call that are its item's own; others, such as the end of the pool, end the stream. */
const OWN_FAILURES = [
  FunctionError,
  ItemError,
  NeverSettlesError,
  DataCloneError,
  TimeoutError,
  MemoryLimitError,
  WorkerLostError,
]

/** Whether an error is about one call, and no reason to end others that were made with it. */
export function isOwnFailure(error: unknown): boolean {
  return OWN_FAILURES.some((kind) => error instanceof kind)
}

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
        if (!isOwnFailure(error)) throw error
        if (typeof onError === 'function') return onError(item, index, error)
        if (settle) return { status: 'rejected', reason: error }
        return onError === 'original' ? item : OMITTED
      },
    )
}
