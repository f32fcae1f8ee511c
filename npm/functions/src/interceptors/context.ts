import type { CallOptions } from 'isolane'

import { checkObject } from '../errors/options.js'
import { makeCallId } from '../envelope/call-id.js'
import type { Trigger } from '../envelope/envelope.js'

/** The method that was called. */
export type CallOperation =
  | 'call'
  | 'callAll'
  | 'debug'
  | 'patch'
  | 'run'
  | 'map'
  | 'filter'
  | 'forEach'
  | 'reduce'
  | 'stream'

/** One call, as its interceptors see it. */
export class CallContext {
  /** Name of the call in logs and errors. */
  readonly callId: string
  /** For interceptors to tell each other something. */
  readonly state: Record<string, any> = {}

  /** @internal */
  constructor(
    readonly operation: CallOperation,
    /** Of the function, without a version; of a `reduce` the function that reduces, of a `patch` that of its first task. */
    readonly name: string,
    /** That runs; `undefined` where there is no such function, or it is not published. */
    readonly version: number | undefined,
    /** What the function gets, the items, the source of a stream, or the target of a patch. May be set before `next()`. */
    public input: any,
    /** Options for the pool. May be changed before `next()`. */
    public options: CallOptions & Record<string, any>,
    /** Who calls; `'debug'` for `debug`, otherwise `'api'` but for calls in an envelope that say otherwise. */
    readonly trigger: Trigger,
  ) {
    this.callId = options.callId ?? makeCallId()
  }

  /** On whose behalf the function runs. */
  get tenant(): string | undefined {
    return this.options.tenant
  }

  /** What stops the call. */
  get signal(): AbortSignal | undefined {
    return this.options.signal
  }

  /** @internal Those that the pool gets. */
  get poolOptions(): CallOptions & Record<string, any> {
    return { ...this.options, callId: this.callId }
  }
}

/** A copy of options of a call, for interceptors to change. */
export function copyOf(options: unknown): Record<string, any> {
  if (options === undefined) return {}
  checkObject(options)
  return { ...options }
}
