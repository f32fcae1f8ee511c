import type { Channel, Job } from '../addon/channel.js'
import type { JobHead, JobShape, Part } from '../addon/outbox.js'
import { inSlices } from '../addon/slices.js'
import { assertStack } from '../addon/stack.js'
import { now } from '../addon/timers.js'
import { AttachingEncoder, type Decoder, type Encoder } from '../codec/index.js'
import { AbortError } from '../errors/errors.js'
import type { FunctionHandle } from '../functions/handles.js'
import type { CallOptions } from '../options/call.js'
import { NO_OPTIONS } from '../options/check.js'
import type { BatchOutcome } from '../options/outcome.js'
import { CODEC, Operation } from '../protocol.js'
import { isPlain, rawBytes, type PlainItems, type RawItems } from '../values/items.js'
import { takeMoved } from '../values/move.js'
import type { SharedHost } from '../values/shared.js'
import { onAbort } from './abort.js'
import { batchJob, batchShape, needsItems, type Batch } from './batch.js'
import type { CallInfo, PoolInfo } from './failures.js'
import { Feeder } from './feeder.js'
import { SingleJob, type Settle } from './job.js'
import type { LargeResults } from './large-results.js'

/** What is the same for all calls of a pool. */
export interface CallDefaults extends PoolInfo {
  threads: number
  /** Milliseconds, as the others; Infinity for none. */
  timeout: number
  queueTimeout: number
  sliceMs: number
}

/** Submits calls as jobs: what a job is, its items, and the promise of its end. */
export class Submission {
  readonly #channel: Channel
  readonly #shared: SharedHost
  readonly #attaching: AttachingEncoder
  readonly #large: LargeResults
  readonly #plain = new WeakMap<FunctionHandle, { head: JobHead; call: CallInfo }>()

  /** @param shared whose values calls may name */
  constructor(
    channel: Channel,
    shared: SharedHost,
    readonly encoder: Encoder,
    readonly decoder: Decoder,
    readonly defaults: CallDefaults,
    large: LargeResults,
  ) {
    this.#large = large
    this.#channel = channel
    this.#shared = shared
    this.#attaching = new AttachingEncoder(encoder, takeMoved)
  }

  /** One call without options: the commonest, so what is the same for all of them is kept. */
  plain(fn: FunctionHandle, arg: unknown): Promise<unknown> {
    let plain = this.#plain.get(fn)
    if (plain === undefined) {
      const head = this.#head(fn, NO_OPTIONS, singleShape(Operation.Run))
      plain = { head, call: this.#callInfo(fn, undefined) }
      this.#plain.set(fn, plain)
    }
    const { head, call } = plain
    const part = this.#argument(arg)
    return new Promise((resolve, reject) => {
      this.#channel.open(
        new SingleJob(call, this.decoder, { resolve, reject }, this.#large),
        head,
        part,
        true,
      )
    })
  }

  /** One call of `fn`. `operation` says what `arg` is. */
  single(
    operation: JobShape['operation'],
    fn: FunctionHandle,
    arg: unknown,
    options: CallOptions,
  ): Promise<unknown> {
    const head = this.#head(fn, options, singleShape(operation))
    const part = this.#argument(arg)
    return this.#settled(options.signal, fn, (call, settle) =>
      this.#channel.open(new SingleJob(call, this.decoder, settle, this.#large), head, part, true),
    )
  }

  /** A call over items; gives an outcome where the options ask for one. */
  batch<T>(batch: Batch<T>): Promise<T | BatchOutcome<T>> {
    const { fn, items, options } = batch
    const head = this.#head(fn, options, batchShape(batch))
    return this.#settled<T | BatchOutcome<T>>(options.signal, fn, (call, settle) => {
      // Its items come in several steps: one that fails for want of stack would leave it half open.
      assertStack()
      const job = batchJob(batch, call, this.decoder, settle)
      return isPlain(items)
        ? this.#feed(job, head, items, options.chunkSize)
        : this.#feedRaw(job, head, items, needsItems(batch))
    })
  }

  #argument(arg: unknown): Part {
    const { bytes, attachments } = this.#attaching.encode(arg, 'argument')
    return { bytes, count: 1, attachments }
  }

  /** @param isKept whether the items are needed when the call has ended */
  #feedRaw(job: Job, head: JobHead, items: RawItems, isKept: boolean): number {
    const { length } = items
    if (length === 0) return this.#channel.open(job, head, undefined, true)
    const bytes = rawBytes(items)
    const isWhole = bytes.length === bytes.buffer.byteLength
    // Before it is taken from a buffer that was moved.
    const stride = bytes.length / length
    const id = this.#channel.open(job, head, undefined, false)
    this.#orFail(id, job, () => {
      const given = isWhole && !isKept ? takeMoved(bytes.buffer) : undefined
      this.#channel.appendItems(id, given ?? bytes, length, stride)
    })
    return id
  }

  /** Encodes for one slice now, so that small inputs go at once, and for more slices if need be. */
  #feed(job: Job, head: JobHead, items: PlainItems, chunkSize: number | undefined): number {
    const { threads, sliceMs } = this.defaults
    const feeder = new Feeder(this.#channel, this.#attaching, items, chunkSize, threads)
    const end = now() + sliceMs
    const first = feeder.done ? undefined : feeder.next()
    const id = this.#channel.open(job, head, first, feeder.done)
    const step = (enough: () => boolean): boolean =>
      this.#orFail(id, job, () => feeder.feed(id, enough)) === true
    if (step(() => now() >= end)) inSlices(() => step(() => true), sliceMs)
    return id
  }

  /** Does a step of a job that is open, which would wait for the rest of its items for ever if it failed. */
  #orFail<T>(id: number, job: Job, step: () => T): T | undefined {
    try {
      return step()
    } catch (error) {
      // In this order: where the stack has run out, the second may fail, and throws what rejects the call too.
      this.#channel.abandon(id)
      job.fail(error)
      return undefined
    }
  }

  #head(fn: FunctionHandle, options: CallOptions, shape: JobShape): JobHead {
    const { args, shared, timeout, queueTimeout, priority } = options
    return {
      function: fn.key,
      shape,
      timeout: timeout ?? this.defaults.timeout,
      queueTimeout: queueTimeout ?? this.defaults.queueTimeout,
      priority: priority ?? 'normal',
      shared: shared === undefined ? NOTHING : shared.map((value) => value.keyFor(this.#shared)),
      // A copy: the encoder's memory is used again for the items.
      args: args === undefined ? undefined : this.encoder.encode(args, 'args').slice(),
    }
  }

  #callInfo(fn: FunctionHandle, signal: AbortSignal | undefined): CallInfo {
    return { fn: fn.name, pool: this.defaults, signal }
  }

  /** Opens a job and gives the promise of its end. An abort cancels the job and waits for its end. */
  #settled<T>(
    signal: AbortSignal | undefined,
    fn: FunctionHandle,
    open: (call: CallInfo, settle: Settle<T>) => number,
  ): Promise<T> {
    const call = this.#callInfo(fn, signal)
    if (signal === undefined)
      return new Promise((resolve, reject) => open(call, { resolve, reject }))
    if (signal.aborted) return Promise.reject(new AbortError(signal.reason))
    return new Promise((resolve, reject) => {
      let id: number | undefined
      let isAborted = false
      // Before the job is opened: a getter of an item may abort it.
      const done = onAbort(signal, () => {
        isAborted = true
        if (id !== undefined) this.#channel.cancel(id)
      })
      try {
        id = open(call, {
          resolve: (value) => (done(), resolve(value)),
          reject: (error) => (done(), reject(error)),
        })
      } catch (error) {
        done()
        throw error
      }
      if (isAborted) this.#channel.cancel(id)
    })
  }
}

const NOTHING: readonly number[] = []

function singleShape(operation: JobShape['operation']): JobShape {
  return {
    operation,
    second: undefined,
    inputKind: CODEC,
    outputKind: CODEC,
    maxFailures: 0,
    salvage: false,
    chunkSize: 0,
    target: undefined,
    continues: operation === Operation.Combine,
  }
}
