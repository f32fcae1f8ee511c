import { join } from 'node:path'
import { Worker, type WorkerOptions } from 'node:worker_threads'
import { ask } from '../addon/failure.js'
import type { NativePool } from '../addon/native.js'
import { textOfError } from '../errors/text.js'
import { clearTimeout, setTimeout } from '../addon/timers.js'
import type { Caps } from '../protocol.js'
import type { SharedBuffers } from './shared-buffers.js'
import { VM_MODULES, type WorkerRef, type WorkerTerms } from './terms.js'

const BOOTSTRAP = join(__dirname, 'main.js')

/**
 * Workers inherit the options of the process. Where one of them has their main module imported (`--import`,
 * a loader), Node refuses `--input-type` with a file, but not with text; so the text requires the file.
 */
const BOOTSTRAP_TEXT = `
  import { createRequire } from 'node:module'
  createRequire(${JSON.stringify(BOOTSTRAP)})(${JSON.stringify(BOOTSTRAP)})`

function bootstrap(): string | URL {
  const options = [...process.execArgv, process.env.NODE_OPTIONS ?? '']
  if (!options.some((option) => /--input[-_]type/.test(option))) return BOOTSTRAP
  return new URL(`data:text/javascript,${encodeURIComponent(BOOTSTRAP_TEXT)}`)
}

/** Options of the process that are none of a Worker's, as Node has told. */
const notForWorkers = new Set<string>()

/** Starts a Worker with the options of the process, as far as they are for Workers, and {@link VM_MODULES}. */
function startWorker(options: WorkerOptions): Worker {
  const own = process.execArgv.filter((option) => !notForWorkers.has(option))
  try {
    return new Worker(bootstrap(), { ...options, execArgv: [...own, VM_MODULES] })
  } catch (error) {
    const { code, message } = error as { code?: unknown; message: string }
    if (code !== 'ERR_WORKER_INVALID_EXEC_ARGV') throw error
    const told = /flags: (.*)$/.exec(message)?.[1]?.split(', ') ?? []
    const refused = told.filter((option) => own.includes(option))
    // Without a list of its own a Worker takes what it can.
    if (refused.length === 0) return new Worker(bootstrap(), options)
    for (const option of refused) notForWorkers.add(option)
    return startWorker(options)
  }
}

/** How long the end of a Worker is waited for; one that is in native code may never come back. */
const PATIENCE_MS = 5000

/** How long a Worker that has been told to end may take, to run its `exit` handlers. */
const GRACE_MS = 500

/** What the Workers of a pool are like. */
export interface NodeWorkersOptions {
  name: string
  concurrency: number
  /** An absolute path. */
  resolveFrom: string
  memoryLimitMb: number
  /** Workers that are started ahead. */
  spares: number
  caps: Caps
  /** Hears what Workers do not catch; nothing that the pool keeps alive, or the pool. */
  crashes: { lastCrash?: unknown }
  /** What a Worker is connected to; undefined where the engine starts none. */
  buffers: SharedBuffers | undefined
}

/**
 * The Node Workers of a pool. The addon says when it wants one for a slot and when one is to go;
 * Workers that end for another reason are reported to it.
 */
export class NodeWorkers {
  readonly #native: NativePool
  readonly #options: NodeWorkersOptions
  readonly #bySlot = new Map<number, { worker: Worker; generation: number }>()
  readonly #spares: Worker[] = []
  readonly #ends = new Set<Promise<void>>()
  #closed = false

  constructor(native: NativePool, options: NodeWorkersOptions) {
    this.#native = native
    this.#options = options
  }

  /** Starts a Worker for a slot: a spare where there is one. */
  start(ref: WorkerRef): void {
    const spare = this.#spares.shift()
    // oxlint-disable-next-line require-post-message-target-origin -- a Worker, not a window
    if (spare !== undefined) spare.postMessage(ref)
    const worker = spare ?? this.#spawn(ref)
    if (worker === undefined) return
    this.#bySlot.set(ref.slot, { worker, generation: ref.generation })
    this.#watch(worker, ref)
    this.#refill()
  }

  /** Ends a Worker. */
  stop({ slot, generation }: WorkerRef): void {
    const taken = this.#bySlot.get(slot)
    if (taken === undefined || taken.generation !== generation) return
    this.#bySlot.delete(slot)
    this.#end(taken.worker)
  }

  /** Ends all Workers, and resolves when they have; those in native code are left behind. */
  async close(): Promise<void> {
    this.#closed = true
    for (const { worker } of this.#bySlot.values()) this.#end(worker, GRACE_MS)
    for (const worker of this.#spares) this.#end(worker)
    this.#bySlot.clear()
    this.#spares.length = 0
    await Promise.all(this.#ends)
  }

  #spawn(ref?: WorkerRef): Worker | undefined {
    const { name, concurrency, resolveFrom, memoryLimitMb, caps, buffers } = this.#options
    if (buffers === undefined) return undefined
    const port = buffers.connect()
    const terms: WorkerTerms = {
      pool: ask('name its pool', () => this.#native.number),
      concurrency,
      resolveFrom,
      caps,
      buffers: port,
      bufferIds: buffers.counter,
    }
    if (ref !== undefined) terms.ref = ref
    try {
      const worker = startWorker({
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
      this.#options.crashes.lastCrash = error
      if (ref !== undefined) {
        this.#giveUp(ref, (error as Error).message)
      }
      return undefined
    }
  }

  #refill(): void {
    while (!this.#closed && this.#spares.length < this.#options.spares) {
      const worker = this.#spawn()
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

  #watch(worker: Worker, { slot, generation }: WorkerRef): void {
    let reason: string | undefined = ''
    const { crashes } = this.#options
    worker.once('error', (error) => {
      crashes.lastCrash = error
      const { code } = (error ?? {}) as { code?: unknown }
      reason =
        code === 'ERR_WORKER_OUT_OF_MEMORY' ? undefined : `nobody caught ${textOfError(error)}`
    })
    // Node holds the Worker while it runs, and with it this: that must not keep the pool.
    const self = new WeakRef(this)
    worker.once('exit', (code) => {
      // What an earlier one did not catch explains nothing now.
      if (reason === '') crashes.lastCrash = undefined
      const nodeWorkers = self.deref()
      if (nodeWorkers === undefined) return
      nodeWorkers.#gone(
        worker,
        { slot, generation },
        reason === '' ? `its thread ended with code ${code}` : reason,
      )
    })
  }

  #gone(worker: Worker, ref: WorkerRef, reason: string | undefined): void {
    if (this.#bySlot.get(ref.slot)?.worker === worker) this.#bySlot.delete(ref.slot)
    this.#giveUp(ref, reason)
  }

  #giveUp({ slot, generation }: WorkerRef, reason: string | undefined): void {
    ask('give a Worker up', () => this.#native.giveUp(slot, generation, reason))
  }

  /** Ends a Worker, after `grace` milliseconds in which it may end by itself. */
  #end(worker: Worker, grace = 0): void {
    const ended = new Promise<void>((end) => {
      const terminate = setTimeout(() => void worker.terminate(), grace).unref()
      const giveUp = setTimeout(end, grace + PATIENCE_MS).unref()
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
