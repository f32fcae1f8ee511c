import type { BatchOutcome, CallOptions } from 'isolane'

import { AttemptTimes } from '../envelope/attempt-times.js'
import { givesOutcome } from '../envelope/attempts.js'
import { callEvent, type TellCall } from '../envelope/call-event.js'
import { allCompleted, type CallEnd, endOf, failed } from '../envelope/envelope.js'
import { versionOf } from '../envelope/enveloped-call.js'
import { isRefusal } from '../envelope/faults.js'
import { errorFrom } from '../errors/errors.js'
import type { CallContext } from '../interceptors/context.js'
import type { InRevision } from './runnables.js'

/** What is told of one of the pool's calls, once it has ended. */
export class CallReport {
  readonly #tell: TellCall
  readonly #began: number
  readonly #context: CallContext
  readonly #name: string
  readonly #ran: InRevision
  readonly #times = new AttemptTimes()
  #attempts = 0
  #isRefused = false
  #counts = allCompleted(0)

  /**
   * @param began when, as `performance.now()` has it
   * @param name of its functions, without versions
   * @param ran what it runs; no function where there is none
   */
  constructor(tell: TellCall, began: number, context: CallContext, name: string, ran: InRevision) {
    this.#tell = tell
    this.#began = began
    this.#context = context
    this.#name = name
    this.#ran = ran
  }

  /** Asks the pool. */
  async attempt<R>(ask: (options: CallOptions) => Promise<R>, options: CallOptions): Promise<R> {
    this.#attempts++
    const isStream = this.#context.operation === 'stream'
    try {
      const given = await ask(isStream ? options : this.#times.asking(options))
      if (!isStream && givesOutcome(options)) this.#counts = given as BatchOutcome<unknown>
      return given
    } catch (error) {
      this.#isRefused = isRefusal(error)
      throw error
    }
  }

  succeeded(): void {
    this.#ended(endOf(undefined, this.#counts))
  }

  /** Nothing is told of what was asked for wrongly. */
  failed(thrown: unknown): void {
    if (!this.#isRefused) this.#ended(failed(errorFrom(thrown)))
  }

  /** The results of a stream, which has ended when it has come to its end, or been left. */
  async *following<T>(results: Iterable<T> | AsyncIterable<T>): AsyncGenerator<T, void, void> {
    let end = endOf(undefined, this.#counts)
    try {
      yield* results
    } catch (thrown) {
      end = failed(errorFrom(thrown))
      throw thrown
    } finally {
      this.#ended(end)
    }
  }

  #ended(end: CallEnd): void {
    const { callId, trigger } = this.#context
    const { linked, revision } = this.#ran
    const one = linked.length === 1 ? linked[0] : undefined
    const event = callEvent(this.#context, end, {
      function: this.#name,
      version: versionOf(one),
      linkHash: one?.linkHash,
      revision,
      callId,
      traceId: undefined,
      attempts: this.#attempts,
      trigger,
      timing: this.#times.upTo(performance.now() - this.#began),
      worker: this.#times.worker,
    })
    this.#tell(event)
  }
}
