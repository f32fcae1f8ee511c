import { performance } from 'node:perf_hooks'
import type { NativePool } from './native.js'
import { inSlices, SLICE_MS } from './slices.js'
import { EventCode, Inbox, Outbox, type JobHead, type Part, type WireEvent } from './wire.js'

/** Where the events of one job go. */
export interface Job {
  /** A chunk is done. The payload's memory is the channel's and is used again. */
  chunk(event: WireEvent): void
  /** The job has ended, well or not, and no more events will come for it. */
  end(event: WireEvent): void
}

/** Events that belong to no job. */
export interface PoolListener {
  event(event: WireEvent): void
  /** The last outstanding job has ended. */
  drained(): void
}

/** Outgoing bytes from which the outbox is sent at once. */
const FLUSH_AT = 256 << 10

/** How many events are read before the clock is looked at. */
const EVENTS_PER_LOOK = 16

/**
 * The line between the host and the addon: commands out, events in, in batches. Commands of one
 * turn are sent together in a microtask; events are read when the addon says that some wait.
 */
export class Channel {
  readonly #native: NativePool
  readonly #listener: PoolListener
  readonly #outbox = new Outbox()
  readonly #inbox = new Inbox()
  readonly #jobs = new Map<number, Job>()
  /** Keeps the process alive while jobs are outstanding. */
  readonly #keepAlive = setInterval(() => {}, 2 ** 31 - 1)
  #holds = 0
  #lastJob = 0
  #flushing = false
  #reading = false

  constructor(native: NativePool, listener: PoolListener) {
    this.#native = native
    this.#listener = listener
    this.#keepAlive.unref()
  }

  /** Outstanding jobs. */
  get jobs(): number {
    return this.#jobs.size
  }

  /** Starts a job. Returns its id. */
  open(job: Job, head: JobHead, part: Part | undefined, sealed: boolean): number {
    const id = this.#newId()
    if (this.#jobs.size === 0) this.#keepAlive.ref()
    this.#jobs.set(id, job)
    this.#outbox.open(id, head, part, sealed)
    this.#send()
    return id
  }

  /** Gives a job one more part. */
  append(id: number, part: Part, sealed: boolean): void {
    if (!this.#jobs.has(id)) return
    this.#outbox.append(id, part, sealed)
    this.#send()
  }

  /** Gives a job all its items at once, as raw memory. */
  appendItems(id: number, items: ArrayBufferView, count: number, stride: number): void {
    this.flush()
    const { buffer, byteOffset, byteLength } = items
    this.#native.appendItems(id, new Uint8Array(buffer, byteOffset, byteLength), count, stride)
  }

  /** Stops a job; its end follows. */
  cancel(id: number): void {
    if (!this.#jobs.has(id)) return
    this.#outbox.cancel(id)
    this.#send()
  }

  /** Keeps the process alive until the returned function is called. */
  hold(): () => void {
    this.#holds++
    this.#keepAlive.ref()
    return () => {
      this.#holds--
      this.#letGo()
    }
  }

  #letGo(): void {
    if (this.#jobs.size === 0 && this.#holds === 0) this.#keepAlive.unref()
  }

  /** Sends what waits. */
  flush(): void {
    const { used, bytes } = this.#outbox
    if (used === 0) return
    this.#outbox.used = 0
    this.#native.submit(bytes, used)
  }

  #send(): void {
    if (this.#outbox.used >= FLUSH_AT) {
      this.flush()
    } else if (!this.#flushing) {
      this.#flushing = true
      queueMicrotask(() => {
        this.#flushing = false
        this.flush()
      })
    }
  }

  /** Reads waiting events, for one slice; what is left is read in the next turns. */
  receive(): void {
    if (this.#reading) return
    if (this.#readFor(SLICE_MS)) {
      this.#reading = true
      inSlices(() => (this.#reading = this.#readFor(1)))
    }
  }

  /** Returns whether events are left. */
  #readFor(milliseconds: number): boolean {
    const end = performance.now() + milliseconds
    for (let read = 1; ; read++) {
      const event = this.#inbox.read() ?? this.#refill()
      if (event === undefined) return false
      this.#dispatch(event)
      if (read % EVENTS_PER_LOOK === 0 || event.length > 4096) {
        if (performance.now() >= end) return true
      }
    }
  }

  #refill(): WireEvent | undefined {
    const inbox = this.#inbox
    inbox.fill(this.#native.drain(inbox.bytes, inbox.externals))
    return inbox.read()
  }

  #dispatch(event: WireEvent): void {
    const { code, subject } = event
    if (code >= EventCode.Log) {
      this.#listener.event(event)
      return
    }
    const job = this.#jobs.get(subject)
    if (job === undefined) return
    if (code === EventCode.Chunk) {
      job.chunk(event)
      return
    }
    this.#jobs.delete(subject)
    this.#letGo()
    if (code === EventCode.LastChunk) job.chunk(event)
    job.end(event)
    if (this.#jobs.size === 0) this.#listener.drained()
  }

  #newId(): number {
    do {
      this.#lastJob = (this.#lastJob + 1) >>> 0
    } while (this.#jobs.has(this.#lastJob))
    return this.#lastJob
  }
}
