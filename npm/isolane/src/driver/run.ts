import { ArrayBufferIsView, Uint8ArrayConstructor } from '../codec/shared/primordials.js'
import { CHANGES, isText, Operation, SALVAGE, Status, type ElementArray } from '../protocol.js'
import { Control } from './contract.js'
import { pendingOver, refuseUnread, type Uncaught } from './failure.js'
import {
  countOf,
  fold,
  isThenable,
  nextValue,
  readingFirst,
  type Context,
  type UserFunction,
} from './folding.js'
import { partialsOf, type Input } from './input-buffer.js'
import { Changes } from './late/changes.js'
import { Outcome } from './late/outcome.js'
import type { Patching } from '../differ/late/patching.js'
import type { DiffScope } from '../differ/operation.js'
import { salvage } from './late/salvage.js'
import { Settling } from './late/settling.js'
import type { TextItems } from './late/text-items.js'
import { TextResults } from './late/text-results.js'
import type { RunHost } from './run-host.js'
import {
  addResults,
  arrayOf,
  encodeResults,
  newResults,
  type Answer,
  type Results,
} from './results.js'

/** Thrown where a call that was told to stop can stop. */
const INTERRUPTED = { toString: () => 'interrupted' }

const EMPTY = new Uint8ArrayConstructor(0)
const EMPTY_LIST: readonly never[] = []

/** The items from index `next` on, to be mapped by `fn`. */
interface RemainingItems {
  fn: UserFunction
  items: unknown[] | ElementArray
  next: number
}

/**
 * One chunk from its input to its answer, with all that lives no longer. Each step gives the answer,
 * or `undefined` while promises are awaited; the status word says which of them it is.
 */
export class Run {
  readonly operation: number
  results: Results
  /** Index in the chunk of the item being computed; -1 outside of items. */
  at = -1
  /** Items that have been gone through, once that is all of them or no more can be for now. */
  passed = 0
  /** Results that are text. */
  text: TextResults | undefined
  /** Items that a result may have to give. */
  items: readonly unknown[] = EMPTY_LIST
  /** Promises that the function has returned. */
  settling: Settling | undefined
  /** What is left to do, where no more promises could be awaited. */
  private remaining: RemainingItems | undefined
  /** What the function changes, where it is told what. */
  private patching: Patching | undefined
  /** What the function changes in its items, where that is the result. */
  private changes: Changes | undefined
  /** Where failures of single items go, and what the chunk answers with if that is wanted. */
  private outcome: Outcome | undefined
  /** Whether a failing item leaves the others alone. */
  private readonly perItemErrors: boolean
  /** Index of the first item in the whole input. */
  first: number

  /** The chunk that the control words of `host` describe. */
  constructor(
    private readonly host: RunHost,
    private readonly fn: UserFunction,
    private readonly context: Context,
  ) {
    const { words } = host
    const kind = words[Control.Kind]!
    const maxFailures = words[Control.MaxFailures]!
    const first = host.doubles[Control.First >> 1]!
    const isOutcome = maxFailures > 0 || (kind & SALVAGE) !== 0
    this.operation = kind & 0xff
    this.results = newResults(kind & 0xff, (kind >> 16) & 0xff, words[Control.Count]!, isOutcome)
    this.outcome = isOutcome
      ? new Outcome(host.services.codec.encoder, host.failures, first, maxFailures)
      : undefined
    this.perItemErrors = maxFailures > 0
    this.first = first
  }

  /** Calls the function. Pending: run the microtasks, then {@link settle} or {@link resume}. */
  begin(input: Input, second: UserFunction | undefined): Answer | undefined {
    try {
      this.compute(input, second)
      return this.settling === undefined ? this.answer() : this.wait()
    } catch (error) {
      return this.fail(error)
    }
  }

  /** Ends what has returned promises: what has no result by now never will, over `uncaught` if need be. */
  settle(uncaught?: Uncaught): Answer {
    this.host.words[Control.Status] = Status.Done
    try {
      if (this.perItemErrors) this.failLacking(uncaught)
      const ending = this.settling!.ending()
      this.drop()
      if (ending.status === 'fulfilled' || this.perItemErrors) return this.answer()
      if (this.operation !== Operation.Run && this.operation !== Operation.Patch)
        this.at = ending.index
      throw ending.status === 'rejected' ? ending.reason : pendingOver(uncaught)
    } catch (error) {
      return this.fail(error)
    }
  }

  /** Goes on after promises have settled, with more items if there are. Only with a limit on what is awaited. */
  resume(): Answer | undefined {
    this.host.words[Control.Status] = Status.Done
    try {
      if (this.host.awaitLimit!.isInterrupted()) throw INTERRUPTED
      if (this.settling?.isRejected === true) return this.settle()
      const { remaining } = this
      if (remaining !== undefined) {
        this.remaining = undefined
        this.map(remaining.fn, remaining.items, this.results, remaining.next)
      }
      if (this.isWaiting) return this.wait()
      return this.settling === undefined ? this.answer() : this.settle()
    } catch (error) {
      return this.fail(error)
    }
  }

  /** Ends what waits for promises, since nothing is left that could settle them. */
  giveUp(): Answer | undefined {
    if (!this.perItemErrors || this.remaining === undefined) return this.settle()
    // These items have failed; the others are still to come.
    this.failLacking()
    this.drop()
    return this.resume()
  }

  /** Stops what waits. Gives what it has finished, where that is wanted. */
  interrupt(): Uint8Array {
    this.host.words[Control.Status] = Status.Interrupted
    const salvaged = this.salvage()
    this.drop()
    return salvaged
  }

  /** What it has finished, as an outcome; empty where none is wanted. Runs none of the user's code. */
  salvage(): Uint8Array {
    if (this.outcome === undefined) return EMPTY
    const { codec, platform, shared } = this.host.services
    // The termination may have caught the encoder half-way.
    const outcome = this.outcome.closed(codec.freshEncoder())
    return salvage(this, outcome, platform.isOpaque ?? (() => true), shared.lent)
  }

  /** Lets promises go that are awaited. */
  drop(): void {
    if (this.settling === undefined) return
    this.settling.onSettled = undefined
    this.host.awaitLimit?.settled(this.settling.pending)
    this.settling = undefined
  }

  /** Whether promises are awaited that could change what comes of the chunk. */
  get mayStillSettle(): boolean {
    return this.isWaiting && this.settling?.isRejected === false
  }

  /** Whether the function is still to be called for some items, when promises have settled. */
  get isPaused(): boolean {
    return this.remaining !== undefined
  }

  /** Whether functions have returned promises that have not settled, or are still to be called. */
  get isWaiting(): boolean {
    return this.isPaused || (this.settling !== undefined && this.settling.pending > 0)
  }

  private wait(): undefined {
    this.host.words[Control.Status] = Status.Pending
  }

  private compute(input: Input, second: UserFunction | undefined): void {
    // Called by itself: as a method it would see the run as `this`.
    const { fn, context } = this
    const { input: buffer, services } = this.host
    switch (this.operation) {
      case Operation.Run: {
        const arg = isText(input.kind) ? buffer.textValue(input) : buffer.value(input)
        this.writeText(undefined)
        this.keep(fn(arg, context), this.results, 0)
        break
      }
      case Operation.Item: {
        // By index: an iterator could be the user's.
        const pair = buffer.value(input) as [unknown, number]
        const item = pair[0]
        const index = pair[1]
        this.first = index
        this.at = 0
        this.writeText(undefined)
        this.keep(fn(item, index, context), this.results, 0)
        break
      }
      case Operation.Patch: {
        const scope = buffer.value(input) as DiffScope
        const patching = services.codec.patching(services.shared.selection.target!, scope)
        this.patching = patching
        this.keep(fn(patching.copy, context), this.results, 0)
        break
      }
      case Operation.Combine:
        this.writeText(undefined)
        this.results = partialsOf(services.codec.decoder, buffer.value(input) as Uint8Array[])
        break
      case Operation.Reduce:
        this.reduce(input, second)
        break
      default:
        if (isText(input.kind)) this.mapText(input)
        else {
          const items = buffer.items(input)
          this.writeText(undefined)
          if (this.text !== undefined) this.items = items as readonly unknown[]
          this.map(
            this.told(fn, items, () => buffer.itemsAgain(input)),
            items,
            this.results,
            0,
          )
        }
    }
  }

  private reduce(input: Input, second: UserFunction | undefined): void {
    const { input: buffer } = this.host
    if (!isText(input.kind)) {
      this.results = buffer.items(input)
      if (second !== undefined) this.map(second, this.results, arrayOf(input.count), 0)
      return
    }
    const text = buffer.textItems(input)
    const values = text.values(input.kind)
    if (second !== undefined) {
      const map = text.hasUnread ? readingFirst(second) : second
      return this.map(map, values, arrayOf(input.count), 0)
    }
    for (this.at = 0; text.hasUnread && this.at < values.length; this.at++) {
      refuseUnread(values[this.at])
    }
    this.at = -1
    this.results = values
  }

  private mapText(input: Input): void {
    const text = this.host.input.textItems(input)
    const values = text.values(input.kind)
    if (this.outcome !== undefined) this.outcome.items = text
    this.writeText(text)
    const fn = this.told(this.fn, values, () => text.values(input.kind))
    this.map(text.hasUnread ? readingFirst(fn) : fn, values, this.results, 0)
  }

  /** `fn`, or what tells of its changes, where they are wanted. `again` reads the items once more. */
  private told(
    fn: UserFunction,
    items: unknown[] | ElementArray,
    again: () => ArrayLike<unknown>,
  ): UserFunction {
    if (((this.host.words[Control.Kind]! >> 16) & 0xff) !== CHANGES) return fn
    this.changes = new Changes(this.host.services.codec, again(), items, this.first)
    return this.changes.told(fn)
  }

  /** Has the results written as text, where they are to be. */
  private writeText(items: TextItems | undefined): void {
    const { words, services } = this.host
    const kind = (words[Control.Kind]! >> 16) & 0xff
    if (!isText(kind)) return
    this.text = new TextResults(services.platform, this.operation, kind, this.first, items)
  }

  /** Applies `fn` to each item; as in Array.prototype.map, a hole is skipped and stays a hole. */
  private map(
    fn: UserFunction,
    items: unknown[] | ElementArray,
    results: Results,
    start: number,
  ): void {
    this.results = results
    for (let next = start; ; next = this.at + 1) {
      try {
        return this.mapFrom(next, fn, items, results)
      } catch (error) {
        if (!this.perItemErrors || error === INTERRUPTED) throw error
        this.failItem(this.at, error)
      }
    }
  }

  /** The items from `start` on. What is thrown is about the item {@link at}. */
  private mapFrom(
    start: number,
    fn: UserFunction,
    items: unknown[] | ElementArray,
    results: Results,
  ): void {
    const { first, context } = this
    const { awaitLimit } = this.host
    const count = countOf(items)
    for (let i = nextValue(items, start, count); i < count; i = nextValue(items, i + 1, count)) {
      this.at = i
      if (awaitLimit !== undefined && awaitLimit.isInterrupted()) throw INTERRUPTED
      if (this.keep(fn(items[i], first + i, context), results, i)) {
        return this.pause({ fn, items, next: i + 1 })
      }
    }
    this.at = -1
    this.passed = count
  }

  private pause(remaining: RemainingItems): void {
    this.at = -1
    this.passed = remaining.next
    this.remaining = remaining
  }

  /**
   * Puts a result where it belongs; a promise is followed, and its result filled in later. Returns
   * whether that was the last one for now that may be awaited.
   */
  private keep(result: unknown, results: Results, index: number): boolean {
    if (typeof result === 'object' && result !== null && isThenable(result)) {
      this.settling ??= this.newSettling(results as unknown[])
      this.settling.adopt(result, index)
      const { awaitLimit } = this.host
      return awaitLimit !== undefined && awaitLimit.await()
    }
    ;(results as unknown[])[index] = result
    return false
  }

  private newSettling(results: unknown[]): Settling {
    const onRejection = (index: number, reason: unknown) => this.failItem(index, reason)
    return new Settling(results, this.perItemErrors ? onRejection : undefined, this.changes?.at)
  }

  private failItem(index: number, error: unknown): void {
    this.outcome!.fail(index, error)
    if (!ArrayBufferIsView(this.results)) this.results[index] = undefined
  }

  private failLacking(uncaught?: Uncaught): void {
    this.settling?.forEachLacking((index) => this.failItem(index, pendingOver(uncaught)))
  }

  private answer(): Answer {
    this.at = -1
    const { outcome } = this
    if (outcome === undefined)
      return this.text === undefined ? this.encoded() : this.written(this.text)
    addResults(this, outcome, 0, this.passed)
    return outcome.encode()
  }

  private written(text: TextResults): Answer {
    const values = this.results as unknown[]
    const folded = () => fold(this.fn, values, this.context)
    return text.answer(values, this.items, folded, (index) => (this.at = index))
  }

  private encoded(): Answer {
    if (this.patching === undefined) return encodeResults(this, this.fn, this.context, this.host)
    return this.host.output.encode(this.patching.changes((this.results as unknown[])[0]))
  }

  private fail(error: unknown): Uint8Array {
    if (error === INTERRUPTED) return this.interrupt()
    const { first, at } = this
    this.host.words[Control.Status] = Status.Failed
    this.at = -1
    this.drop()
    // To encode the error can run getters; what ends them has nothing to salvage.
    this.outcome = undefined
    return this.host.failures.encode(error, at < 0 ? -1 : first + at, first)
  }
}
