import type { EventEmitterAsyncResource } from 'node:events'
import type { WatchedCall } from '../addon/call-name.js'
import { named, type AuthorPlace } from '../calls/call.js'
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
import { Operation } from '../protocol.js'
import type { PoolOptions } from '../options/pool.js'
import type { SharedHost, SharedValue } from '../values/shared.js'
import type { WarmingHost } from '../warming/warm.js'
import { WarmUps } from '../warming/warm-ups.js'
import { PoolEventRelay } from './events.js'
import { PoolLife } from './life.js'
import { settingsOf } from './settings.js'
import { SharedStore } from './shared-store.js'
import { nativeStatus } from './stats.js'

/**
 * Asks the addon for places in files. Outside of the pool's constructor: it outlives the pool, and what it
 * closes over must not be the pool. Where the addon fails, the error whose place it is matters more.
 */
function authorPlaces(native: NativePool): AuthorPlace {
  return (path, line, column) => {
    try {
      return native.authorPlace(path, line, column)
    } catch {
      return null
    }
  }
}

/** What is behind a pool: the addon's pool, and what drives it. It lives as long as the pool. */
export class PoolInternals implements WarmingHost {
  readonly threads: number
  readonly native: NativePool
  readonly channel: Channel
  readonly buffers: SharedBuffers | undefined
  readonly life: PoolLife
  readonly shared: SharedHost
  readonly names = new PublishedNames()
  readonly functions: FunctionHandles
  readonly submission: Submission
  readonly warmUps: WarmUps

  /**
   * Starts the threads.
   *
   * @param pool emits the events
   * @throws what the constructor of `Pool` throws
   */
  constructor(pool: EventEmitterAsyncResource, options: PoolOptions) {
    const { calls, workers, prints, watches, ...settings } = settingsOf(options)
    const { engine } = settings.native
    const native = startNative(settings.native, receiver(new WeakRef(this)))
    const buffers = engine === 'node' ? new SharedBuffers() : undefined
    const platform = buffers?.platform ?? nodePlatform
    const encoder = new Encoder(platform)
    const decoder = new Decoder(platform)
    const nodeWorkers = new NodeWorkers(native, { ...workers, buffers })
    if (engine === 'v8') calls.authorPlace = authorPlaces(native)
    const events = new PoolEventRelay({
      pool,
      info: calls,
      decoder,
      nodeWorkers,
      prints,
      stopped: () => this.life.stopped(),
      warmed: (event) => this.warmUps.warmed(event),
      workerGone: () => this.warmUps.workerGone(),
      callOf: (job) => this.callOf(job),
    })
    const channel = new Channel(native, events, calls.sliceMs, buffers)
    const large = new LargeResults(platform, calls.sliceMs, {
      hold: () => channel.hold(),
      done: () => channel.done(),
      abandon: (id) => channel.abandon(id),
      keepBuffers: (id) => buffers?.span(id) ?? nothing,
    })
    const parts = { native, nodeWorkers, channel, buffers, large }
    this.threads = calls.threads
    this.native = native
    this.buffers = buffers
    this.life = new PoolLife(calls.name, parts)
    const encoding = { encoder, platform, sliceMs: calls.sliceMs }
    this.shared = new SharedStore(native, channel, encoding, buffers, this.life, (value) =>
      this.#read(value),
    )
    const isHeard = () => events.mayBeHeard
    this.submission = new Submission(channel, this.shared, encoder, decoder, calls, large, isHeard)
    this.functions = new FunctionHandles(
      native,
      engine,
      workers.resolveFrom,
      this.names,
      watches,
      (error, fn, scope) => named(error, this.submission.call(fn, scope)),
    )
    this.channel = channel
    this.warmUps = new WarmUps({
      native,
      channel,
      submission: this.submission,
      readers: { decoder, large },
      buffers,
      workers: () => this.#workers(),
      failed: (error) => events.warmUpFailed(error),
    })
    // Workers are asked for by now: the sooner they start the better. In a microtask, since others
    // may be up already, and nobody can listen yet.
    inMicrotask(() => channel.receive())
  }

  /** Has an isolate read a shared value, however long that takes: the limits of the pool are those of calls. */
  #read(value: SharedValue): Promise<unknown> {
    const { key } = this.functions.handleOf(nothing)
    const fn = { key, name: `shared.${value.name}`, tenant: undefined }
    const options = { shared: [value], timeout: Infinity, queueTimeout: Infinity }
    const call = this.submission.call(fn, options)
    return this.submission.single(Operation.Run, call, undefined, options)
  }

  /** The call of a job that has not ended. */
  callOf(job: number): WatchedCall | undefined {
    return this.channel.callOf(job) ?? this.warmUps.callOf(job)
  }

  /** By slot, whether there is a worker, or one that starts. */
  #workers(): boolean[] {
    const { workers } = nativeStatus(this.native)
    const isThere = ({ state }: { state: string }) => state !== 'stopped' && state !== 'lost'
    return workers.slice(0, this.threads).map(isThere)
  }

  /** Reads the events that wait. */
  receive(): void {
    this.channel.receive()
  }
}

/**
 * What the addon calls when events wait. It holds that for ever, and a function holds all that
 * those around it refer to: this one has none around it.
 */
function receiver(self: WeakRef<PoolInternals>): () => void {
  return () => self.deref()?.receive()
}

const nothing = (): void => {}

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
