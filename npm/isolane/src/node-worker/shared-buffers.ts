import { MessageChannel, receiveMessageOnPort, type MessagePort } from 'node:worker_threads'
import type { JobSpan, JobWatcher } from '../addon/channel.js'
import { inMicrotask } from '../addon/timers.js'
import { BufferTable, type BufferMessage } from './buffer-table.js'
import type { Platform } from '../codec/shared/platform.js'
import { nodePlatform } from '../codec/platform-node.js'

/** A buffer that is kept for those that may ask for it by its id. */
interface Hold {
  readonly id: number
  readonly buffer: SharedArrayBuffer
  /** Whether the Workers have it. */
  sent: boolean
  /** Shared values that hold it. */
  pins: number
  /** The last job that may use it. */
  until: number
}

/**
 * The SharedArrayBuffers that a pool's Workers and the host share. Payloads carry an id; the
 * buffer itself goes ahead of them on a port of each Worker, where it can be taken synchronously.
 *
 * A buffer is held for as long as a job runs that was open when it was last named, or a shared
 * value has it. It is not told which job named it: those of a result come from Workers, ahead of the
 * event that says whose they are.
 */
export class SharedBuffers implements JobWatcher {
  /** For the encoders and decoders of the host. */
  readonly platform: Platform
  /** See {@link BufferTable}. */
  readonly counter = new Uint32Array(new SharedArrayBuffer(4))
  readonly #table = new BufferTable(this.counter)
  readonly #ports = new Set<MessagePort>()
  readonly #holds = new Map<number, Hold>()
  /** Holds without pins, in the order of their `until`. */
  readonly #due = new Set<Hold>()
  /** Named in this turn: the job that they are for is not open yet. */
  readonly #fresh = new Set<Hold>()
  readonly #pinned = new Map<number, readonly Hold[]>()
  /** Calls in several jobs, by the last job before each. */
  readonly #spans = new Set<{ readonly after: number }>()
  /** Weak: the Workers, which outlive a pool that was never closed, hold this. */
  #watched: WeakRef<JobSpan> | undefined
  #named: Set<Hold> | undefined

  constructor() {
    this.platform = {
      ...nodePlatform,
      shareBuffer: (buffer) => this.#name(buffer),
      sharedBuffer: (id) => this.#find(id),
    }
  }

  /** Says whose jobs decide how long buffers are held. */
  watch(jobs: JobSpan): void {
    this.#watched = new WeakRef(jobs)
  }

  /** A port for a new Worker, with all that those before it were sent. */
  connect(): MessagePort {
    const { port1, port2 } = new MessageChannel()
    const self = new WeakRef(this)
    const ports = this.#ports
    // A port that is open is held by Node: that must not keep the pool.
    port1.on('message', (message: BufferMessage) => {
      const buffers = self.deref()
      if (buffers !== undefined) buffers.#arrive(message)
    })
    port1.once('close', () => ports.delete(port1))
    port1.unref()
    ports.add(port1)
    for (const { id, buffer, sent } of this.#holds.values()) if (sent) post(port1, { id, buffer })
    return port2
  }

  /** Sends the Workers what came from one of them and may be named to another in encoded bytes. */
  relay(): void {
    this.#receive()
    for (const hold of this.#holds.values()) this.#send(hold)
  }

  /** Begins a call that is made of several jobs, the first of which comes after job `after`. Returns what ends it. */
  span(after = this.#jobs.last): () => void {
    const span = { after }
    this.#spans.add(span)
    return () => {
      this.#spans.delete(span)
      this.sweep()
    }
  }

  /** Runs `encode` for a shared value, then `share`, and keeps what it names under that key. */
  pin<T>(encode: () => T, share: (encoded: T) => number): number {
    const outer = this.#named
    const named = new Set<Hold>()
    this.#named = named
    let encoded: T
    try {
      encoded = encode()
    } finally {
      this.#named = outer
    }
    const key = share(encoded)
    for (const hold of named) {
      hold.pins++
      this.#due.delete(hold)
    }
    if (named.size > 0) this.#pinned.set(key, [...named])
    return key
  }

  /** A shared value has been withdrawn; jobs that are open may still use it. */
  unpin(key: number): void {
    const holds = this.#pinned.get(key)
    if (holds === undefined) return
    this.#pinned.delete(key)
    for (const hold of holds) {
      hold.pins--
      this.#extend(hold)
    }
    this.sweep()
  }

  /** Lets go of what no open job can name. */
  sweep(): void {
    if (this.#due.size === 0) return
    const oldest = this.#oldest()
    for (const hold of this.#due) {
      if (oldest !== undefined && !isAfter(oldest, hold.until)) break
      this.#due.delete(hold)
      if (!this.#fresh.has(hold)) this.#release(hold)
    }
  }

  /** The Workers have ended. */
  close(): void {
    for (const port of this.#ports) port.close()
    this.#ports.clear()
    this.#holds.clear()
    this.#due.clear()
    this.#pinned.clear()
  }

  get #jobs(): JobSpan {
    return this.#watched?.deref() ?? NO_JOBS
  }

  #oldest(): number | undefined {
    let { oldest } = this.#jobs
    for (const { after } of this.#spans) {
      if (oldest === undefined || isAfter(oldest, after)) oldest = after
    }
    return oldest
  }

  #release({ id, sent }: Hold): void {
    this.#holds.delete(id)
    if (!sent) return
    for (const port of this.#ports) post(port, { id, buffer: undefined })
  }

  #name(buffer: SharedArrayBuffer): number {
    const hold = this.#hold(this.#table.idOf(buffer), buffer)
    this.#send(hold)
    this.#named?.add(hold)
    // The job is opened in this turn, if at all; a getter may open others before.
    if (this.#fresh.size === 0) inMicrotask(() => this.#extendFresh())
    this.#fresh.add(hold)
    return hold.id
  }

  #extendFresh(): void {
    for (const hold of this.#fresh) this.#extend(hold)
    this.#fresh.clear()
    this.sweep()
  }

  #find(id: number): SharedArrayBuffer | undefined {
    if (!this.#holds.has(id)) this.#receive()
    return this.#holds.get(id)?.buffer
  }

  #receive(): void {
    for (const port of this.#ports) {
      for (;;) {
        const received = receiveMessageOnPort(port) as { message: BufferMessage } | undefined
        if (received === undefined) break
        this.#take(received.message)
      }
    }
  }

  #arrive(message: BufferMessage): void {
    this.#take(message)
    this.sweep()
  }

  #take({ id, buffer }: BufferMessage): void {
    this.#extend(this.#hold(id, this.#table.adopt(id, buffer!)))
  }

  #hold(id: number, buffer: SharedArrayBuffer): Hold {
    let hold = this.#holds.get(id)
    if (hold === undefined) {
      hold = { id, buffer, sent: false, pins: 0, until: 0 }
      this.#holds.set(id, hold)
    }
    return hold
  }

  /** Holds it until the jobs that have been opened by now have ended. */
  #extend(hold: Hold): void {
    hold.until = this.#jobs.last
    this.#due.delete(hold)
    if (hold.pins === 0) this.#due.add(hold)
  }

  #send(hold: Hold): void {
    if (hold.sent) return
    hold.sent = true
    const { id, buffer } = hold
    for (const port of this.#ports) post(port, { id, buffer })
  }
}

const NO_JOBS: JobSpan = { last: 0, oldest: undefined }

function post(port: MessagePort, message: BufferMessage): void {
  // oxlint-disable-next-line require-post-message-target-origin -- a port, not a window
  port.postMessage(message)
}

/** Whether job `a` was opened after job `b`. */
const isAfter = (a: number, b: number): boolean => ((a - b) | 0) > 0
