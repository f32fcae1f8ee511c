/**
 * Commands as bytes, as `crates/isolane-wire/src/commands.rs` reads them. One crossing carries many,
 * since a Node-API call costs about as much as a small job.
 */

import type { Attachment } from '../codec/index.js'
import { InvalidRangeError } from '../errors/errors.js'
import { align, PRIORITIES, WORD, type Operation, type Priority } from '../protocol.js'
import {
  AppendWord,
  CommandWord,
  OpCode,
  OpenWord,
  PartWord,
  PRIORITY_SHIFT,
  TagBit,
} from './codes.js'

/** What a new job is, besides its items. */
export interface JobHead {
  function: number
  shape: JobShape
  /** Milliseconds; Infinity for none. */
  timeout: number
  /** Likewise. */
  queueTimeout: number
  priority: Priority
  /** Keys of shared values. */
  shared: readonly number[]
  args: Uint8Array | undefined
  /** Whether how long it takes is told. */
  timed: boolean
}

/** What of a job its operation decides. */
export interface JobShape {
  operation: (typeof Operation)[keyof typeof Operation]
  /** Another function that the operation calls. */
  second: number | undefined
  /** 0 for values in the codec's format, else the kind of a typed array. */
  inputKind: number
  outputKind: number
  /** Failures of single items that a chunk tells in full; with 0 the first one ends the call. */
  maxFailures: number
  /** Whether a timeout leaves what interrupted chunks have finished. */
  salvage: boolean
  /** 0: the pool decides. */
  chunkSize: number
  /** Whether it is a later phase of a call, and the job's timeout what is left of the call's. */
  continues: boolean
  /** Where chunks put results of a fixed size, so that their events come without any. */
  target: Target | undefined
  /** Whether the items are to be found in a text. */
  sought: boolean
  /** Whether the results come as one text, at the end. */
  joined: boolean
  /** Whether no chunk is told of but the last. */
  quiet: boolean
  /** Whether each worker runs the items, and each that replaces it. */
  warmUp: boolean
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

function flagsOf(shape: JobShape): number {
  return (
    (shape.salvage ? TagBit.Salvage : 0) |
    (shape.continues ? TagBit.Continues : 0) |
    (shape.sought ? TagBit.Sought : 0) |
    (shape.joined ? TagBit.Joined : 0) |
    (shape.quiet ? TagBit.Quiet : 0) |
    (shape.warmUp ? TagBit.WarmUp : 0)
  )
}

function bufferOf(size: number): ArrayBuffer {
  try {
    return new ArrayBuffer(size)
  } catch (error) {
    throw new InvalidRangeError(
      `There is no memory for ${size} bytes that a call sends at once; make its argument or its ` +
        `items smaller, or lower chunkSize`,
      { cause: error },
    )
  }
}

/**
 * Collects commands until they are sent. One counts once it is whole: what throws on the way (for want
 * of memory or of stack) leaves no half of it.
 */
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
    const { shape, shared, args, timed } = head
    const { target } = shape
    const argsLength = args === undefined ? 0 : args.length
    const argsStart = align((OpenWord.End + shared.length) * WORD)
    const partStart = argsStart + align(argsLength)
    const partLength = part === undefined ? 0 : part.bytes.length
    const length = partStart + align(partLength)
    const w = this.#begin(OpCode.Open, sealed, job, length)
    const words = this.#words
    const flags = flagsOf(shape) | (timed ? TagBit.Timed : 0)
    words[w] = words[w]! | flags | (PRIORITIES[head.priority] << PRIORITY_SHIFT)
    words[w + OpenWord.Function] = head.function
    words[w + OpenWord.Second] = shape.second === undefined ? 0 : shape.second + 1
    words[w + OpenWord.Kind] = shape.operation | (shape.inputKind << 8) | (shape.outputKind << 16)
    words[w + OpenWord.ChunkSize] = shape.chunkSize
    words[w + OpenWord.Shared] = shared.length
    this.#doubles[(w + OpenWord.Timeout) >> 1] = head.timeout
    this.#doubles[(w + OpenWord.QueueTimeout) >> 1] = head.queueTimeout
    words[w + OpenWord.Args] = argsLength
    words[w + OpenWord.MaxFailures] = shape.maxFailures
    words[w + OpenWord.Target] = target === undefined ? 0 : target.stride
    this.#put(part, w + OpenWord.Part, w * WORD + partStart)
    for (let i = 0; i < shared.length; i++) words[w + OpenWord.End + i] = shared[i]!
    if (args !== undefined) this.bytes.set(args, w * WORD + argsStart)
    this.#commit(length, target, part)
  }

  /** One more part of a job's input. */
  append(job: number, part: Part, sealed: boolean): void {
    const start = AppendWord.End * WORD
    const length = start + align(part.bytes.length)
    const w = this.#begin(OpCode.Append, sealed, job, length)
    this.#put(part, w + AppendWord.Part, w * WORD + start)
    this.#commit(length, undefined, part)
  }

  /** Puts a part's words at `w`, and its bytes at `start`. */
  #put(part: Part | undefined, w: number, start: number): void {
    const words = this.#words
    if (part === undefined) {
      words[w + PartWord.Length] = words[w + PartWord.Count] = words[w + PartWord.Attachments] = 0
      return
    }
    const { bytes, count, attachments } = part
    words[w + PartWord.Length] = bytes.length
    words[w + PartWord.Count] = count
    words[w + PartWord.Attachments] = attachments.length
    this.bytes.set(bytes, start)
  }

  /** No more parts will come. */
  seal(job: number): void {
    this.#begin(OpCode.Seal, false, job, CommandWord.End * WORD)
    this.used += CommandWord.End * WORD
  }

  /** Stops a job. */
  cancel(job: number): void {
    this.#begin(OpCode.Cancel, false, job, CommandWord.End * WORD)
    this.used += CommandWord.End * WORD
  }

  /** Starts a command of `length` bytes; returns the index of its first word. */
  #begin(code: number, sealed: boolean, job: number, length: number): number {
    const start = this.used
    if (start + length > this.bytes.length) this.#grow(start + length)
    const w = start >> 2
    this.#words[w] = code | (sealed ? TagBit.Sealed : 0)
    this.#words[w + CommandWord.Length] = length
    this.#words[w + CommandWord.Job] = job
    return w
  }

  /** Ends a command of `length` bytes. Once this has begun, it calls nothing. */
  #commit(length: number, target: Target | undefined, part: Part | undefined): void {
    const list = this.attachments
    if (target !== undefined) list[list.length] = target.buffer
    if (part !== undefined) {
      const { attachments } = part
      for (let i = 0; i < attachments.length; i++) list[list.length] = attachments[i]!
    }
    this.used += length
  }

  #grow(needed: number): void {
    const old = this.bytes
    this.#buffer = bufferOf(align(Math.max(needed, old.length * 2)))
    this.bytes = new Uint8Array(this.#buffer)
    this.#words = new Uint32Array(this.#buffer)
    this.#doubles = new Float64Array(this.#buffer)
    this.bytes.set(old)
  }
}
