/**
 * Commands as bytes, as `crates/isolane/src/wire/commands.rs` reads them. One crossing carries many,
 * since a Node-API call costs about as much as a small job.
 */

import type { Attachment } from '../codec/index.js'
import { PRIORITIES, type Operation, type Priority } from '../protocol.js'
import {
  FLAG_CONTINUES,
  FLAG_SALVAGE,
  FLAG_SEALED,
  OpCode,
  OPEN_HEADER,
  pad,
  SHORT_HEADER,
} from './codes.js'

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
