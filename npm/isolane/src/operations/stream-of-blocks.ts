/** Streams whose source is text: it goes to workers in blocks of whole items. */

import { Stopwatch } from '../addon/stopwatch.js'
import {
  MemoryLimitError,
  ResultTooLargeError,
  TimeoutError,
  WorkerLostError,
} from '../errors/errors.js'
import type { Call } from '../calls/call.js'
import { policyOf, type Batch } from '../jobs/batch.js'
import type { StreamOptions } from '../options/call.js'
import { changed } from '../options/check.js'
import type { BatchOutcome, ItemFailure } from '../options/outcome.js'
import { Operation, TextKind } from '../protocol.js'
import { BlockSize } from '../values/block-size.js'
import { BlockCutter, halves, type Block } from '../values/blocks.js'
import { textKind, type TextFormat, type TextPlace } from '../values/text.js'
import { BlockIntake } from './block-intake.js'
import type { OperationHost } from './host.js'
import { mapOutput } from './map.js'
import { joinedArrays, lines } from './stream-text.js'
import { leavable, results, type StreamRules } from './streaming.js'

/** Blocks in flight at once, unless the options say otherwise. */
const BLOCKS_PER_THREAD = 2
const MAX_ITEM_MB = 64
/** All of them, where somebody is told. */
const TOLD_FAILURES = 1_000_000

/** What has become of a block's items. */
interface BlockResult {
  /** Text, or values. */
  results: Buffer | unknown[]
  count: number
  span: number
  failures: readonly ItemFailure[]
  failed: number
}

/** See `Pool.stream`, with `from`. */
export function streamOfBlocks(
  pool: OperationHost,
  source: Iterable<unknown> | AsyncIterable<unknown>,
  call: Call,
  options: StreamOptions,
  from: TextFormat,
  { ordered, signal, bell, isLeft }: StreamRules,
): AsyncGenerator<unknown, void, void> {
  const { threads, submission } = pool
  const { maxItemMb = MAX_ITEM_MB, concurrency = threads * BLOCKS_PER_THREAD, into } = options
  const size = new BlockSize(options.timeout ?? submission.defaults.timeout)
  const rules = { concurrency, ordered, signal, bell, isLeft }
  const cutter = new BlockCutter(textKind(from), maxItemMb)
  const intake = new BlockIntake(source, cutter, size, Math.min(threads, concurrency), bell)
  const calls = new BlockCalls(pool, call, options, size)
  const given = told(
    results(intake, (block, _, stop) => calls.run(block, stop), rules),
    options,
  )
  switch (into) {
    case undefined:
      return leavable(values(given), rules)
    case 'json':
      return leavable(joinedArrays(given as AsyncGenerator<Buffer, void, void>, rules), rules)
    default:
      return leavable(lines(given as AsyncGenerator<Buffer, void, void>), rules)
  }
}

/** Tells of each block before it is handed on. */
async function* told(
  blocks: AsyncIterable<BlockResult>,
  { onFailure, onProgress }: StreamOptions,
): AsyncGenerator<Buffer | unknown[], void, void> {
  const progress = { done: 0, failed: 0, bytes: 0 }
  for await (const { results: given, count, span, failures, failed } of blocks) {
    progress.done += count
    progress.failed += failed
    progress.bytes += span
    if (onFailure !== undefined) for (const failure of failures) onFailure(failure)
    onProgress?.({ ...progress })
    yield given
  }
}

async function* values(
  blocks: AsyncIterable<Buffer | unknown[]>,
): AsyncGenerator<unknown, void, void> {
  for await (const block of blocks) yield* block as unknown[]
}

/** Makes calls of blocks. */
class BlockCalls {
  readonly #options: Batch<unknown>['options']

  constructor(
    private readonly pool: OperationHost,
    private readonly call: Call,
    private readonly streamOptions: StreamOptions,
    private readonly size: BlockSize,
  ) {
    const { tenant, stateful, args, shared, timeout, queueTimeout, priority, onError, onFailure } =
      streamOptions
    const rest = { tenant, stateful, args, shared, timeout, queueTimeout, priority, onError }
    const maxFailures = onFailure === undefined ? 0 : TOLD_FAILURES
    this.#options = changed(rest, { maxFailures }) as Batch<unknown>['options']
  }

  /** The function may run again for items of a block that costs its worker or its time: it is not known which one does. */
  async run(block: Block, signal: AbortSignal): Promise<BlockResult> {
    try {
      return await this.#call(block, signal)
    } catch (error) {
      if (!isOfOneItem(error) || signal.aborted) throw error
      if (block.count === 1) return this.#failed(block, signal, error)
    }
    const [first, second] = halves(block)
    const one = await this.run(first, signal)
    return this.#joined(one, await this.run(second, signal))
  }

  async #call(block: Block, signal: AbortSignal): Promise<BlockResult> {
    const { pool, size } = this
    const { byteLength } = block.input
    const isChunk = size.isChunk(byteLength)
    const timer = new Stopwatch(({ run }) => size.measured(byteLength, run, isChunk))
    pool.life.assertOpen()
    const batch = this.#batch(block, signal, isChunk, timer)
    return this.#result(block, await pool.submission.batch(batch))
  }

  #batch(
    { input, count }: Block,
    signal: AbortSignal,
    isChunk: boolean,
    timer?: Stopwatch,
  ): Batch<unknown> {
    const { into, onError = 'reject' } = this.streamOptions
    return {
      operation: Operation.Map,
      call: this.call.part(this.call.fn, signal, timer),
      items: input,
      ...mapOutput(this.pool, into === undefined ? { onError } : { into, onError }, input),
      options: changed(this.#options, isChunk ? { signal, chunkSize: count } : { signal }),
    }
  }

  #result({ count, span }: Block, given: unknown): BlockResult {
    if ((this.streamOptions.onError ?? 'reject') === 'reject') {
      return { results: given as Buffer | unknown[], count, span, failures: [], failed: 0 }
    }
    const { results: some, failures, failuresOmitted } = given as BatchOutcome<Buffer | unknown[]>
    const failed = failures.length + failuresOmitted
    return { results: some, count, span, failures, failed }
  }

  /** A block of one item, by whose fault the call has failed. */
  #failed(block: Block, signal: AbortSignal, error: Error): BlockResult {
    if ((this.streamOptions.onError ?? 'reject') === 'reject') throw error
    const { input, span } = block
    const { index } = input.origin
    const place = placeOf(input)
    // Not those of the call, which may have kept the item's result before it failed.
    const policy = policyOf(this.#batch(block, signal, true))
    policy.fail(0, error, place)
    const failures = [{ index, error, offset: place.offset }]
    return {
      results: policy.results([]) as Buffer | unknown[],
      count: 1,
      span,
      failures,
      failed: 1,
    }
  }

  #joined(one: BlockResult, other: BlockResult): BlockResult {
    return {
      results: this.#joinedResults(one.results, other.results),
      count: one.count + other.count,
      span: one.span + other.span,
      failures: [...one.failures, ...other.failures],
      failed: one.failed + other.failed,
    }
  }

  #joinedResults(one: Buffer | unknown[], other: Buffer | unknown[]): Buffer | unknown[] {
    if (!Buffer.isBuffer(one) || !Buffer.isBuffer(other)) return [...one, ...other]
    if (this.streamOptions.into === 'ndjson') return Buffer.concat([one, other])
    if (one.length <= 2 || other.length <= 2) return one.length <= 2 ? other : one
    other[0] = ','.charCodeAt(0)
    return Buffer.concat([one.subarray(0, -1), other])
  }
}

/** Where the only item of a text is. */
function placeOf({ kind, byteLength, origin }: Block['input']): TextPlace {
  const bracket = kind === TextKind.Json ? 1 : 0
  return { offset: origin.offset + bracket, length: byteLength - 2 * bracket }
}

/** Whether a single item may be the reason why a block's call has failed. */
function isOfOneItem(error: unknown): error is Error {
  return (
    error instanceof TimeoutError ||
    error instanceof MemoryLimitError ||
    error instanceof ResultTooLargeError ||
    error instanceof WorkerLostError
  )
}
