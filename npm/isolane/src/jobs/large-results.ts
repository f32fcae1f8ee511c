import type { CallTimer } from '../addon/call-name.js'
import { inSlices } from '../addon/slices.js'
import { guarded, now } from '../addon/timers.js'
import type { WireEvent } from '../addon/inbox.js'
import { LargeDecoder, type Platform } from '../codec/index.js'
import { AbortError } from '../errors/errors.js'
import { receivedBuffers } from './results.js'

/** Results of so many bytes are read in slices: it takes some milliseconds to make them. */
const LARGE_RESULT = 256 << 10
/** The same of many results together, of which most are small: all of them are there sooner at once. */
const LARGE_CHUNK = 1 << 20

/** What a payload needs to be read. */
export type Payload = Pick<WireEvent, 'bytes' | 'offset' | 'length' | 'attachments'>

/** Whose payloads are read. */
export interface ReadingJob {
  readonly id: number
  readonly signal: AbortSignal | undefined
  readonly timer: CallTimer | undefined
  /** See `Job`. */
  fail(error: unknown): void
}

/** The calls of a pool, which are outstanding until what they gave has been read. */
export interface OpenCalls {
  hold(): void
  /** Ends a hold. */
  done(): void
  /** Stops a job that takes no more events. */
  abandon(id: number): void
  /** Keeps the shared buffers that job `id` may name; returns what ends that. */
  keepBuffers(id: number): () => void
}

export function isLargeResult({ length }: { length: number }): boolean {
  return length >= LARGE_RESULT
}

export function isLargeChunk({ length }: { length: number }): boolean {
  return length >= LARGE_CHUNK
}

/** Reads large results, each in as many turns of the event loop as it takes. */
export class LargeResults {
  readonly decoder: LargeDecoder
  readonly #unfinished = new Set<Promise<void>>()

  /** @param sliceMs milliseconds of one turn that reading may take */
  constructor(
    platform: Platform,
    readonly sliceMs: number,
    private readonly calls: OpenCalls,
  ) {
    this.decoder = new LargeDecoder(platform, { now, portionMs: Math.min(1, sliceMs / 2) })
  }

  /** The call of a job is outstanding until what this returns is called. */
  begin(id: number): () => void {
    const { calls } = this
    let resolve!: () => void
    const finished = new Promise<void>((done) => (resolve = done))
    this.#unfinished.add(finished)
    const letGo = calls.keepBuffers(id)
    calls.hold()
    return () => {
      letGo()
      this.#unfinished.delete(finished)
      resolve()
      calls.done()
    }
  }

  abandon(id: number): void {
    this.calls.abandon(id)
  }

  /** Resolves when those that are being read have been. */
  async finished(): Promise<void> {
    while (this.#unfinished.size > 0) await Promise.all(this.#unfinished)
  }
}

/** A payload that waits to be read. */
interface Reading {
  readonly payload: Payload
  take(value: unknown): void
  /** What becomes of an error; without it, the job fails. */
  refused?: ((error: unknown) => void) | undefined
}

/** The large payloads of one job: read one after the other, in slices. */
export class Readings {
  readonly #waiting: Reading[] = []
  readonly #done: () => void
  #isOver = false
  #end: (() => void) | undefined

  constructor(
    private readonly large: LargeResults,
    private readonly job: ReadingJob,
  ) {
    this.#done = large.begin(job.id)
  }

  /** Whether it takes no more payloads. */
  get isOver(): boolean {
    return this.#isOver
  }

  add(reading: Reading): void {
    this.#waiting.push(reading)
    if (this.#waiting.length === 1) this.#read(reading)
  }

  /** Calls `end` when all has been read. */
  whenRead(end: () => void): void {
    this.#end = end
  }

  /** Reads no more: the job has failed. */
  stop(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#waiting.length = 0
    this.#done()
  }

  #read(reading: Reading): void {
    const { large } = this
    const { payload } = reading
    const value = large.decoder.start(
      payload.bytes.subarray(payload.offset, payload.offset + payload.length),
      receivedBuffers(payload.attachments),
      'result',
    )
    const step = (): boolean => {
      if (this.#isOver || this.job.signal?.aborted === true) {
        value.stop()
        if (!this.#isOver) this.#fail(new AbortError(this.job.signal!.reason))
        return false
      }
      try {
        if (value.step()) return true
      } catch (error) {
        this.#settle(() => {
          if (reading.refused === undefined) throw error
          reading.refused(error)
        })
        return false
      }
      this.#settle(() => reading.take(value.value))
      return false
    }
    const { timer } = this.job
    inSlices(timer === undefined ? step : () => timer.decoding(step), large.sliceMs)
  }

  /** One has been read, or refused. */
  #settle(settle: () => void): void {
    try {
      settle()
      if (this.#isOver) return
      this.#waiting.shift()
      const next = this.#waiting[0]
      if (next !== undefined) return this.#read(next)
      this.#end?.()
    } catch (error) {
      return this.#fail(error)
    }
    this.#isOver = true
    this.#done()
  }

  #fail(error: unknown): void {
    const { job, large } = this
    guarded(() => job.fail(error))
    large.abandon(job.id)
    this.stop()
  }
}

/** A payload in memory that stays, at a multiple of eight. */
export function stable<T extends Payload>(payload: T): T {
  const { bytes, offset, length } = payload
  const isItsOwn = offset === 0 && length === bytes.length && bytes.byteOffset % 8 === 0
  return isItsOwn
    ? { ...payload }
    : { ...payload, bytes: bytes.slice(offset, offset + length), offset: 0 }
}
