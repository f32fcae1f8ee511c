import type { Channel } from '../addon/channel.js'
import { ask } from '../addon/failure.js'
import type { NativePool } from '../addon/native.js'
import { PoolClosedError } from '../errors/errors.js'
import type { LargeResults } from '../jobs/large-results.js'
import type { SharedBuffers } from '../node-worker/shared-buffers.js'
import type { NodeWorkers } from '../node-worker/workers.js'
import type { OpenPool } from '../operations/host.js'

/** What ends with a pool. */
export interface PoolParts {
  readonly native: NativePool
  readonly nodeWorkers: NodeWorkers
  readonly channel: Channel
  readonly large: LargeResults
  /** Where buffers can be shared. */
  readonly buffers: SharedBuffers | undefined
}

/** Whether a pool takes calls, and how it ends. */
export class PoolLife implements OpenPool {
  readonly #name: string
  readonly #parts: PoolParts
  /** Calls in phases that have not ended. */
  readonly #phased = new Set<Promise<unknown>>()
  readonly #stopped: Promise<void>
  #onStopped!: () => void
  #isClosed = false

  constructor(name: string, parts: PoolParts) {
    this.#name = name
    this.#parts = parts
    this.#stopped = new Promise((resolve) => (this.#onStopped = resolve))
    const { native, nodeWorkers } = parts
    forgotten.register(this, { native, nodeWorkers }, this)
  }

  assertOpen(): void {
    if (this.#isClosed) throw new PoolClosedError(this.#name)
  }

  async inPhases<T>(phases: () => Promise<T>): Promise<T> {
    this.assertOpen()
    const { channel, buffers } = this.#parts
    const endSpan = buffers?.span()
    channel.hold()
    const call = phases()
    this.#phased.add(call)
    try {
      return await call
    } finally {
      this.#phased.delete(call)
      endSpan?.()
      channel.done()
    }
  }

  /** The addon's pool has stopped. */
  stopped(): void {
    this.#onStopped()
  }

  /** Takes no more calls, and resolves when those that were made have ended and the threads have stopped. */
  async close(force: boolean): Promise<void> {
    this.#isClosed = true
    const { channel, native } = this.#parts
    const stopped = this.#whenStopped()
    // Those would start another job.
    if (!force) await Promise.allSettled(this.#phased)
    channel.flush()
    this.#end(() => native.close(force))
    await stopped
  }

  /** Ends all calls, and resolves when the threads have stopped. */
  async destroy(): Promise<void> {
    this.#isClosed = true
    const { channel, native } = this.#parts
    channel.flush()
    this.#end(() => native.destroy())
    await this.#whenStopped()
  }

  /** Where the addon cannot end its pool, nothing waits for that. */
  #end(end: () => void): void {
    try {
      ask('end its pool', end)
    } catch (error) {
      this.#onStopped()
      throw error
    }
  }

  async #whenStopped(): Promise<void> {
    const { channel, nodeWorkers, buffers, large } = this.#parts
    channel.hold()
    await this.#stopped
    await large.finished()
    await nodeWorkers.close()
    buffers?.close()
    forgotten.unregister(this)
    channel.release()
  }
}

/**
 * Ends the threads of pools that were never closed and that nobody refers to any more. What is
 * registered here must not refer to the pool.
 */
const forgotten = new FinalizationRegistry(
  ({ native, nodeWorkers }: Pick<PoolParts, 'native' | 'nodeWorkers'>) => {
    ask('end a forgotten pool', () => native.destroy())
    void nodeWorkers.close()
  },
)
