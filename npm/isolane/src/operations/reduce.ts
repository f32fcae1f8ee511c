import { InvalidTypeError, TimeoutError } from '../errors/errors.js'
import { isArray, wrongType } from '../errors/invalid.js'
import { named, type Call } from '../calls/call.js'
import { traced } from '../calls/channels.js'
import type { Reducers } from '../functions/types.js'
import type { ResultBlock, Results } from '../jobs/results.js'
import { checkReduceOptions, type ReduceOptions } from '../options/call.js'
import { changed, NO_OPTIONS } from '../options/check.js'
import { Operation } from '../protocol.js'
import type { OperationHost } from './host.js'
import { itemsOf, outputOf } from './text.js'

const REDUCER_KEYS = ['reduce', 'map', 'initial']

/** See `Pool.reduce`. Two phases: folding the chunks, and folding what that gave. */
export function reduce(
  pool: OperationHost,
  items: unknown,
  reducers: unknown,
  options: unknown,
): Promise<unknown> {
  const checked = checkReduceOptions(options)
  const input = itemsOf(items, checked)
  const { fold, map, hasInitial, initial } = checkReducers(reducers)
  const reducer = pool.functions.handleOf(fold, checked)
  const mapper = map === undefined ? undefined : pool.functions.handleOf(map, checked)
  const { submission } = pool
  const call = submission.call(reducer, checked)
  call.second = mapper
  const phases = async () => {
    const partials = (await submission.batch({
      operation: Operation.Reduce,
      call,
      second: mapper,
      items: input,
      options: checked,
      results: new PartialResults(),
    })) as Partials
    // A chunk of holes has no partial result.
    const parts = partials.parts.filter(({ length }) => length > 0)
    if (hasInitial) parts.unshift(submission.encoder.encode([initial], 'initial').slice())
    if (parts.length === 0) {
      const reason = 'reduce of no items needs an initial value; pass { initial }'
      throw named(new InvalidTypeError(reason), call)
    }
    return combine(pool, call, parts, checked, partials.ran)
  }
  const { timer } = call
  const work = () => pool.life.inPhases(phases)
  return traced(call, 'reduce', timer === undefined ? work : () => timer.over(work))
}

/**
 * Checks what `pool.reduce` folds with, and reads it once.
 *
 * @throws {InvalidTypeError} where it is no object, or holds what no reducer is
 */
function checkReducers(reducers: unknown) {
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
  const { reduce: fold, map, initial } = changed(NO_OPTIONS, reducers as Reducers<unknown, unknown>)
  return { fold, map, initial, hasInitial: Object.hasOwn(reducers, 'initial') }
}

/**
 * Combines partial results, which are encoded already: the last phase of a call that has run for
 * `ran` milliseconds. What is left of its timeout holds for it.
 */
async function combine(
  { submission, buffers }: OperationHost,
  call: Call,
  partials: Uint8Array[],
  options: ReduceOptions,
  ran: number,
): Promise<unknown> {
  const { timeout = submission.defaults.timeout } = options
  const late = () => named(new TimeoutError(call.function, timeout), call)
  if (ran >= timeout) throw late()
  const rest = changed(options, { timeout: timeout - ran })
  buffers?.relay()
  try {
    return await submission.single(Operation.Combine, call, partials, rest, outputOf(options.into))
  } catch (error) {
    throw error instanceof TimeoutError ? late() : error
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
