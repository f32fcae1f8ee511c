import type { EventEmitter } from 'node:events'
import type { Decoder } from '../codec/index.js'
import type { PoolListener } from '../addon/channel.js'
import { WorkerLostError } from '../errors/errors.js'
import { logRecords } from '../jobs/answers.js'
import { textOf } from '../jobs/failures.js'
import { logEntries, type LogEntry } from './logs.js'
import { EventCode } from '../addon/codes.js'
import { guarded } from '../addon/timers.js'
import type { WireEvent } from '../addon/inbox.js'
import type { NodeWorkers } from '../node-worker/workers.js'

/** Events of a `Pool`, by name, with what listeners get. All come on the event loop. */
export interface PoolEvents {
  /** The last outstanding call has ended, well or not. */
  drain: []
  /** A worker has its isolate and takes work: at the start, or in place of one that was destroyed. */
  workerCreate: [worker: { id: number }]
  /**
   * A worker's isolate is gone, once for each that `workerCreate` told of. `reason` is set where it did
   * not end with its pool.
   */
  workerDestroy: [worker: { id: number; reason: string | undefined }]
  /** A function logged a line. Without a listener lines are dropped. */
  log: [entry: LogEntry]
  /** A worker was lost or could not start. Without a listener it is dropped: it ends no process. */
  error: [error: WorkerLostError]
}

/** Turns the addon's events that belong to no job into those of a pool. */
export class PoolEventRelay implements PoolListener {
  readonly #pool: EventEmitter
  readonly #decoder: Decoder
  readonly #nodeWorkers: NodeWorkers
  readonly #onStopped: () => void
  /** The function whose log records come next. */
  #loggedBy = ''

  /** @param onStopped called when the addon's pool has stopped */
  constructor(
    pool: EventEmitter,
    decoder: Decoder,
    nodeWorkers: NodeWorkers,
    onStopped: () => void,
  ) {
    this.#pool = pool
    this.#decoder = decoder
    this.#nodeWorkers = nodeWorkers
    this.#onStopped = onStopped
  }

  event(event: WireEvent): void {
    const { code, subject: id, length, number } = event
    switch (code) {
      case EventCode.Log:
        this.#log(event)
        break
      case EventCode.WorkerCreated:
        this.#emit('workerCreate', { id })
        break
      case EventCode.WorkerDestroyed:
        this.#workerDestroyed(id, length === 0 ? undefined : textOf(event))
        break
      case EventCode.WorkerFailed:
        this.#error(id, textOf(event))
        break
      case EventCode.WorkerWanted:
        this.#nodeWorkers.start({ slot: id, generation: number })
        break
      case EventCode.WorkerUnwanted:
        this.#nodeWorkers.stop({ slot: id, generation: number })
        break
      case EventCode.Stopped:
        this.#onStopped()
        break
    }
  }

  drained(): void {
    this.#emit('drain')
  }

  /** The name of a function comes before its records. */
  #log(event: WireEvent): void {
    if (event.count === 0) {
      this.#loggedBy = textOf(event)
      return
    }
    if (this.#pool.listenerCount('log') === 0) return
    const records = logRecords(this.#decoder, event)
    const entries = logEntries(records, this.#loggedBy, event.subject)
    for (const entry of entries) this.#emit('log', entry)
  }

  /** What a listener throws is the process's to know of, and changes nothing for the pool or the listeners of other events. */
  #emit<K extends keyof PoolEvents>(name: K, ...values: PoolEvents[K]): void {
    guarded(() => this.#pool.emit(name, ...values))
  }

  #workerDestroyed(id: number, reason: string | undefined): void {
    this.#emit('workerDestroy', { id, reason })
    if (reason !== undefined) this.#error(id, reason)
  }

  /** An `'error'` that nobody listens to would end the process; the calls concerned were rejected. */
  #error(id: number, reason: string): void {
    if (this.#pool.listenerCount('error') > 0)
      this.#emit('error', new WorkerLostError(`Worker ${id}`, reason))
  }
}
