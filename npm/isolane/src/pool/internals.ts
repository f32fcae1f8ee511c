import type { EventEmitter } from 'node:events'
import { Calls } from '../jobs/submission.js'
import { Channel } from '../addon/channel.js'
import { EngineUnavailableError } from '../errors/errors.js'
import { poolFinalizer } from './finalizer.js'
import { expressionOf } from '../functions/source.js'
import { Functions } from '../functions/handles.js'
import { binding, type NativeOptions, type NativePool } from '../addon/native.js'
import type { PoolOptions } from '../options/pool.js'
import { PoolEventRelay, type EventSubjects } from './events.js'
import { settingsOf } from './settings.js'
import { Publications } from '../functions/published.js'
import { SharedBuffers } from '../node-worker/shared-buffers.js'
import type { SharedHost } from '../values/shared.js'
import { NodeWorkers } from '../node-worker/workers.js'

/** What is behind a pool: the addon's pool, and what drives it. It lives as long as the pool. */
export class PoolInternals implements EventSubjects {
  readonly native: NativePool
  readonly calls: Calls
  readonly shared: SharedHost
  readonly published: Publications
  readonly nodeWorkers: NodeWorkers
  readonly threads: number
  readonly #channel: Channel
  readonly #buffers: SharedBuffers | undefined
  readonly #stopped: Promise<void>
  #onStopped!: () => void

  /**
   * Starts the threads.
   *
   * @param pool emits the events
   * @throws what the constructor of `Pool` throws
   */
  constructor(pool: EventEmitter, options: PoolOptions) {
    const { engine, resolveFrom, concurrency, spares, caps, ...settings } = settingsOf(options)
    const { pool: name, threads, memoryLimitMb, sliceMs } = settings.calls
    const native = startNative(settings.native, receiver(new WeakRef(this)))
    const buffers = engine === 'node' ? new SharedBuffers() : undefined
    const channel = new Channel(native, new PoolEventRelay(pool, this), sliceMs, buffers)
    const terms = { name, concurrency, resolveFrom, memoryLimitMb, spares, caps, buffers }
    this.native = native
    this.threads = threads
    this.nodeWorkers = new NodeWorkers(native, terms)
    this.#channel = channel
    this.#buffers = buffers
    this.shared = this.#sharedHost()
    this.published = new Publications({
      read: (fn) => expressionOf(fn, { engine, resolveFrom }),
      load: (version, limits) => this.calls.load(functions.handleOfKnown(version), limits),
      inPhases: (parts) => this.calls.inPhases(parts),
    })
    const functions = new Functions(native, engine, resolveFrom, this.published)
    this.calls = new Calls(channel, functions, this.shared, settings.calls, buffers, () =>
      pool.emit('drain'),
    )
    this.#stopped = new Promise((resolve) => (this.#onStopped = resolve))
    poolFinalizer.register(this, { native, nodeWorkers: this.nodeWorkers }, this)
    // Workers are asked for by now: the sooner they start the better. Not here: others may be up
    // already, and nobody can listen yet.
    queueMicrotask(() => channel.receive())
  }

  #sharedHost(): SharedHost {
    const native = this.native
    const channel = this.#channel
    const buffers = this.#buffers
    return {
      share: (name, value, mode) => {
        this.calls.assertOpen()
        const encode = () => this.calls.encodeShared(value, name, mode)
        const hand = (payload: Uint8Array) => native.share(name, payload)
        return buffers === undefined ? hand(encode()) : buffers.pin(encode, hand)
      },
      withdraw: (key) => {
        // Calls that name the key may still wait to be sent.
        channel.flush()
        native.releaseShared(key)
        buffers?.unpin(key)
      },
    }
  }

  /** Reads the events that wait. */
  receive(): void {
    this.#channel.receive()
  }

  stopped(): void {
    this.#onStopped()
  }

  /** Takes no more calls, and resolves when those that were made have ended and the threads have stopped. */
  async close(force: boolean): Promise<void> {
    this.calls.close()
    const stopped = this.#whenStopped()
    if (!force) await this.calls.phasesEnded()
    this.#channel.flush()
    this.native.close(force)
    await stopped
  }

  /** Ends all calls, and resolves when the threads have stopped. */
  async destroy(): Promise<void> {
    this.calls.close()
    this.#channel.flush()
    this.native.destroy()
    await this.#whenStopped()
  }

  async #whenStopped(): Promise<void> {
    this.#channel.hold()
    await this.#stopped
    await this.nodeWorkers.close()
    this.#buffers?.close()
    poolFinalizer.unregister(this)
    this.#channel.release()
  }
}

/**
 * What the addon calls when events wait. It holds that for ever, and a function holds all that
 * those around it refer to: this one has none around it.
 */
function receiver(self: WeakRef<PoolInternals>): () => void {
  return () => self.deref()?.receive()
}

function startNative(options: NativeOptions, notify: () => void): NativePool {
  const { NativePool } = binding()
  try {
    return new NativePool(options, notify)
  } catch (error) {
    throw new EngineUnavailableError(`The engine could not start: ${(error as Error).message}`, {
      cause: error,
    })
  }
}
