/** What a call is known by: to its jobs, in its errors, and to those who watch. */

import type { AsyncResource } from 'node:async_hooks'
import { types } from 'node:util'
import type { CallName, WatchedCall } from '../addon/call-name.js'
import type { LogEntry } from '../addon/log-entry.js'
import type { Stopwatch } from '../addon/stopwatch.js'
import {
  BadPayloadError,
  DataCloneError,
  InvalidJsonError,
  InvalidRangeError,
  InvalidTypeError,
  IsolaneError,
  SourceError,
} from '../errors/errors.js'
import type { FunctionHandle } from '../functions/handles.js'
import { mapsOf, type FunctionMaps } from '../functions/maps.js'
import { makeCallId } from './call-id.js'

/** Gives line and column, both from 1; nothing where the place is the author's. */
export type AuthorPlace = (path: string, line: number, column: number) => number[] | null

/** What an error has to know about the pool of its call. */
export interface PoolInfo {
  name: string
  memoryLimitMb: number
  /** What the paths of inline functions begin with in stacks; undefined where they have none. */
  functionPaths: string | undefined
  /** The line and column in the author's text of a place in a file that was transformed. */
  authorPlace?: AuthorPlace
  /** What the last Worker that crashed had not caught. */
  lastCrash?: unknown
}

/** Counts the calls of this thread, in 32 bits. */
let calls = 0

/** When the last of them was made. Ids go forward, also where the clock is set back. */
let latest = 0

/** One call of a user's. Its id is made when somebody looks at it. */
export class Call implements WatchedCall {
  readonly #order = (calls = (calls + 1) | 0) >>> 0
  readonly #made: number
  #id: string | Call | undefined
  /** What `reduce` maps by. */
  second: FunctionHandle | undefined

  /**
   * @param made milliseconds since the epoch
   * @param id as it was given, or the call that this is a part of
   */
  constructor(
    readonly fn: FunctionHandle,
    readonly pool: PoolInfo,
    readonly signal: AbortSignal | undefined,
    made: number,
    id: string | Call | undefined,
    readonly context: AsyncResource | undefined,
    readonly onLog: ((entry: LogEntry) => void) | undefined,
    readonly timer: Stopwatch | undefined,
  ) {
    this.#id = id
    this.#made = latest = made > latest ? made : latest
  }

  get callId(): string {
    const id = this.#id
    if (typeof id === 'string') return id
    return (this.#id = id === undefined ? makeCallId(this.#made, this.#order) : id.callId)
  }

  get function(): string {
    return this.fn.name
  }

  get tenant(): string | undefined {
    return this.fn.tenant
  }

  get print(): ((entry: LogEntry) => void) | undefined {
    const { known } = this.fn
    return typeof known === 'object' ? known.print : undefined
  }

  get maps(): FunctionMaps | undefined {
    const { fn, second } = this
    const [maps, others] = [mapsOf(fn), second && mapsOf(second)]
    // In stacks nobody could tell them apart.
    if (second !== undefined && second.name === fn.name && second.known !== fn.known)
      return undefined
    return maps !== undefined && others !== undefined ? maps.with(others) : (maps ?? others)
  }

  /** A part of this call that has a signal, a function or a timer of its own. */
  part(fn: FunctionHandle, signal: AbortSignal | undefined, timer?: Stopwatch): Call {
    return new Call(fn, this.pool, signal, this.#made, this, this.context, this.onLog, timer)
  }
}

/** Those that a call may end with. They say whose they are. */
const OURS = [
  IsolaneError,
  InvalidTypeError,
  InvalidRangeError,
  SourceError,
  InvalidJsonError,
  DataCloneError,
  BadPayloadError,
]

/** `error`, which says from now on which call it has ended, if it is isolane's and no other's. */
export function named<E>(error: E, call: CallName): E {
  if (types.isProxy(error) || !OURS.some((kind) => error instanceof kind)) return error
  const ours = error as { callId?: string; function?: string; tenant?: string }
  if (ours.callId !== undefined) return error
  ours.callId = call.callId
  ours.function = call.function
  if (call.tenant !== undefined) ours.tenant = call.tenant
  return error
}
