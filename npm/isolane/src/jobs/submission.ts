import { AsyncResource } from 'node:async_hooks'
import { performance } from 'node:perf_hooks'
import type { Channel, Job } from '../addon/channel.js'
import { AttachingEncoder, Decoder, Encoder } from '../codec/index.js'
import { nodePlatform } from '../codec/platform-node.js'
import { AbortError, PoolClosedError, TimeoutError } from '../errors/errors.js'
import type { CallInfo } from './failures.js'
import { Feeder } from './feeder.js'
import type { FunctionHandle, Functions, Scope } from '../functions/handles.js'
import { isPlain, type ItemList, type RawItems } from '../values/items.js'
import { BatchJob, SingleJob, type Settle } from './job.js'
import type { BatchOptions, CallOptions, OutcomeOptions } from '../options/call.js'
import { changed, NO_OPTIONS } from '../options/check.js'
import type { BatchOutcome, OnError } from '../options/outcome.js'
import { OutcomeJob } from './outcome-job.js'
import { takeMoved } from '../values/move.js'
import { isPlainJson } from '../values/plain-json.js'
import { CODEC, Operation, SHARED_HEAD, SharedForm } from '../protocol.js'
import { policyFor } from './on-error.js'
import type { Results } from './results.js'
import type { SharedBuffers } from '../node-worker/shared-buffers.js'
import type { SharedHost } from '../values/shared.js'
import { inSlices } from '../addon/slices.js'
import type { JobHead, Part } from '../addon/outbox.js'

/** What is the same for all calls of a pool. */
export interface CallDefaults {
  pool: string
  threads: number
  memoryLimitMb: number
  /** What the paths of inline functions begin with in stacks; undefined where they have none. */
  functionPaths: string | undefined
  timeout: number
  queueTimeout: number
  sliceMs: number
}

/** A call over items, before it becomes a job. */
export interface Batch<T> {
  operation: JobHead['operation']
  fn: FunctionHandle
  second?: FunctionHandle | undefined
  items: ItemList
  outputKind?: number
  options: BatchOptions & OutcomeOptions
  /** What the results are put into. */
  results(decoder: Decoder): Results<T>
}

type HeadFields = Pick<
  JobHead,
  | 'operation'
  | 'second'
  | 'inputKind'
  | 'outputKind'
  | 'maxFailures'
  | 'salvage'
  | 'chunkSize'
  | 'target'
>

const MAX_FAILURES = 1000
/** To an isolate: tell every failure. */
const ALL_FAILURES = 0xffff_ffff

/** Turns calls into jobs on the channel. */
export class Calls {
  readonly #channel: Channel
  readonly #functions: Functions
  readonly #shared: SharedHost
  readonly #defaults: CallDefaults
  readonly #buffers: SharedBuffers | undefined
  readonly #encoder: Encoder
  readonly #attaching: AttachingEncoder
  readonly #decoder: Decoder
  readonly #drained: () => void
  readonly #plain = new WeakMap<FunctionHandle, { head: JobHead; call: CallInfo }>()
  readonly #unfinished = new Set<Promise<unknown>>()
  #closed = false

  /**
   * @param buffers where buffers can be shared
   * @param drained called when the last outstanding call was one in parts and has ended
   */
  constructor(
    channel: Channel,
    functions: Functions,
    shared: SharedHost,
    defaults: CallDefaults,
    buffers: SharedBuffers | undefined,
    drained: () => void,
  ) {
    const platform = buffers?.platform ?? nodePlatform
    this.#buffers = buffers
    this.#encoder = new Encoder(platform)
    this.#attaching = new AttachingEncoder(this.#encoder, takeMoved)
    this.#decoder = new Decoder(platform)
    this.#drained = drained
    this.#channel = channel
    this.#functions = functions
    this.#shared = shared
    this.#defaults = defaults
  }

  /** Takes no more calls. */
  close(): void {
    this.#closed = true
  }

  /**
   * A call that is made of several jobs: `parts` makes them one after the other, also after the
   * pool was closed, since the call was made before.
   */
  async inPhases<T>(parts: () => Promise<T>): Promise<T> {
    this.assertOpen()
    this.#channel.hold()
    const endSpan = this.#buffers?.span()
    const call = parts()
    this.#unfinished.add(call)
    try {
      return await call
    } finally {
      this.#unfinished.delete(call)
      endSpan?.()
      if (this.#channel.release()) this.#drained()
    }
  }

  /** Resolves when no call in parts is left that would start another job. */
  async phasesEnded(): Promise<void> {
    await Promise.allSettled(this.#unfinished)
  }

  /** @throws {PoolClosedError} */
  assertOpen(): void {
    if (this.#closed) throw new PoolClosedError(this.#defaults.pool)
  }

  /** The handle of a function in the scope that the options of its call name; see {@link Functions.handleOf}. */
  functionOf(fn: unknown, options?: Scope): FunctionHandle {
    return this.#functions.handleOf(fn, options)
  }

  /** One call without options: the commonest, so what is the same for all of them is kept. */
  plain(fn: FunctionHandle, arg: unknown): Promise<unknown> {
    this.assertOpen()
    let plain = this.#plain.get(fn)
    if (plain === undefined) {
      plain = {
        head: this.#head(fn, NO_OPTIONS, singleFields(Operation.Run)),
        call: this.#callInfo(fn, undefined),
      }
      this.#plain.set(fn, plain)
    }
    const { head, call } = plain
    const part = this.#argument(arg)
    return new Promise((resolve, reject) => {
      this.#channel.open(new SingleJob(call, this.#decoder, { resolve, reject }), head, part, true)
    })
  }

  /** One call of `fn`. `operation` says what `arg` is. */
  single(
    operation: typeof Operation.Run | typeof Operation.Item,
    fn: FunctionHandle,
    arg: unknown,
    options: CallOptions,
  ): Promise<unknown> {
    this.assertOpen()
    return this.#single(operation, fn, arg, options)
  }

  #single(
    operation: JobHead['operation'],
    fn: FunctionHandle,
    arg: unknown,
    options: CallOptions,
  ): Promise<unknown> {
    const head = this.#head(fn, options, singleFields(operation))
    const part = this.#argument(arg)
    return this.#settled(options.signal, fn, (call, settle) =>
      this.#channel.open(new SingleJob(call, this.#decoder, settle), head, part, true),
    )
  }

  /** Has a worker load `fn`: compile and evaluate its source, or import its module. It calls nothing. */
  async load(fn: FunctionHandle, options: CallOptions): Promise<void> {
    await this.#single(Operation.Map, fn, ONE_HOLE, options)
  }

  #argument(arg: unknown): Part {
    const { bytes, attachments } = this.#attaching.encode(arg, 'argument')
    return { bytes, count: 1, attachments }
  }

  /**
   * Combines partial results, which are encoded already: the last phase of a call that has run for
   * `ran` milliseconds. What is left of its timeout holds for it.
   */
  async combine(
    fn: FunctionHandle,
    partials: Uint8Array[],
    options: CallOptions,
    ran: number,
  ): Promise<unknown> {
    const { timeout = this.#defaults.timeout } = options
    if (ran >= timeout) throw new TimeoutError(fn.name, timeout)
    const rest = changed(options, { timeout: timeout - ran })
    this.#buffers?.relay()
    try {
      return await this.#single(Operation.Combine, fn, partials, rest)
    } catch (error) {
      throw error instanceof TimeoutError ? new TimeoutError(fn.name, timeout) : error
    }
  }

  /** `value` as the payload of an array of one. */
  encodeOne(value: unknown, root: string): Uint8Array {
    return this.#encoder.encode([value], root).slice()
  }

  /** A shared value's payload. */
  encodeShared(value: unknown, name: string, mode: number): Uint8Array {
    const asJson = isPlainJson(value)
    const encoded = asJson
      ? this.#encoder.encode(JSON.stringify(value))
      : this.#encoder.encode(value, `shared.${name}`)
    const payload = new Uint8Array(SHARED_HEAD + encoded.length)
    payload[0] = mode
    payload[1] = asJson ? SharedForm.JsonText : SharedForm.Value
    payload.set(encoded, SHARED_HEAD)
    return payload
  }

  /** Decodes log records. */
  decode(bytes: Uint8Array, offset: number, length: number): unknown {
    return this.#decoder.decode(bytes, offset, length)
  }

  /** A call over items; gives an outcome where the options ask for one. */
  batch<T>(batch: Batch<T>): Promise<T | BatchOutcome<T>> {
    this.assertOpen()
    const { fn, items, options } = batch
    const { onError = 'reject', onTimeout = 'reject', maxFailures = MAX_FAILURES } = options
    const partial = onTimeout === 'partial'
    const allOrNothing = onError === 'reject' && !partial
    const results = batch.results(this.#decoder)
    const head = this.#head(fn, options, {
      operation: batch.operation,
      second: batch.second?.key,
      inputKind: items.kind,
      outputKind: batch.outputKind ?? CODEC,
      maxFailures: failuresTold(onError, maxFailures),
      salvage: partial,
      chunkSize: options.chunkSize ?? 0,
      target: allOrNothing ? results.target : undefined,
    })
    const onProgress = inContext(options.onProgress)
    const total = items.list.length
    if (allOrNothing) {
      return this.#opened<T>(
        batch,
        head,
        (call, settle) => new BatchJob(call, this.#decoder, settle, results, total, onProgress),
      )
    }
    const isFilter = batch.operation === Operation.Filter
    const handler = typeof onError === 'function' ? inContext(onError)! : onError
    const policy = policyFor(handler, results, items, isFilter)
    const rules = { policy, partial, maxFailures, total, onProgress }
    return this.#opened<BatchOutcome<T>>(
      batch,
      head,
      (call, settle) => new OutcomeJob(call, this.#decoder, settle, rules),
    )
  }

  #opened<T>(
    { operation, fn, items, options }: Batch<unknown>,
    head: JobHead,
    makeJob: (call: CallInfo, settle: Settle<T>) => Job,
  ): Promise<T> {
    return this.#settled<T>(options.signal, fn, (call, settle) => {
      const job = makeJob(call, settle)
      return isPlain(items)
        ? this.#feed(job, head, items.list, options.chunkSize, settle)
        : this.#feedRaw(job, head, items, operation === Operation.Filter || needsItems(options))
    })
  }

  /** @param isKept whether the items are needed when the call has ended */
  #feedRaw(job: Job, head: JobHead, { list }: RawItems, isKept: boolean): number {
    const { length, buffer, byteOffset, byteLength, BYTES_PER_ELEMENT } = list
    const id = this.#channel.open(job, head, undefined, length === 0)
    if (length === 0) return id
    const isWhole = byteLength === buffer.byteLength
    const given = isWhole && !isKept ? takeMoved(buffer) : undefined
    const items = given ?? new Uint8Array(buffer, byteOffset, byteLength)
    this.#channel.appendItems(id, items, length, BYTES_PER_ELEMENT)
    return id
  }

  /** Encodes for one slice now, so that small inputs go at once, and for more slices if need be. */
  #feed<T>(
    job: Job,
    head: JobHead,
    items: readonly unknown[],
    chunkSize: number | undefined,
    settle: Settle<T>,
  ): number {
    const feeder = new Feeder(
      this.#channel,
      this.#attaching,
      items,
      chunkSize,
      this.#defaults.threads,
    )
    const end = performance.now() + this.#defaults.sliceMs
    const first = feeder.done ? undefined : feeder.next()
    const id = this.#channel.open(job, head, first, feeder.done)
    const step = (enough: () => boolean): boolean => {
      try {
        return feeder.feed(id, enough)
      } catch (error) {
        settle.reject(error)
        this.#channel.cancel(id)
        return false
      }
    }
    if (step(() => performance.now() >= end))
      inSlices(() => step(() => true), this.#defaults.sliceMs)
    return id
  }

  #head(fn: FunctionHandle, options: CallOptions, fields: HeadFields): JobHead {
    const { args, shared, timeout, queueTimeout, priority } = options
    return {
      ...fields,
      function: fn.key,
      timeout: timeout ?? this.#defaults.timeout,
      queueTimeout: queueTimeout ?? this.#defaults.queueTimeout,
      continues: fields.operation === Operation.Combine,
      priority: priority ?? 'normal',
      shared: shared === undefined ? NOTHING : shared.map((value) => value.keyFor(this.#shared)),
      // A copy: the encoder's memory is used again for the items.
      args: args === undefined ? undefined : this.#encoder.encode(args, 'args').slice(),
    }
  }

  #callInfo(fn: FunctionHandle, signal: AbortSignal | undefined): CallInfo {
    const { pool, memoryLimitMb, functionPaths } = this.#defaults
    return { fn: fn.name, pool, memoryLimitMb, signal, functionPaths }
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
      const onAbort = () => this.#channel.cancel(id)
      const done = () => signal.removeEventListener('abort', onAbort)
      const id = open(call, {
        resolve: (value) => (done(), resolve(value)),
        reject: (error) => (done(), reject(error)),
      })
      signal.addEventListener('abort', onAbort, { once: true })
    })
  }
}

const NOTHING: readonly number[] = []

/** Items for which no function is called. */
const ONE_HOLE: readonly unknown[] = new Array(1)

function needsItems({ onError }: OutcomeOptions): boolean {
  return onError === 'original' || typeof onError === 'function'
}

function singleFields(operation: JobHead['operation']): HeadFields {
  return {
    operation,
    second: undefined,
    inputKind: CODEC,
    outputKind: CODEC,
    maxFailures: 0,
    salvage: false,
    chunkSize: 0,
    target: undefined,
  }
}

/** How many failures an isolate tells in full; 0 where the first one ends the call. */
function failuresTold(onError: OnError, maxFailures: number): number {
  if (onError === 'reject') return 0
  return onError === 'settle' || typeof onError === 'function'
    ? ALL_FAILURES
    : Math.max(1, maxFailures)
}

/** A callback that runs in the async context of the call. */
function inContext<F extends (...parameters: any[]) => any>(callback: F | undefined) {
  return callback && AsyncResource.bind(callback)
}
