import { AsyncResource } from 'node:async_hooks'
import type { Channel, Job } from '../addon/channel.js'
import type { JobHead, JobShape, Part } from '../addon/outbox.js'
import { inSlices } from '../addon/slices.js'
import { Stopwatch, timed } from '../addon/stopwatch.js'
import { isStackOverflow } from '../codec/shared/primordials.js'
import { DEEP_CALLS, hasStack } from '../codec/shared/stack.js'
import { now } from '../addon/timers.js'
import { AttachingEncoder, type Decoder, type Encoder } from '../codec/index.js'
import { AbortError, DataCloneError, ItemError } from '../errors/errors.js'
import { assertStack, stackError } from '../errors/stack.js'
import type { FunctionHandle } from '../functions/handles.js'
import type { CallOptions, TimingOptions } from '../options/call.js'
import { NO_OPTIONS } from '../options/check.js'
import type { BatchOutcome } from '../options/outcome.js'
import { CODEC, isText, Operation } from '../protocol.js'
import { isPlain, rawBytes, type PlainItems, type RawItems } from '../values/items.js'
import { takeMoved } from '../values/move.js'
import { isTextInput, textBytes, type TextInput, type TextOrigin } from '../values/text.js'
import type { SharedHost } from '../values/shared.js'
import { onAbort } from '../calls/abort.js'
import { Call, named, type PoolInfo } from '../calls/call.js'
import { batchJob, batchShape, needsItems, type Batch } from './batch.js'
import { Feeder, type RefuseItem } from './feeder.js'
import { SingleJob, SingleTextJob, type JobReaders, type Settle } from './job.js'
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
  readonly #readers: JobReaders
  readonly #plain = new WeakMap<FunctionHandle, JobHead>()
  readonly #isHeard: () => boolean

  /**
   * @param shared whose values calls may name
   * @param isHeard whether somebody may listen to what functions log
   */
  constructor(
    channel: Channel,
    shared: SharedHost,
    readonly encoder: Encoder,
    readonly decoder: Decoder,
    readonly defaults: CallDefaults,
    large: LargeResults,
    isHeard: () => boolean,
  ) {
    this.#isHeard = isHeard
    this.#readers = { decoder, large }
    this.#channel = channel
    this.#shared = shared
    this.#attaching = new AttachingEncoder(encoder, takeMoved)
  }

  /** A call of `fn`, made now. */
  call(
    fn: FunctionHandle,
    { signal, callId, onLog, onTiming }: CallOptions & TimingOptions = NO_OPTIONS,
  ): Call {
    const isHeard = onLog !== undefined || this.#isHeard()
    const context = isHeard ? new AsyncResource('isolane.Call') : undefined
    const timer = onTiming === undefined ? undefined : new Stopwatch(onTiming)
    const { turn } = this.#channel
    return new Call(fn, this.defaults, signal, turn, callId, context, onLog, timer)
  }

  /** One call without options: the commonest, so what is the same for all of them is kept. */
  plain(call: Call, arg: unknown): Promise<unknown> {
    const { fn } = call
    let head = this.#plain.get(fn)
    if (head === undefined) {
      head = this.head(call, NO_OPTIONS, singleShape(Operation.Run))
      this.#plain.set(fn, head)
    }
    const known = head
    const part = this.#argument(call, arg)
    return new Promise((resolve, reject) => {
      try {
        const job = new SingleJob(call, this.#readers, { resolve, reject })
        this.#channel.open(job, known, part, true)
      } catch (error) {
        throw named(stackError(error), call)
      }
    })
  }

  /** One call of a function. `operation` says what `arg` is. */
  single(
    operation: JobShape['operation'],
    call: Call,
    arg: unknown,
    options: CallOptions,
    into: number = CODEC,
  ): Promise<unknown> {
    const head = this.head(call, options, singleShape(operation, CODEC, into))
    const { timer } = call
    const part =
      timer === undefined
        ? this.#argument(call, arg)
        : timer.encoding(() => this.#argument(call, arg))
    return this.#send(head, part, call, into)
  }

  /** A call for item `index` of a stream. Rejects where that cannot be sent. */
  item(
    call: Call,
    item: unknown,
    index: number,
    options: CallOptions,
    into: number = CODEC,
  ): Promise<unknown> {
    const head = this.head(call, options, singleShape(Operation.Item, CODEC, into))
    let part: Part
    try {
      part = this.#encoded([item, index])
    } catch (error) {
      return Promise.reject(named(streamItemError(error, index), call))
    }
    return this.#send(head, part, call, into)
  }

  #send(head: JobHead, part: Part, call: Call, into: number = CODEC): Promise<unknown> {
    return this.settled(call, (settle) =>
      this.#channel.open(this.#singleJob(call, settle, into), head, part, true),
    )
  }

  /** One call with a text, which the worker parses. */
  singleText(call: Call, text: TextInput, options: CallOptions, into: number): Promise<unknown> {
    const shape = singleShape(Operation.Run, text.kind, into)
    const head = this.head(call, options, shape)
    return this.settled(call, (settle) => {
      assertStack()
      const job = this.#singleJob(call, settle, into)
      const id = this.#channel.open(job, head, undefined, false)
      this.#orFail(id, job, () => {
        const { byteLength } = text
        const bytes = takeText(text, false) ?? textBytes(text, 0, byteLength)
        this.#channel.appendItems(id, bytes, 1, byteLength, true)
      })
      return id
    })
  }

  #singleJob(call: Call, settle: Settle<unknown>, into: number): Job {
    const Kind = isText(into) ? SingleTextJob : SingleJob
    return timed(new Kind(call, this.#readers, settle))
  }

  /** A call over items; gives an outcome where the options ask for one. */
  batch<T>(batch: Batch<T>): Promise<T | BatchOutcome<T>> {
    const { call, items, options } = batch
    const head = this.head(call, options, batchShape(batch))
    return this.settled<T | BatchOutcome<T>>(call, (settle) => {
      const { job: made, refuse } = batchJob(batch, this.#readers, settle)
      const job = timed(made)
      if (isTextInput(items)) return this.#feedText(job, head, items, needsItems(batch))
      return isPlain(items)
        ? this.#feed(job, head, items, options.chunkSize, refuse)
        : this.#feedRaw(job, head, items, needsItems(batch))
    })
  }

  #argument(call: Call, arg: unknown): Part {
    try {
      return this.#encoded(arg)
    } catch (error) {
      throw named(error, call)
    }
  }

  #encoded(arg: unknown): Part {
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
      this.#channel.appendItems(id, given ?? bytes, length, stride, true)
      if (length <= this.#channel.unsplitItems(head.function)) this.#channel.expectAnswer()
    })
    return id
  }

  /**
   * A text goes in pieces, one a turn where it is long: they are copied. What nobody else has is lent.
   *
   * @param isKept whether the text is needed when the call has ended
   */
  #feedText(job: Job, head: JobHead, text: TextInput, isKept: boolean): number {
    const { byteLength, origin } = text
    const id = this.#channel.open(job, head, origin && originPart(origin), false)
    this.#orFail(id, job, () => {
      const given = takeText(text, isKept)
      if (given !== undefined) return this.#channel.appendItems(id, given, 1, 0, true)
      let start = 0
      const step = (): boolean => {
        const end = Math.min(start + PIECE, byteLength)
        const piece = textBytes(text, start, end)
        start = end
        return this.#channel.appendItems(id, piece, 1, 0, end === byteLength) && end < byteLength
      }
      const later = () => this.#orFail(id, job, step) === true
      if (step()) inSlices(later, this.defaults.sliceMs)
      return true
    })
    return id
  }

  /** Encodes for one slice now, so that small inputs go at once, and for more slices if need be. */
  #feed(
    job: Job,
    head: JobHead,
    items: PlainItems,
    chunkSize: number | undefined,
    refuse: RefuseItem | undefined,
  ): number {
    const { threads, sliceMs } = this.defaults
    const channel = this.#channel
    const unsplit = items.length > 1 ? channel.unsplitItems(head.function) : 0
    const feeder = new Feeder(channel, this.#attaching, items, chunkSize, threads, unsplit, refuse)
    const began = now()
    const next = (): Part | undefined => (feeder.done ? undefined : feeder.next())
    const { timer } = job.call
    const first = timer === undefined ? next() : timer.encoding(next)
    const id = channel.open(job, head, first, feeder.done)
    const step = (enough: () => boolean): boolean =>
      this.#orFail(id, job, () => feeder.feed(id, enough)) === true
    let sendAt = began + SEND_EVERY_MS
    const isEnough = (): boolean => {
      const time = now()
      if (time >= sendAt) {
        channel.flush()
        sendAt = time + SEND_EVERY_MS
      }
      return time >= began + sliceMs
    }
    if (step(isEnough)) inSlices(() => step(() => true), sliceMs)
    else if (items.length <= unsplit) channel.expectAnswer()
    return id
  }

  /** Does a step of a job that is open, which would wait for the rest of its items for ever if it failed. */
  #orFail<T>(id: number, job: Job, step: () => T): T | undefined {
    const { timer } = job.call
    try {
      return timer === undefined ? step() : timer.encoding(step)
    } catch (error) {
      // In this order: where the stack has run out, the second may fail, and throws what rejects the call too.
      this.#channel.abandon(id)
      job.fail(stackError(error))
      return undefined
    }
  }

  /** The head of a job of `call`. */
  head(call: Call, options: CallOptions, shape: JobShape): JobHead {
    const { args, shared, timeout, queueTimeout, priority } = options
    return {
      function: call.fn.key,
      shape,
      timeout: timeout ?? this.defaults.timeout,
      queueTimeout: queueTimeout ?? this.defaults.queueTimeout,
      priority: priority ?? 'normal',
      shared: shared === undefined ? NOTHING : shared.map((value) => value.keyFor(this.#shared)),
      // A copy: the encoder's memory is used again for the items.
      args: args === undefined ? undefined : this.#encodedArgs(call, args),
      timed: call.timer !== undefined,
    }
  }

  #encodedArgs(call: Call, args: unknown): Uint8Array {
    const { timer } = call
    const encode = (): Uint8Array => this.encoder.encode(args, 'args').slice()
    try {
      return timer === undefined ? encode() : timer.encoding(encode)
    } catch (error) {
      throw named(error, call)
    }
  }

  /** Opens a job and gives the promise of its end. An abort cancels the job and waits for its end. */
  settled<T>(call: Call, open: (settle: Settle<T>) => number): Promise<T> {
    const { timer } = call
    if (timer === undefined) return this.#settled(call, open)
    return timer.following(open, (followed) => this.#settled(call, followed))
  }

  #settled<T>(call: Call, open: (settle: Settle<T>) => number): Promise<T> {
    const { signal } = call
    if (signal === undefined) {
      return new Promise((resolve, reject) => {
        try {
          open({ resolve, reject })
        } catch (error) {
          throw named(stackError(error), call)
        }
      })
    }
    assertStack()
    if (signal.aborted) return Promise.reject(named(new AbortError(signal.reason), call))
    return new Promise((resolve, reject) => {
      let id: number | undefined
      let isAborted = false
      // Before the job is opened: a getter of an item may abort it.
      const done = onAbort(signal, () => {
        isAborted = true
        if (id !== undefined) this.#channel.cancel(id)
      })
      try {
        id = open({
          resolve: (value) => (done(), resolve(value)),
          reject: (error) => (done(), reject(error)),
        })
      } catch (error) {
        done()
        throw named(stackError(error), call)
      }
      if (isAborted) this.#channel.cancel(id)
    })
  }
}

/** After so long, workers get what has been encoded while the rest is. */
const SEND_EVERY_MS = 0.2

const NOTHING: readonly number[] = []

/** The error of a stream's item that was encoded in a pair with its index. */
function streamItemError(error: unknown, index: number): unknown {
  if (error instanceof DataCloneError) {
    return new DataCloneError(error.path.replace(/^argument\[0\]/, `items[${index}]`), error.what)
  }
  return isStackOverflow(error) && !hasStack(DEEP_CALLS) ? error : new ItemError(index, error)
}

/** Bytes of a text that are copied in one go. */
const PIECE = 1 << 20

/** In place of a first part: a text comes in pieces that follow. */
function originPart({ offset, line, column, index }: TextOrigin): Part {
  const bytes = new Uint8Array(Float64Array.of(offset, line, column, index).buffer)
  return { bytes, count: 1, attachments: NOTHING_BESIDE }
}

const NOTHING_BESIDE: Part['attachments'] = []

/** The whole memory of a text that nobody else has, or needs. */
function takeText({ bytes, isOwn }: TextInput, isKept: boolean): ArrayBuffer | undefined {
  const { buffer } = bytes
  if (bytes.length !== buffer.byteLength) return undefined
  // Read on either side only.
  if (isOwn) return buffer as ArrayBuffer
  return isKept ? undefined : takeMoved(buffer)
}

/** What a job of one call is. */
export function singleShape(
  operation: JobShape['operation'],
  inputKind: number = CODEC,
  outputKind: number = CODEC,
): JobShape {
  return {
    operation,
    second: undefined,
    inputKind,
    outputKind,
    sought: false,
    joined: false,
    quiet: false,
    warmUp: false,
    maxFailures: 0,
    salvage: false,
    chunkSize: 0,
    target: undefined,
    continues: operation === Operation.Combine,
  }
}
