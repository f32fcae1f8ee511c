import type { Attachment } from '../codec/index.js'
import {
  ArrayBufferConstructor,
  ArrayBufferIsView,
  Int32ArrayConstructor,
  ObjectDefineProperty,
  TypedArrayBuffer,
  Uint8ArrayConstructor,
} from '../codec/shared/primordials.js'
import {
  Operation,
  SALVAGE,
  SHARED_HEAD,
  SharedForm,
  Status,
  type Caps,
  type ElementArray,
} from '../protocol.js'
import { addResults, arrayOf, newResults, type Chunk, type Rest } from './chunk.js'
import { makeLog, type Log } from './console.js'
import { EvaluationError, FailureWriter, LoadError, NeverSettles } from './failure.js'
import { countOf, fold, isEmpty, nextValue, truthMask, type UserFunction } from './folding.js'
import { Inertness, prototypesAreInert } from './late/inert.js'
import { InputBuffer, partialsOf, type Input } from './input-buffer.js'
import { writeLiteral } from './literals.js'
import type { LogBuffer } from './log.js'
import { Control, type AwaitLimit } from './contract.js'
import { Outcome } from './late/outcome.js'
import { Settling } from './late/settling.js'
import { isThenable } from './thenable.js'
import type { DriverServices } from './services.js'
import { warmUp } from './late/warm-up.js'

/** Thrown where a call that was told to stop can stop. */
const INTERRUPTED = { toString: () => 'interrupted' }

/** Parts of the input start at multiples of this; the engine lays them out (`realm.rs`). */
const ALIGNMENT = 8
const EMPTY = new Uint8ArrayConstructor(0)
const NOTHING: readonly never[] = []
/** How long {@link Driver.salvage} may look through results, in milliseconds. */
const SALVAGE_MS = 50

const { parse } = JSON
const { now } = Date

/**
 * What the engine calls. Methods return bytes to carry away, or nothing; the status word in
 * {@link Native.control} says what they are.
 */
export class Driver {
  readonly #services: DriverServices
  readonly #control: Int32Array
  readonly #failures: FailureWriter
  readonly #log: Log
  readonly #logs: LogBuffer
  readonly #awaitLimit: AwaitLimit | undefined
  readonly #input: InputBuffer
  #chunk: Chunk | undefined
  #settling: Settling | undefined
  /** Index in the chunk of the item being computed; -1 outside of items. */
  #at = -1
  /** What the output refers to, until the engine takes it. */
  #attached: readonly Attachment[] = NOTHING

  /**
   * @param control words that the engine reads; see {@link Control}
   * @param caps on what errors take
   * @param awaitLimit where promises may take their time: there, a call that is pending is
   *   {@link resume}d as they settle
   */
  constructor(
    control: ArrayBuffer,
    logs: LogBuffer,
    services: DriverServices,
    caps: Caps,
    awaitLimit?: AwaitLimit,
  ) {
    this.#services = services
    this.#control = new Int32ArrayConstructor(control)
    this.#failures = new FailureWriter(services, control, caps)
    this.#input = new InputBuffer(services)
    this.#awaitLimit = awaitLimit
    this.#logs = logs
    this.#log = makeLog(logs)
  }

  /** Makes room for `size` bytes of input and returns the buffer to write them to. */
  reserve(size: number): ArrayBuffer {
    return this.#input.reserve(size)
  }

  /**
   * Computes one chunk. Status pending: run the microtasks, then call {@link settle}. An `ArrayBuffer`
   * as output is given away.
   *
   * @param attachments what came beside the input; the function's from now on
   * @param memory raw items that are not in the input; the engine detaches it after the call
   */
  call(
    kind: number,
    fn: unknown,
    second: unknown,
    argsLength: number,
    first: number,
    count: number,
    parts: number,
    maxFailures: number,
    attachments: readonly ArrayBuffer[] | undefined,
    memory?: ArrayBuffer,
  ): Uint8Array | ArrayBuffer | undefined {
    this.#control[Control.Status] = Status.Done
    this.#at = -1
    this.#attached = NOTHING
    this.#control[Control.Attachments] = 0
    this.#drop()
    this.#chunk = undefined
    try {
      const argsOffset = align(parts * 4)
      const args = argsLength === 0 ? undefined : this.#input.decode(argsOffset, argsLength)
      const outputKind = (kind >> 16) & 0xff
      const isOutcome = maxFailures > 0 || (kind & SALVAGE) !== 0
      const chunk: Chunk = {
        operation: kind & 0xff,
        fn: fn as UserFunction,
        context: { args, shared: this.#services.shared.selected, log: this.#log },
        first,
        results: newResults(kind & 0xff, outputKind, count, isOutcome),
        outcome: isOutcome
          ? new Outcome(this.#services.codec.encoder, this.#failures, first, maxFailures)
          : undefined,
        perItemErrors: maxFailures > 0,
        passed: 0,
        rest: undefined,
      }
      this.#chunk = chunk
      this.#awaitLimit?.extendContext(chunk.context)
      this.#compute(
        chunk,
        (kind >> 8) & 0xff,
        {
          offset: align(argsOffset + argsLength),
          count,
          parts,
          received:
            attachments === undefined ? undefined : this.#services.codec.received(attachments),
          memory,
        },
        second,
      )
      return this.#settling === undefined ? this.#finish(chunk) : this.#wait()
    } catch (error) {
      return this.#fail(error)
    }
  }

  #wait(): undefined {
    this.#control[Control.Status] = Status.Pending
  }

  /** Ends a chunk whose functions returned promises. */
  settle(): Uint8Array | ArrayBuffer | undefined {
    const chunk = this.#chunk!
    this.#control[Control.Status] = Status.Done
    try {
      if (chunk.perItemErrors) this.#failLacking(chunk, this.#settling!)
      const ending = this.#settling!.ending()
      this.#drop()
      if (ending.status === 'fulfilled' || chunk.perItemErrors) return this.#finish(chunk)
      if (chunk.operation !== Operation.Run) this.#at = ending.index
      throw ending.status === 'rejected' ? ending.reason : new NeverSettles()
    } catch (error) {
      return this.#fail(error)
    }
  }

  /**
   * What a terminated call has finished, as an outcome. The engine asks for it instead of
   * {@link settle}, and then lets the context go. Nothing of the user's runs: results that could make
   * it run are left out.
   */
  salvage(): Uint8Array {
    const chunk = this.#chunk
    this.#chunk = undefined
    if (chunk?.outcome === undefined) return EMPTY
    const end = now() + SALVAGE_MS
    const inertness = new Inertness(
      this.#services.platform.isOpaque ?? (() => true),
      () => now() < end,
    )
    const isCarried =
      chunk.operation !== Operation.Map || ArrayBufferIsView(chunk.results)
        ? () => true
        : (index: number) => inertness.holds((chunk.results as unknown[])[index])
    // The termination may have caught the encoder half-way.
    const outcome = chunk.outcome.closed(this.#services.codec.freshEncoder())
    if (prototypesAreInert()) this.#addRuns(chunk, outcome, isCarried)
    return outcome.encode()
  }

  /** Adds each run of items that have been finished. */
  #addRuns(chunk: Chunk, outcome: Outcome, isCarried: (index: number) => boolean): void {
    const settling = this.#settling
    const count = this.#passed(chunk)
    let start = 0
    for (let i = 0; i <= count; i++) {
      if (i < count && settling?.lacks(i) !== true && isCarried(i)) continue
      if (i > start) addResults(chunk, outcome, start, i)
      start = i + 1
    }
  }

  /** How many items of the chunk have been gone through. */
  #passed({ results, passed }: Chunk): number {
    const at = this.#at
    if (at < 0) return passed
    // The last one may have been stored, and the loop not gone on.
    return !ArrayBufferIsView(results) && at in results ? at + 1 : at
  }

  /**
   * Goes on with a chunk after promises have settled: calls the function for more items, or ends.
   * Only with a awaitLimit.
   */
  resume(): Uint8Array | ArrayBuffer | undefined {
    const chunk = this.#chunk!
    this.#control[Control.Status] = Status.Done
    try {
      if (this.#awaitLimit!.isInterrupted()) throw INTERRUPTED
      if (this.#settling?.isRejected === true) return this.settle()
      const { rest } = chunk
      if (rest !== undefined) {
        chunk.rest = undefined
        this.#map(rest.fn, chunk, rest.items, chunk.results, rest.next)
      }
      if (this.#isWaiting) return this.#wait()
      return this.#settling === undefined ? this.#finish(chunk) : this.settle()
    } catch (error) {
      return this.#fail(error)
    }
  }

  /** Ends what waits for promises, since nothing is left that could settle them. */
  giveUp(): Uint8Array | ArrayBuffer | undefined {
    const chunk = this.#chunk!
    if (!chunk.perItemErrors || chunk.rest === undefined) return this.settle()
    // These items have failed; the others are still to come.
    if (this.#settling !== undefined) this.#failLacking(chunk, this.#settling)
    this.#drop()
    return this.resume()
  }

  /** Stops a call that waits. What it has finished, where that is wanted. */
  interrupt(): Uint8Array {
    this.#control[Control.Status] = Status.Interrupted
    const salvaged = this.salvage()
    this.#drop()
    return salvaged
  }

  /** Whether functions have returned promises that have not settled, or are still to be called. */
  get #isWaiting(): boolean {
    return this.isPaused || (this.#settling !== undefined && this.#settling.pending > 0)
  }

  /** Whether the function is still to be called for some items, when promises have settled. */
  get isPaused(): boolean {
    return this.#chunk?.rest !== undefined
  }

  /** Has `onSettled` called whenever a promise of the pending call settles. */
  watch(onSettled: () => void): void {
    if (this.#settling !== undefined) this.#settling.onSettled = onSettled
  }

  /** Lets promises go that are awaited. */
  #drop(): void {
    if (this.#settling === undefined) return
    this.#settling.onSettled = undefined
    this.#awaitLimit?.settled(this.#settling.pending)
    this.#settling = undefined
  }

  /** Turns what escaped the driver, or stopped a function from loading, into a failure. */
  fail(
    kind: 'throw' | 'compile' | 'evaluate',
    error: unknown,
    line: number,
    column: number,
  ): Uint8Array {
    this.#at = -1
    this.#chunk = undefined
    if (kind === 'compile') return this.#fail(new LoadError(error, line, column))
    return this.#fail(kind === 'evaluate' ? new EvaluationError(error) : error)
  }

  /** Decodes a shared value from the input buffer, freezes it and keeps it under `id`. */
  share(id: number, length: number): Uint8Array | undefined {
    this.#control[Control.Status] = Status.Done
    try {
      const mode = this.#input.byte(0)
      const form = this.#input.byte(1)
      const value = this.#input.decode(SHARED_HEAD, length - SHARED_HEAD)
      this.#services.shared.add(
        id,
        form === SharedForm.JsonText ? parse(value as string) : value,
        mode,
      )
      return undefined
    } catch (error) {
      return this.#fail(error)
    }
  }

  /** A buffer for the engine to fill, which becomes an attachment of a call. */
  allocate(length: number): ArrayBuffer {
    return new ArrayBufferConstructor(length)
  }

  /** What the output of the last call refers to, for the engine to copy. */
  takeAttachments(): readonly Attachment[] {
    const attached = this.#attached
    this.#attached = NOTHING
    this.#control[Control.Attachments] = 0
    return attached
  }

  /** Says which shared values the next calls see, and by which names. */
  select(names: string[], ids: number[]): void {
    this.#services.shared.select(names, ids)
  }

  /** Lets a shared value go. */
  forget(id: number): void {
    this.#services.shared.remove(id)
  }

  /** Encoded log records since the last time. */
  takeLogs(): Uint8Array {
    // First: should loading the codec be stopped, they are not left for the next call to tell.
    const records = this.#logs.take()
    return this.#services.codec.encoder.encode(records, 'logs')
  }

  /** Loads what a call may need that has more than literals. */
  ready(): void {
    void this.#services.codec
  }

  /** Runs what every context's first call runs. */
  warmUp(): void {
    warmUp(this, this.#services.codec.encoder)
  }

  /** `__name`, which esbuild and tsx leave in functions. */
  nameHelper<F extends object>(fn: F, name: string): F {
    return ObjectDefineProperty(fn, 'name', { value: name, configurable: true })
  }

  #compute(chunk: Chunk, inputKind: number, input: Input, second: unknown): void {
    // Called by itself: as a method it would see the chunk as `this`.
    const { fn } = chunk
    switch (chunk.operation) {
      case Operation.Run:
        this.#keep(fn(this.#input.value(input), chunk.context), chunk.results, 0)
        break
      case Operation.Item: {
        const [item, index] = this.#input.value(input) as [unknown, number]
        chunk.first = index
        this.#at = 0
        this.#keep(fn(item, index, chunk.context), chunk.results, 0)
        break
      }
      case Operation.Combine:
        chunk.results = partialsOf(
          this.#services.codec.decoder,
          this.#input.value(input) as Uint8Array[],
        )
        break
      case Operation.Reduce:
        chunk.results = this.#input.items(inputKind, input)
        if (second !== undefined)
          this.#map(second as UserFunction, chunk, chunk.results, arrayOf(input.count), 0)
        break
      default:
        this.#map(fn, chunk, this.#input.items(inputKind, input), chunk.results, 0)
    }
  }

  /** Applies `fn` to each item; as in Array.prototype.map, a hole is skipped and stays a hole. */
  #map(
    fn: UserFunction,
    chunk: Chunk,
    items: unknown[] | ElementArray,
    results: unknown[] | ElementArray,
    start: number,
  ): void {
    if (chunk.perItemErrors) return this.#mapEach(fn, chunk, items, results, start)
    const { first, context } = chunk
    const awaitLimit = this.#awaitLimit
    const count = countOf(items)
    chunk.results = results
    for (let i = nextValue(items, start, count); i < count; i = nextValue(items, i + 1, count)) {
      this.#at = i
      if (awaitLimit !== undefined && awaitLimit.isInterrupted()) throw INTERRUPTED
      if (this.#keep(fn(items[i], first + i, context), results, i)) {
        return this.#pause(chunk, { fn, items, next: i + 1 })
      }
    }
    this.#at = -1
    chunk.passed = count
  }

  #pause(chunk: Chunk, rest: Rest): void {
    this.#at = -1
    chunk.passed = rest.next
    chunk.rest = rest
  }

  /** As `#map`, but an item that fails leaves the others alone. */
  #mapEach(
    fn: UserFunction,
    chunk: Chunk,
    items: unknown[] | ElementArray,
    results: unknown[] | ElementArray,
    start: number,
  ): void {
    const { first, context } = chunk
    const awaitLimit = this.#awaitLimit
    const count = countOf(items)
    chunk.results = results
    for (let i = nextValue(items, start, count); i < count; i = nextValue(items, i + 1, count)) {
      this.#at = i
      if (awaitLimit !== undefined && awaitLimit.isInterrupted()) throw INTERRUPTED
      try {
        if (this.#keep(fn(items[i], first + i, context), results, i)) {
          return this.#pause(chunk, { fn, items, next: i + 1 })
        }
      } catch (error) {
        this.#failItem(chunk, i, error)
      }
    }
    this.#at = -1
    chunk.passed = count
  }

  #failItem({ outcome, results }: Chunk, index: number, error: unknown): void {
    outcome!.fail(index, error)
    if (!ArrayBufferIsView(results)) results[index] = undefined
  }

  /** Nothing is left that could settle the promises that wait. */
  #failLacking(chunk: Chunk, settling: Settling): void {
    settling.forEachLacking((index) => this.#failItem(chunk, index, new NeverSettles()))
  }

  /**
   * Puts a result where it belongs; a promise is followed, and its result filled in later. Returns
   * whether that was the last one for now that may be awaited.
   */
  #keep(result: unknown, results: unknown[] | ElementArray, index: number): boolean {
    if (typeof result === 'object' && result !== null && isThenable(result)) {
      this.#settling ??= this.#newSettling(results as unknown[])
      this.#settling.adopt(result, index)
      return this.#awaitLimit !== undefined && this.#awaitLimit.await()
    }
    ;(results as unknown[])[index] = result
    return false
  }

  #newSettling(results: unknown[]): Settling {
    const chunk = this.#chunk!
    if (!chunk.perItemErrors) return new Settling(results)
    return new Settling(results, (index, reason) => this.#failItem(chunk, index, reason))
  }

  #finish(chunk: Chunk): Uint8Array | ArrayBuffer {
    const output = this.#output(chunk)
    // Not before: a termination on the way leaves it to be salvaged.
    this.#chunk = undefined
    return output
  }

  #output(chunk: Chunk): Uint8Array | ArrayBuffer {
    this.#at = -1
    const { outcome } = chunk
    if (outcome === undefined) return this.#answer(chunk)
    addResults(chunk, outcome, 0, chunk.passed)
    return outcome.encode()
  }

  #answer({ operation, fn, context, results }: Chunk): Uint8Array | ArrayBuffer {
    const values = results as unknown[]
    switch (operation) {
      case Operation.Run:
      case Operation.Item:
        return this.#encode(values[0])
      case Operation.Combine:
        return this.#encode(fold(fn, values, context))
      case Operation.Reduce:
        // A chunk of holes has no partial result.
        if (isEmpty(values)) return EMPTY
        return this.#services.codec.encoder.encode([fold(fn, values, context)], 'result')
      case Operation.Filter:
        return truthMask(values, 0, values.length)
      case Operation.ForEach:
        return EMPTY
      default:
        return ArrayBufferIsView(results) ? TypedArrayBuffer(results) : this.#encode(results)
    }
  }

  /** Encodes what the call gives; large buffers go beside it. */
  #encode(value: unknown): Uint8Array {
    const literal = writeLiteral(value)
    if (literal !== undefined) return literal
    const { bytes, attachments } = this.#services.codec.attaching.encode(value, 'result')
    this.#attached = attachments
    this.#control[Control.Attachments] = attachments.length
    return bytes
  }

  #fail(error: unknown): Uint8Array {
    if (error === INTERRUPTED) return this.interrupt()
    this.#control[Control.Status] = Status.Failed
    const first = this.#chunk === undefined ? 0 : this.#chunk.first
    const index = this.#at < 0 ? -1 : first + this.#at
    this.#at = -1
    this.#drop()
    this.#chunk = undefined
    return this.#failures.encode(error, index, first)
  }
}

function align(offset: number): number {
  return (offset + ALIGNMENT - 1) & -ALIGNMENT
}
