/**
 * Commands and events as bytes, as `crates/isolane/src/wire/{commands,events}.rs` have them. One crossing
 * carries many, since a Node-API call costs about as much as a small job.
 */

import type { Attachment } from '../codec/index.js'
import { PRIORITIES, type Operation, type Priority } from '../protocol.js'

export const OpCode = { Open: 1, Append: 2, Seal: 3, Cancel: 4 } as const
const FLAG_SEALED = 1 << 8
const FLAG_SALVAGE = 1 << 9
const FLAG_CONTINUES = 1 << 10
const OPEN_HEADER = 80
const SHORT_HEADER = 32

/** What a new job is, besides its items. */
export interface JobHead {
  function: number
  second: number | undefined
  operation: (typeof Operation)[keyof typeof Operation]
  inputKind: number
  outputKind: number
  /** Failures of single items that a chunk tells in full; with 0 the first one ends the call. */
  maxFailures: number
  /** Whether a timeout leaves what interrupted chunks have finished. */
  salvage: boolean
  /** 0: the pool decides. */
  chunkSize: number
  /** Milliseconds; Infinity for none. */
  timeout: number
  queueTimeout: number
  /** Whether it is a later phase of a call, and `timeout` what is left of the call's. */
  continues: boolean
  priority: Priority
  shared: readonly number[]
  args: Uint8Array | undefined
  /** Where chunks put results of a fixed size, so that their events come without any. */
  target: Target | undefined
}

/** Memory that results go to. Not to be used before the job has ended. */
export interface Target {
  buffer: ArrayBuffer
  /** Bytes per item. */
  stride: number
}

/** Encoded items: one indivisible part of a job's input. */
export interface Part {
  bytes: Uint8Array
  count: number
  /** What the bytes refer to. */
  attachments: readonly Attachment[]
}

/** Collects commands until they are sent. */
export class Outbox {
  #buffer = new ArrayBuffer(1 << 16)
  /** The bytes; valid up to {@link used}. */
  bytes = new Uint8Array(this.#buffer)
  #words = new Uint32Array(this.#buffer)
  #doubles = new Float64Array(this.#buffer)
  /** How many bytes are filled. */
  used = 0
  /** What the commands refer to. */
  attachments: Attachment[] = []

  /** A new job, with its first part where there is one. */
  open(job: number, head: JobHead, part: Part | undefined, sealed: boolean): void {
    const { shared, args, target } = head
    const argsLength = args === undefined ? 0 : args.length
    const partLength = part === undefined ? 0 : part.bytes.length
    const argsStart = OPEN_HEADER + pad(shared.length * 4)
    const partStart = argsStart + pad(argsLength)
    const w = this.#begin(OpCode.Open, sealed, job, partStart + pad(partLength))
    const words = this.#words
    const flags = (head.salvage ? FLAG_SALVAGE : 0) | (head.continues ? FLAG_CONTINUES : 0)
    words[w] = words[w]! | flags | (PRIORITIES[head.priority] << 16)
    words[w + 3] = head.function
    words[w + 4] = head.second === undefined ? 0 : head.second + 1
    words[w + 5] = head.operation | (head.inputKind << 8) | (head.outputKind << 16)
    words[w + 6] = head.chunkSize
    words[w + 7] = shared.length
    this.#doubles[(w >> 1) + 4] = head.timeout
    this.#doubles[(w >> 1) + 5] = head.queueTimeout
    words[w + 12] = argsLength
    words[w + 13] = partLength
    words[w + 14] = part === undefined ? 0 : part.count
    words[w + 15] = 0
    words[w + 16] = head.maxFailures
    words[w + 17] = part === undefined ? 0 : part.attachments.length
    words[w + 18] = target === undefined ? 0 : target.stride
    words[w + 19] = 0
    if (target !== undefined) this.attachments.push(target.buffer)
    if (part !== undefined) this.#attach(part)
    for (let i = 0; i < shared.length; i++) words[w + 20 + i] = shared[i]!
    if (args !== undefined) this.bytes.set(args, w * 4 + argsStart)
    if (part !== undefined) this.bytes.set(part.bytes, w * 4 + partStart)
  }

  /** One more part of a job's input. */
  append(job: number, part: Part, sealed: boolean): void {
    const length = part.bytes.length
    const w = this.#begin(OpCode.Append, sealed, job, SHORT_HEADER + pad(length))
    this.#words[w + 3] = length
    this.#words[w + 4] = part.count
    this.#words[w + 5] = 0
    this.#words[w + 6] = part.attachments.length
    this.#attach(part)
    this.bytes.set(part.bytes, w * 4 + SHORT_HEADER)
  }

  #attach({ attachments }: Part): void {
    for (let i = 0; i < attachments.length; i++) this.attachments.push(attachments[i]!)
  }

  /** No more parts will come. */
  seal(job: number): void {
    this.#begin(OpCode.Seal, false, job, SHORT_HEADER)
  }

  /** Stops a job. */
  cancel(job: number): void {
    this.#begin(OpCode.Cancel, false, job, SHORT_HEADER)
  }

  /** Starts a command of `length` bytes; returns the index of its first word. */
  #begin(code: number, sealed: boolean, job: number, length: number): number {
    const start = this.used
    if (start + length > this.bytes.length) this.#grow(start + length)
    const w = start >> 2
    this.#words[w] = code | (sealed ? FLAG_SEALED : 0)
    this.#words[w + 1] = length
    this.#words[w + 2] = job
    this.used = start + length
    return w
  }

  #grow(needed: number): void {
    const old = this.bytes
    this.#buffer = new ArrayBuffer(pad(Math.max(needed, old.length * 2)))
    this.bytes = new Uint8Array(this.#buffer)
    this.#words = new Uint32Array(this.#buffer)
    this.#doubles = new Float64Array(this.#buffer)
    this.bytes.set(old)
  }
}

/** Payloads start at multiples of 8. */
export function pad(length: number): number {
  return (length + 7) & ~7
}

/** What an event is about. */
export const EventCode = {
  Chunk: 1,
  LastChunk: 2,
  Done: 3,
  Failed: 4,
  TimedOut: 5,
  QueueTimedOut: 6,
  Cancelled: 7,
  QueueFull: 8,
  MemoryLimit: 9,
  WorkerLost: 10,
  Unavailable: 11,
  Closed: 12,
  ResultTooLarge: 13,
  Salvaged: 14,
  Log: 15,
  WorkerCreated: 16,
  WorkerDestroyed: 17,
  Stopped: 18,
  WorkerWanted: 19,
  WorkerUnwanted: 20,
} as const

/** An event; the same object is filled again for the next one. */
export interface WireEvent {
  code: number
  /** The job, or for the last four kinds the worker. */
  subject: number
  /** Items in the chunk. */
  count: number
  /** Index of the chunk's first item, or the limit that was met. */
  number: number
  /** Of chunks: milliseconds since the job's start. */
  ran: number
  /** Where the payload is. */
  bytes: Uint8Array
  offset: number
  length: number
  /** What the payload refers to. */
  attachments: readonly ArrayBuffer[]
}

export const EVENT_HEADER = 40
const NOTHING: readonly never[] = []

/** Reads events out of the bytes that the addon wrote. */
export class Inbox {
  readonly #buffer = new ArrayBuffer(1 << 20)
  readonly bytes = new Uint8Array(this.#buffer)
  readonly #words = new Uint32Array(this.#buffer)
  readonly #doubles = new Float64Array(this.#buffer)
  readonly #singles = new Float32Array(this.#buffer)
  /** Payloads that have memory of their own. */
  externals: Attachment[] = []
  #next = 0
  #end = 0
  readonly #event: WireEvent = {
    code: 0,
    subject: 0,
    count: 0,
    number: 0,
    ran: 0,
    bytes: this.bytes,
    offset: 0,
    length: 0,
    attachments: NOTHING,
  }

  /** The addon has written `used` bytes. */
  fill(used: number): void {
    this.#next = 0
    this.#end = used
  }

  /** The next event, or `undefined`. */
  read(): WireEvent | undefined {
    if (this.#next >= this.#end) {
      if (this.externals.length > 0) {
        this.externals = []
        // Nor does the event keep what the host may have let go of by now.
        this.#event.bytes = this.bytes
        this.#event.attachments = NOTHING
      }
      return undefined
    }
    const w = this.#next >> 2
    const words = this.#words
    const event = this.#event
    event.code = words[w]!
    event.subject = words[w + 1]!
    event.count = words[w + 2]!
    event.length = words[w + 3]!
    event.number = this.#doubles[(w >> 1) + 3]!
    event.ran = this.#singles[w + 5]!
    const attachments = words[w + 8]!
    const first = words[w + 9]!
    event.attachments =
      attachments === 0
        ? NOTHING
        : (this.externals.slice(first, first + attachments) as ArrayBuffer[])
    const external = words[w + 4]!
    if (external === 0) {
      event.bytes = this.bytes
      event.offset = this.#next + EVENT_HEADER
      this.#next = event.offset + pad(event.length)
    } else {
      event.bytes = this.externals[external - 1] as Uint8Array
      event.offset = 0
      this.#next += EVENT_HEADER
    }
    return event
  }
}
