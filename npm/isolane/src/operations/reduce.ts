import { InvalidTypeError, TimeoutError } from '../errors/errors.js'
import { isArray, wrongType } from '../errors/invalid.js'
import type { FunctionHandle } from '../functions/handles.js'
import type { Reducers } from '../functions/types.js'
import type { ResultBlock, Results } from '../jobs/results.js'
import { checkBatchOptions, type CallOptions } from '../options/call.js'
import { changed, NO_OPTIONS } from '../options/check.js'
import { Operation } from '../protocol.js'
import { itemList } from '../values/items.js'
import type { OperationHost } from './host.js'

const REDUCER_KEYS = ['reduce', 'map', 'initial']

/** See `Pool.reduce`. Two phases: folding the chunks, and folding what that gave. */
export function reduce<T, R>(
  pool: OperationHost,
  items: unknown,
  reducers: Reducers<T, R>,
  options: unknown,
): Promise<R> {
  const checked = checkBatchOptions(options)
  const input = itemList(items)
  const { fold, map, hasInitial, initial } = checkReducers(reducers)
  const reducer = pool.functions.handleOf(fold, checked)
  const mapper = map === undefined ? undefined : pool.functions.handleOf(map, checked)
  const { submission } = pool
  return pool.life.inPhases(async () => {
    const partials = (await submission.batch({
      operation: Operation.Reduce,
      fn: reducer,
      second: mapper,
      items: input,
      options: checked,
      results: new PartialResults(),
    })) as Partials
    // A chunk of holes has no partial result.
    const parts = partials.parts.filter(({ length }) => length > 0)
    if (hasInitial) parts.unshift(submission.encoder.encode([initial], 'initial').slice())
    if (parts.length === 0) {
      throw new InvalidTypeError('reduce of no items needs an initial value; pass { initial }')
    }
    return (await combine(pool, reducer, parts, checked, partials.ran)) as R
  })
}

/**
 * Checks what `pool.reduce` folds with, and reads it once.
 *
 * @throws {InvalidTypeError} where it is no object, or holds what no reducer is
 */
function checkReducers<T, R>(reducers: Reducers<T, R>) {
  if (typeof reducers !== 'object' || reducers === null || isArray('reducers', reducers)) {
    throw wrongType('reducers', 'an object { reduce, map?, initial? }', reducers)
  }
  for (const key of Object.keys(reducers)) {
    if (!REDUCER_KEYS.includes(key)) {
      throw new InvalidTypeError(
        `There is no reducer '${key}'; there are ${REDUCER_KEYS.join(', ')}`,
      )
    }
  }
  const { reduce: fold, map, initial } = changed(NO_OPTIONS, reducers)
  return { fold, map, initial, hasInitial: Object.hasOwn(reducers, 'initial') }
}

/**
 * Combines partial results, which are encoded already: the last phase of a call that has run for
 * `ran` milliseconds. What is left of its timeout holds for it.
 */
async function combine(
  { submission, buffers }: OperationHost,
  fn: FunctionHandle,
  partials: Uint8Array[],
  options: CallOptions,
  ran: number,
): Promise<unknown> {
  const { timeout = submission.defaults.timeout } = options
  if (ran >= timeout) throw new TimeoutError(fn.name, timeout)
  const rest = changed(options, { timeout: timeout - ran })
  buffers?.relay()
  try {
    return await submission.single(Operation.Combine, fn, partials, rest)
  } catch (error) {
    throw error instanceof TimeoutError ? new TimeoutError(fn.name, timeout) : error
  }
}

/** Partial results, still encoded, in input order. */
interface Partials {
  parts: Uint8Array[]
  /** Milliseconds that the job has run. */
  ran: number
}

/** Partial results, left encoded: they go back to an isolate to be combined. */
class PartialResults implements Results<Partials> {
  readonly #partials: { first: number; bytes: Uint8Array }[] = []
  #ran = 0

  keep({ bytes, offset, length, first, ran }: ResultBlock): void {
    this.#partials.push({ first, bytes: bytes.slice(offset, offset + length) })
    this.#ran = Math.max(this.#ran, ran)
  }

  replace(): never {
    throw new InvalidTypeError('A partial result stands for many items')
  }

  value(): Partials {
    const parts = this.#partials.sort((a, b) => a.first - b.first).map(({ bytes }) => bytes)
    return { parts, ran: this.#ran }
  }

  valueAt(): Partials {
    return this.value()
  }
}
