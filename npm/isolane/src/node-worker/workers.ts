import { join } from 'node:path'
import { inspect } from 'node:util'
import { Worker } from 'node:worker_threads'
import type { NativePool } from '../addon/native.js'
import type { Caps } from '../protocol.js'
import type { SharedBuffers } from './shared-buffers.js'
import type { SeatOffer, WorkerTerms } from './terms.js'

const BOOTSTRAP = join(__dirname, 'main.js')

/** How long the end of a Worker is waited for; one that is in native code may never come back. */
const PATIENCE_MS = 5000

/** How long a Worker that has been told to end may take, to run its `exit` handlers. */
const LEAVE_MS = 500

/** What the Workers of a pool are like. */
export interface WorkforceOptions {
  name: string
  concurrency: number
  /** An absolute path. */
  resolveFrom: string
  memoryLimitMb: number
  /** Workers that are started ahead. */
  spares: number
  caps: Caps
  /** What a Worker is connected to; undefined where the engine starts none. */
  buffers: SharedBuffers | undefined
}

/**
 * The Node Workers of a pool. The addon says when it wants one for a seat and when one is to go;
 * Workers that end for another reason are reported to it.
 */
export class Workforce {
  readonly #native: NativePool
  readonly #options: WorkforceOptions
  readonly #seated = new Map<number, { worker: Worker; generation: number }>()
  readonly #spares: Worker[] = []
  readonly #ends = new Set<Promise<void>>()
  #closed = false

  constructor(native: NativePool, options: WorkforceOptions) {
    this.#native = native
    this.#options = options
  }

  /** Brings a Worker for a seat: a spare where there is one. */
  bring(seat: SeatOffer): void {
    const spare = this.#spares.shift()
    // oxlint-disable-next-line require-post-message-target-origin -- a Worker, not a window
    if (spare !== undefined) spare.postMessage(seat)
    const worker = spare ?? this.#start(seat)
    if (worker === undefined) return
    this.#seated.set(seat.slot, { worker, generation: seat.generation })
    this.#attend(worker, seat)
    this.#refill()
  }

  /** Ends the Worker of a seat. */
  dismiss({ slot, generation }: SeatOffer): void {
    const seated = this.#seated.get(slot)
    if (seated === undefined || seated.generation !== generation) return
    this.#seated.delete(slot)
    this.#end(seated.worker)
  }

  /** Ends all Workers, and resolves when they have; those in native code are left behind. */
  async close(): Promise<void> {
    this.#closed = true
    for (const { worker } of this.#seated.values()) this.#end(worker, LEAVE_MS)
    for (const worker of this.#spares) this.#end(worker)
    this.#seated.clear()
    this.#spares.length = 0
    await Promise.all(this.#ends)
  }

  #start(seat?: SeatOffer): Worker | undefined {
    const { name, concurrency, resolveFrom, memoryLimitMb, caps, buffers } = this.#options
    if (buffers === undefined) return undefined
    const port = buffers.connect()
    const terms: WorkerTerms = {
      pool: this.#native.number,
      concurrency,
      resolveFrom,
      caps,
      buffers: port,
      bufferIds: buffers.counter,
    }
    if (seat !== undefined) terms.seat = seat
    try {
      const worker = new Worker(BOOTSTRAP, {
        workerData: terms,
        transferList: [port],
        resourceLimits: { maxOldGenerationSizeMb: memoryLimitMb },
        // Nothing reaches the process's own streams; see `worker/output.ts`.
        stdout: true,
        stderr: true,
        name,
      })
      worker.unref()
      return worker
    } catch (error) {
      port.close()
      if (seat !== undefined) {
        this.#native.giveUp(seat.slot, seat.generation, (error as Error).message)
      }
      return undefined
    }
  }

  #refill(): void {
    while (!this.#closed && this.#spares.length < this.#options.spares) {
      const worker = this.#start()
      if (worker === undefined) return
      this.#spares.push(worker)
      const spares = this.#spares
      const forget = () => {
        const index = spares.indexOf(worker)
        if (index >= 0) spares.splice(index, 1)
      }
      // An 'error' without a listener would end the process.
      worker.once('error', forget).once('exit', forget)
    }
  }

  #attend(worker: Worker, { slot, generation }: SeatOffer): void {
    let reason: string | undefined = ''
    worker.once('error', (error) => {
      const { code } = (error ?? {}) as { code?: unknown }
      reason = code === 'ERR_WORKER_OUT_OF_MEMORY' ? undefined : `nobody caught ${shown(error)}`
    })
    // Node holds the Worker while it runs, and with it this: that must not keep the pool.
    const self = new WeakRef(this)
    worker.once('exit', (code) => {
      const workforce = self.deref()
      if (workforce === undefined) return
      workforce.#gone(
        worker,
        { slot, generation },
        reason === '' ? `its thread ended with code ${code}` : reason,
      )
    })
  }

  #gone(worker: Worker, { slot, generation }: SeatOffer, reason: string | undefined): void {
    if (this.#seated.get(slot)?.worker === worker) this.#seated.delete(slot)
    this.#native.giveUp(slot, generation, reason)
  }

  /** Ends a Worker, after `leave` milliseconds in which it may end by itself. */
  #end(worker: Worker, leave = 0): void {
    const ended = new Promise<void>((end) => {
      const terminate = setTimeout(() => void worker.terminate(), leave).unref()
      const giveUp = setTimeout(end, leave + PATIENCE_MS).unref()
      worker.once('exit', () => {
        clearTimeout(terminate)
        clearTimeout(giveUp)
        end()
      })
    })
    this.#ends.add(ended)
    void ended.then(() => this.#ends.delete(ended))
  }
}

/** One line for what was thrown, which may be anything. */
function shown(thrown: unknown): string {
  try {
    return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : inspect(thrown)
  } catch {
    return 'an error that cannot be shown'
  }
}
