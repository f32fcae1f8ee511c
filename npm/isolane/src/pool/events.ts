import { EventEmitter, type EventEmitterAsyncResource } from 'node:events'
import type { Decoder } from '../codec/index.js'
import type { WatchedCall } from '../addon/call-name.js'
import type { LogEntry } from '../addon/log-entry.js'
import type { PoolListener } from '../addon/channel.js'
import { asWritten } from '../calls/places.js'
import type { PoolInfo } from '../calls/call.js'
import { workerCreated, workerLost, workerReplaced, type Messages } from '../calls/channels.js'
import { WorkerLostError } from '../errors/errors.js'
import { logRecords } from '../jobs/answers.js'
import { textOf } from '../jobs/failures.js'
import type { WarmUpError } from '../warming/errors.js'
import { logEntries } from './logs.js'
import { isConsoleOfNode, print, printBy, withoutNotes } from './printing.js'
import type { LogRecord } from '../protocol.js'
import { EventCode } from '../addon/codes.js'
import { guarded, inMicrotask, nextTick } from '../addon/timers.js'
import type { WireEvent } from '../addon/inbox.js'
import type { NodeWorkers } from '../node-worker/workers.js'

/** Events of a `Pool`, by name, with what listeners get. All come on the event loop. */
export interface PoolEvents {
  /** The last outstanding call has ended, well or not, and its promise has settled. */
  drain: []
  /** A worker has its isolate and takes work: at the start, or in place of one that was destroyed. */
  workerCreate: [worker: { id: number }]
  /**
   * A worker's isolate is gone, once for each that `workerCreate` told of. `reason` is set where it did
   * not end with its pool.
   */
  workerDestroy: [worker: { id: number; reason: string | undefined }]
  /** A function logged a line. Without a listener the host's console prints it; see the option `console`. */
  log: [entry: LogEntry]
  /**
   * A worker was lost or could not start: then it is tried again, and told of once. Or an isolate that
   * replaces another could not be warmed. Without a listener it is dropped: it ends no process.
   */
  error: [error: WorkerLostError | WarmUpError]
}

const { emit } = EventEmitter.prototype

/** What the relay of a pool's events needs of it. */
export interface EventParts {
  readonly pool: EventEmitterAsyncResource
  readonly info: PoolInfo
  readonly decoder: Decoder
  readonly nodeWorkers: NodeWorkers
  /** Whether lines that nobody listens to are printed. */
  readonly prints: boolean
  /** The addon's pool has stopped. */
  stopped(): void
  /** A worker has run a warm-up, or could not. */
  warmed(event: WireEvent): void
  /** A worker has gone. */
  workerGone(): void
  /** The call of a job that has not ended. */
  callOf(job: number): WatchedCall | undefined
}

/** Turns the addon's events that belong to no job into those of a pool. */
export class PoolEventRelay implements PoolListener {
  readonly #parts: EventParts
  /** The function whose log records come next. */
  #loggedBy = ''

  constructor(parts: EventParts) {
    this.#parts = parts
  }

  event(event: WireEvent): void {
    const { code, subject: id, length, number } = event
    switch (code) {
      case EventCode.Log:
        this.#log(event)
        break
      case EventCode.WorkerCreated:
        this.#workerCreated(event)
        break
      case EventCode.WorkerDestroyed:
        this.#workerDestroyed(id, length === 0 ? undefined : textOf(event))
        break
      case EventCode.WorkerFailed:
        this.#parts.workerGone()
        this.#lost(id, textOf(event))
        break
      case EventCode.Warmed:
        this.#parts.warmed(event)
        break
      case EventCode.Timed:
        this.#parts.callOf(id)?.timer?.ran(event)
        break
      case EventCode.WorkerWanted:
        this.#parts.nodeWorkers.start({ slot: id, generation: number })
        break
      case EventCode.WorkerUnwanted:
        this.#parts.nodeWorkers.stop({ slot: id, generation: number })
        break
      case EventCode.Stopped:
        this.#parts.stopped()
        break
    }
  }

  /** Tells of it when all that waited for the last call's promise has gone on. */
  drained(): void {
    if (this.#parts.pool.listenerCount('drain') === 0) return
    // A tick that a microtask asks for comes when no other microtask is left.
    inMicrotask(() => nextTick(() => this.#emit('drain')))
  }

  /** The name of a function comes before its records. */
  #log(event: WireEvent): void {
    if (event.count === 0) {
      this.#loggedBy = textOf(event)
      return
    }
    const call = this.#parts.callOf(event.number)
    const hear = call?.onLog ?? this.#listener
    if (hear === undefined && !this.#parts.prints) return
    const { info, decoder } = this.#parts
    const records = logRecords(decoder, event)
    for (const record of records) record[1] = asWritten(record[1], info, call?.maps)
    const fn = this.#loggedBy
    const tell = () => {
      const entriesOf = (some: LogRecord[]) => logEntries(some, fn, event.subject, call, info)
      if (hear !== undefined) {
        for (const entry of entriesOf(records)) guarded(() => hear(entry))
      } else if (call?.print === undefined) print(fn, records)
      else printBy(call.print, entriesOf(withoutNotes(records)))
    }
    const context = call?.context ?? this.#parts.pool.asyncResource
    context.runInAsyncScope(tell)
  }

  /** Whether what a function logs reaches code of the host's, which may ask for the caller's stores. */
  get mayBeHeard(): boolean {
    const { pool, prints } = this.#parts
    return pool.listenerCount('log') > 0 || (prints && !isConsoleOfNode())
  }

  /** Tells those who listen, in the stores of now: a pool's own `emit` goes back to those of its making. */
  get #listener(): ((entry: LogEntry) => void) | undefined {
    const { pool } = this.#parts
    return pool.listenerCount('log') > 0 ? (entry) => emit.call(pool, 'log', entry) : undefined
  }

  /** What a listener throws is the process's to know of, and changes nothing for the pool or the listeners of other events. */
  #emit<K extends keyof PoolEvents>(name: K, ...values: PoolEvents[K]): void {
    guarded(() => this.#parts.pool.emit(name, ...values))
  }

  /** Tells subscribers of a channel, as {@link #emit} does listeners. */
  #publish<M extends object>(channel: Messages<M>, message: M): void {
    if (!channel.hasSubscribers) return
    const { pool } = this.#parts
    pool.asyncResource.runInAsyncScope(() => channel.publish(message))
  }

  #workerCreated({ subject: worker, count, number: before }: WireEvent): void {
    const pool = this.#parts.info.name
    this.#emit('workerCreate', { id: worker })
    this.#publish(workerCreated, { pool, worker })
    if (count > 0) this.#publish(workerReplaced, { pool, worker, before })
  }

  #workerDestroyed(id: number, reason: string | undefined): void {
    this.#emit('workerDestroy', { id, reason })
    this.#parts.workerGone()
    if (reason !== undefined) this.#lost(id, reason)
  }

  #lost(id: number, reason: string): void {
    this.#publish(workerLost, { pool: this.#parts.info.name, worker: id, reason })
    this.#error(id, reason)
  }

  /** An `'error'` that nobody listens to would end the process; the calls concerned were rejected. */
  #error(id: number, reason: string): void {
    if (this.#parts.pool.listenerCount('error') > 0)
      this.#emit('error', new WorkerLostError(`Worker ${id}`, reason))
  }

  /** An isolate that replaces another could not be warmed. */
  warmUpFailed(error: WarmUpError): void {
    if (this.#parts.pool.listenerCount('error') > 0) this.#emit('error', error)
  }
}
