import type { LogEntry } from 'isolane'

import type { Trigger } from '../envelope/envelope.js'
import type { CallLogs } from './call-logs.js'

const USUAL: Trigger = 'api'

/** Prints lines where nobody listens: the pool asks it, line by line, so that a call that logs nothing pays nothing. */
export class LinePrinter {
  readonly #logs: CallLogs
  /** Of calls that are being made, by their ids: those that are not the usual one. */
  readonly #triggers = new Map<string, Trigger>()

  constructor(logs: CallLogs) {
    this.#logs = logs
  }

  readonly print = (entry: LogEntry): void => {
    const { callId = '' } = entry
    this.#logs.hearing(this.#triggers.get(callId) ?? USUAL)(entry)
  }

  /** Makes a call whose lines tell who calls. */
  during<T>(callId: string, trigger: Trigger, call: () => Promise<T>): Promise<T> {
    return trigger === USUAL ? call() : this.#during(callId, trigger, call)
  }

  async #during<T>(callId: string, trigger: Trigger, call: () => Promise<T>): Promise<T> {
    this.#triggers.set(callId, trigger)
    try {
      return await call()
    } finally {
      this.#triggers.delete(callId)
    }
  }

  /** Prints what there is to tell yet. */
  close(): void {
    this.#logs.close()
  }
}
