import type { Attachment } from '../codec/index.js'
import { holdOn, letGo } from './keep-alive.js'
import { EngineUnavailableError } from '../errors/errors.js'
import { addonError } from './failure.js'
import type { WatchedCall } from './call-name.js'
import type { NativePool } from './native.js'
import { inSlices } from './slices.js'
import { guarded, inMicrotask, now, setImmediate, timestamp } from './timers.js'
import { EventCode } from './codes.js'
import { Inbox, type WireEvent } from './inbox.js'
import { Outbox, type JobHead, type Part } from './outbox.js'
import { Polling } from './polling.js'

/** Where the events of one job go. */
export interface Job {
  readonly call: WatchedCall
  /** A chunk is done, or was interrupted and salvaged. The payload's memory is the channel's and is used again. */
  chunk(event: WireEvent): void
  /** The job has ended, well or not, and no more events will come for it. */
  end(event: WireEvent): void
  /** What `chunk` or `end` threw, or why the line broke. No event comes after it. */
  fail(error: unknown): void
}

/** Events that belong to no job. Listeners of the user's that throw are no concern of the channel's. */
export interface PoolListener {
  event(event: WireEvent): void
  /** Nothing is outstanding any more. */
  drained(): void
}

/** What is known of the jobs of a pool. Their ids count up, and wrap at 2³². */
export interface JobSpan {
  /** The id of the job that was opened last. */
  readonly last: number
  /** The id of the oldest job that has not ended. */
  readonly oldest: number | undefined
}

/** Whoever keeps something for as long as jobs may use it. */
export interface JobWatcher {
  /** Says whose jobs these are. */
  watch(jobs: JobSpan): void
  /** A job has ended. */
  sweep(): void
}

/** Outgoing bytes from which the outbox is sent at once. */
const FLUSH_AT = 256 << 10

/** A job in the place of one whose events are of no use to anybody any more. */
const deaf = (call: WatchedCall): Job => ({ call, chunk() {}, end() {}, fail() {} })

/** How many events are read before the clock is looked at. */
const EVENTS_PER_LOOK = 16

/**
 * The line between the host and the addon: commands out, events in, in batches. Commands of one
 * turn are sent together in a microtask; events are read when the addon says that some wait.
 */
export class Channel implements JobSpan {
  readonly #native: NativePool
  readonly #listener: PoolListener
  readonly #sliceMs: number
  readonly #outbox = new Outbox()
  readonly #inbox = new Inbox()
  readonly #jobs = new Map<number, Job>()
  /** Outstanding jobs, and holds. */
  #outstanding = 0
  #lastJob = 0
  #flushing = false
  #turn = 0
  #reading = false
  #polling = false
  /** Whether the answer of a job that was opened in this turn may come at once. */
  #expectsAnswer = false
  /** Whether it is known to. */
  #knowsAnswer = false
  readonly #poller = new Polling()

  readonly #watcher: JobWatcher | undefined

  /**
   * @param sliceMs milliseconds of one turn that reading events may take
   * @param watcher is told when a job has ended
   */
  constructor(
    native: NativePool,
    listener: PoolListener,
    sliceMs: number,
    watcher: JobWatcher | undefined,
  ) {
    this.#watcher = watcher
    watcher?.watch(this)
    this.#sliceMs = sliceMs
    this.#native = native
    this.#listener = listener
  }

  get last(): number {
    return this.#lastJob
  }

  get oldest(): number | undefined {
    return this.#jobs.keys().next().value
  }

  /** The call of a job that has not ended. */
  callOf(id: number): WatchedCall | undefined {
    return this.#jobs.get(id)?.call
  }

  /** When calls of this turn are made, in milliseconds since the epoch: the clock is read once. */
  get turn(): number {
    if (!this.#flushing) this.#turn = timestamp()
    return this.#turn
  }

  /** Starts a job. Returns its id. */
  open(job: Job, head: JobHead, part: Part | undefined, sealed: boolean): number {
    const id = this.#newId()
    // Each step leaves all consistent if the next one throws, for want of memory or of stack: a job that
    // is open and not known runs for nobody.
    this.#schedule()
    this.#outbox.open(id, head, part, sealed)
    this.#jobs.set(id, job)
    if (this.#outstanding++ === 0) holdOn(this)
    // That of one call or of few items. That of a large input does not.
    if (sealed) this.#expectsAnswer = true
    this.#sendAtOnce(part)
    return id
  }

  /** Gives a job one more part. Returns whether it takes any: not when it has ended. */
  append(id: number, part: Part, sealed: boolean): boolean {
    if (!this.#jobs.has(id)) return false
    this.#schedule()
    this.#outbox.append(id, part, sealed)
    this.#sendAtOnce(part)
    return true
  }

  /** Gives a job items as raw memory, or a piece of a text. Returns whether it takes any: not when it has ended. */
  appendItems(
    id: number,
    items: Attachment,
    count: number,
    stride: number,
    sealed: boolean,
  ): boolean {
    if (!this.#jobs.has(id)) return false
    try {
      this.flush()
      // What follows would find no job, which would wait for it.
      if (this.#outbox.used > 0) throw new Error('no stack is left')
      this.#native.appendItems(id, items, count, stride, sealed)
    } catch (cause) {
      const reason = (cause as Error).message
      throw new EngineUnavailableError(`The pool could not take the items: ${reason}`, { cause })
    }
    return true
  }

  /** A job that was opened in this turn has all its items, and they take little time. */
  expectAnswer(): void {
    this.#schedule()
    this.#expectsAnswer = this.#knowsAnswer = true
  }

  /** How many items of a function are not worth cutting into parts; 0 while that is unknown. */
  unsplitItems(fn: number): number {
    try {
      return this.#native.unsplitItems(fn)
    } catch (error) {
      throw addonError('tell of a function', error)
    }
  }

  /** A job gets no more items; one that has none ends. */
  seal(id: number): void {
    if (!this.#jobs.has(id)) return
    this.#schedule()
    this.#outbox.seal(id)
  }

  /** Stops a job; its end follows. */
  cancel(id: number): void {
    if (!this.#jobs.has(id)) return
    this.#schedule()
    this.#outbox.cancel(id)
  }

  /** Counts as outstanding until {@link release}: a call of several jobs, a pool that is closing. */
  hold(): void {
    if (this.#outstanding === 0) holdOn(this)
    this.#outstanding++
  }

  /** Ends a {@link hold}. Returns whether nothing is outstanding any more. */
  release(): boolean {
    if (--this.#outstanding > 0) return false
    letGo(this)
    return true
  }

  /** Sends what waits. */
  flush(): void {
    const outbox = this.#outbox
    const { used, bytes, attachments } = outbox
    if (used === 0) return
    try {
      if (attachments.length === 0) this.#native.submit(bytes, used)
      else this.#native.submit(bytes, used, attachments)
    } catch (error) {
      // Nothing has been sent; the next microtask has all the stack.
      if (isOutOfStack(error)) return
      outbox.used = 0
      outbox.attachments = []
      return this.#break(error)
    }
    // No call, which might fail for want of stack: all would be sent twice.
    outbox.used = 0
    if (attachments.length > 0) outbox.attachments = []
  }

  /**
   * Commands or events have been lost, for want of memory: nobody knows of which jobs, so all end.
   * What is running is stopped; its events find nobody.
   */
  #break(cause: unknown): void {
    const text =
      `The pool lost what it had to send or to receive: ${(cause as Error).message}. Its calls ` +
      `were ended; those made from now on are not concerned`
    const jobs = [...this.#jobs]
    this.#jobs.clear()
    for (const [id, job] of jobs) {
      this.#outbox.cancel(id)
      guarded(() => job.fail(new EngineUnavailableError(text, { cause })))
      this.#ended()
    }
    this.#schedule()
  }

  /**
   * Sends what is much, and what refers to memory of the caller's, who may change it when the call has
   * been made.
   */
  #sendAtOnce(part: Part | undefined): void {
    const isAttached = part !== undefined && part.attachments.length > 0
    if (isAttached || this.#outbox.used >= FLUSH_AT) this.flush()
  }

  /** Has what waits sent at the end of this turn. */
  #schedule(): void {
    if (this.#flushing) return
    inMicrotask(this.#flushTurn)
    this.#flushing = true
  }

  readonly #flushTurn = (): void => {
    this.#flushing = false
    this.flush()
    if (this.#expectsAnswer) this.#poll()
    this.#expectsAnswer = this.#knowsAnswer = false
  }

  /** Reads waiting events, for one slice; what is left is read in the next turns. */
  receive(): void {
    if (!this.#reading) this.#read(this.#sliceMs)
  }

  #read(milliseconds: number): void {
    this.#reading = true
    let more = true
    try {
      more = this.#readFor(milliseconds)
    } finally {
      this.#reading = more
      if (more) inSlices(() => (this.#read(Math.min(1, this.#sliceMs)), false), this.#sliceMs)
    }
  }

  /** Returns whether events are left. */
  #readFor(milliseconds: number): boolean {
    const end = now() + milliseconds
    for (let read = 1; ; read++) {
      const event = this.#next()
      if (event === undefined) return false
      this.#dispatch(event)
      if (read % EVENTS_PER_LOOK === 0 || event.length > 4096) {
        if (now() >= end) return true
      }
    }
  }

  /** The next event. Without one, the addon will notify, unless the channel polls. */
  #next(): WireEvent | undefined {
    return (
      this.#inbox.read() ?? this.#refill(true) ?? (this.#polling ? undefined : this.#refill(false))
    )
  }

  #refill(polling: boolean): WireEvent | undefined {
    const inbox = this.#inbox
    try {
      inbox.fill(this.#native.drain(inbox.bytes, inbox.externals, polling))
    } catch (error) {
      inbox.fill(0)
      this.#break(error)
    }
    return inbox.read()
  }

  /** Polls for a while after a call. */
  #poll(): void {
    if (!this.#poller.begin(now(), this.#knowsAnswer) || this.#polling) return
    this.#polling = true
    setImmediate(this.#pollOnce)
  }

  readonly #pollOnce = (): void => {
    if (this.#jobs.size === 0 || !this.#poller.goesOn(now())) this.#polling = false
    // First, so that nothing that happens on the way can end the polling: nobody would be notified.
    else setImmediate(this.#pollOnce)
    this.receive()
  }

  #dispatch(event: WireEvent): void {
    const { code, subject } = event
    if (code >= EventCode.Log) {
      this.#listener.event(event)
      return
    }
    const job = this.#jobs.get(subject)
    if (job === undefined) return
    const last = code !== EventCode.Chunk && code !== EventCode.Salvaged
    if (last) this.#jobs.delete(subject)
    try {
      if (!last || code === EventCode.LastChunk) job.chunk(event)
      if (last) job.end(event)
    } catch (error) {
      // One job's bad event must not keep the others from theirs.
      guarded(() => job.fail(error))
      if (!last) this.abandon(subject)
    }
    if (last) this.#ended()
  }

  /** A job has gone. */
  #ended(): void {
    if (this.#polling) this.#poller.answered()
    this.#watcher?.sweep()
    this.done()
  }

  /** The same as {@link release}, for what calls wait for: the listener is told when it was the last. */
  done(): void {
    if (this.release()) this.#listener.drained()
  }

  /** Stops a job that takes no events any more. It is known until its end has come. */
  abandon(id: number): void {
    const job = this.#jobs.get(id)
    if (job === undefined) return
    this.#jobs.set(id, deaf(job.call))
    this.cancel(id)
  }

  #newId(): number {
    do {
      this.#lastJob = (this.#lastJob + 1) >>> 0
    } while (this.#jobs.has(this.#lastJob))
    return this.#lastJob
  }
}

/** Whether there was no stack left. Calls nothing: there may be no stack for it. */
function isOutOfStack(error: unknown): boolean {
  return (error as Error).message === 'Maximum call stack size exceeded'
}
