import type { EventEmitter } from 'node:events'
import { Channel } from '../addon/channel.js'
import { binding, type NativeOptions, type NativePool } from '../addon/native.js'
import { inMicrotask } from '../addon/timers.js'
import { Decoder, Encoder } from '../codec/index.js'
import { nodePlatform } from '../codec/platform-node.js'
import { EngineUnavailableError } from '../errors/errors.js'
import { FunctionHandles } from '../functions/handles.js'
import { PublishedNames } from '../functions/names.js'
import { LargeResults } from '../jobs/large-results.js'
import { Submission } from '../jobs/submission.js'
import { SharedBuffers } from '../node-worker/shared-buffers.js'
import { NodeWorkers } from '../node-worker/workers.js'
import type { OperationHost } from '../operations/host.js'
import type { PoolOptions } from '../options/pool.js'
import type { SharedHost } from '../values/shared.js'
import { PoolEventRelay } from './events.js'
import { PoolLife } from './life.js'
import { settingsOf } from './settings.js'
import { SharedStore } from './shared-store.js'

/** What is behind a pool: the addon's pool, and what drives it. It lives as long as the pool. */
export class PoolInternals implements OperationHost {
  readonly threads: number
  readonly native: NativePool
  readonly buffers: SharedBuffers | undefined
  readonly life: PoolLife
  readonly shared: SharedHost
  readonly names = new PublishedNames()
  readonly functions: FunctionHandles
  readonly submission: Submission
  readonly #channel: Channel

  /**
   * Starts the threads.
   *
   * @param pool emits the events
   * @throws what the constructor of `Pool` throws
   */
  constructor(pool: EventEmitter, options: PoolOptions) {
    const { calls, workers, ...settings } = settingsOf(options)
    const { engine } = settings.native
    const native = startNative(settings.native, receiver(new WeakRef(this)))
    const buffers = engine === 'node' ? new SharedBuffers() : undefined
    const platform = buffers?.platform ?? nodePlatform
    const encoder = new Encoder(platform)
    const decoder = new Decoder(platform)
    const nodeWorkers = new NodeWorkers(native, { ...workers, buffers })
    const events = new PoolEventRelay(pool, decoder, nodeWorkers, () => this.life.stopped())
    const channel = new Channel(native, events, calls.sliceMs, buffers)
    const large = new LargeResults(platform, calls.sliceMs)
    const parts = { native, nodeWorkers, channel, buffers, large }
    this.threads = calls.threads
    this.native = native
    this.buffers = buffers
    this.life = new PoolLife(calls.name, parts, () => events.drained())
    this.shared = new SharedStore(native, channel, encoder, buffers, this.life)
    this.functions = new FunctionHandles(native, engine, workers.resolveFrom, this.names)
    this.submission = new Submission(channel, this.shared, encoder, decoder, calls, large)
    this.#channel = channel
    // Workers are asked for by now: the sooner they start the better. In a microtask, since others
    // may be up already, and nobody can listen yet.
    inMicrotask(() => channel.receive())
  }

  /** Reads the events that wait. */
  receive(): void {
    this.#channel.receive()
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
