/** From the end of a job, as the addon tells it, to the error that the caller gets. */

import { dirname } from 'node:path'
import { inspect } from 'node:util'
import type { Decoder } from '../codec/index.js'
import {
  AbortError,
  DataCloneError,
  EngineUnavailableError,
  FunctionError,
  MemoryLimitError,
  ModuleLoadError,
  NeverSettlesError,
  PoolClosedError,
  QueueFullError,
  QueueTimeoutError,
  ResultTooLargeError,
  SourceError,
  TimeoutError,
  WorkerLostError,
} from '../errors/errors.js'
import { withoutFunctionPaths } from '../functions/files.js'
import { atItem } from '../errors/messages.js'
import { PRELUDE_NAME, type FailureRecord } from '../protocol.js'
import { EventCode } from '../addon/codes.js'
import type { WireEvent } from '../addon/inbox.js'

/** What an error has to know about its call. */
export interface CallInfo {
  /** Name of the function. */
  fn: string
  /** Name of the pool. */
  pool: string
  memoryLimitMb: number
  signal: AbortSignal | undefined
  /** What the paths of inline functions begin with in stacks; undefined where they have none. */
  functionPaths: string | undefined
}

const MIB = 1 << 20

/** First byte of a failure that the isolate could only tell as text (`driver.rs`). */
const PLAIN_TEXT = 0xff

/**
 * The error for the end of a job that did not end well. It has no frames of the host: it is made in
 * the event loop, where none of them would be the caller's.
 */
export function errorOf(event: WireEvent, call: CallInfo, decoder: Decoder): Error {
  return withoutFrames(() => makeError(event, call, decoder))
}

/** An item's own failure: `length` bytes at `offset`, or none where only the fact is known. */
export interface ItemError {
  index: number
  bytes: Uint8Array
  offset: number
  length: number
}

/** The error of one item that failed, made as {@link errorOf} does. */
export function itemError(failure: ItemError, call: CallInfo, decoder: Decoder): Error {
  return withoutFrames(() =>
    failure.length === 0
      ? new FunctionError(`${call.fn} failed${atItem(failure.index)}`, failure.index, {})
      : functionFailure(failure, call, decoder),
  )
}

function withoutFrames<T>(make: () => T): T {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  try {
    return make()
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}

function makeError(event: WireEvent, call: CallInfo, decoder: Decoder): Error {
  switch (event.code) {
    case EventCode.Failed:
      return functionFailure(event, call, decoder)
    case EventCode.TimedOut:
      return new TimeoutError(call.fn, event.number)
    case EventCode.QueueTimedOut:
      return new QueueTimeoutError(call.fn, event.number)
    case EventCode.Cancelled:
      return new AbortError(call.signal?.reason)
    case EventCode.QueueFull:
      return new QueueFullError(call.fn, event.number)
    case EventCode.MemoryLimit:
      return new MemoryLimitError(call.fn, call.memoryLimitMb)
    case EventCode.ResultTooLarge:
      return new ResultTooLargeError(call.fn, event.number / MIB)
    case EventCode.WorkerLost:
      return new WorkerLostError(
        `The worker that ran ${call.fn}`,
        textOf(event),
        event.number > 0 ? { cause: new TimeoutError(call.fn, event.number) } : undefined,
      )
    case EventCode.Unavailable:
      return new EngineUnavailableError(`The pool has no worker: ${textOf(event)}`)
    default:
      return new PoolClosedError(call.pool)
  }
}

type Payload = Pick<WireEvent, 'bytes' | 'offset' | 'length'>

/** The payload of an event that carries text. */
export function textOf({ bytes, offset, length }: Payload): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + offset, length).toString('utf8')
}

function functionFailure(event: Payload, call: CallInfo, decoder: Decoder): Error {
  const { fn } = call
  if (event.bytes[event.offset] === PLAIN_TEXT) {
    const { bytes, offset, length } = event
    const text = textOf({ bytes, offset: offset + 1, length: length - 1 })
    return new FunctionError(`${fn} failed: ${text}`, undefined, { cause: new Error(text) })
  }
  const record = decoder.decode(event.bytes, event.offset, event.length) as FailureRecord
  const index = record.index < 0 ? undefined : record.index
  switch (record.kind) {
    case 'clone':
      return cloneError(record)
    case 'pending':
      return new NeverSettlesError(fn, index)
    case 'load':
      return loadError(record, call)
    case 'module':
      return moduleError(record, call)
    case 'crash':
    case 'exit':
      return lost(record, call)
    default:
      return thrown(record.error, call, index)
  }
}

function thrown(cause: unknown, call: CallInfo, index: number | undefined): FunctionError {
  const { fn } = call
  if (!(cause instanceof Error)) {
    return new FunctionError(`${fn} threw${atItem(index)} a value that is no Error`, index, {
      cause,
    })
  }
  mapStack(cause, call)
  const hint = referenceHint(cause)
  return new FunctionError(
    `${fn} threw${atItem(index)}: ${cause.name}: ${cause.message}${hint}`,
    index,
    {
      cause,
    },
  )
}

function moduleError({ error }: FailureRecord, call: CallInfo): ModuleLoadError {
  if (error instanceof Error) mapStack(error, call)
  const reason = error instanceof Error ? error.message : inspect(error)
  return new ModuleLoadError(call.fn, reason, { cause: error })
}

function lost({ kind, error }: FailureRecord, call: CallInfo): WorkerLostError {
  const worker = `The worker that ran ${call.fn}`
  if (kind === 'exit') {
    return new WorkerLostError(worker, `process.exit was called in it, with code ${String(error)}`)
  }
  if (error instanceof Error) mapStack(error, call)
  const text = error instanceof Error ? `${error.name}: ${error.message}` : inspect(error)
  return new WorkerLostError(worker, `nobody caught ${text}`, { cause: error })
}

const FRAME = /^\s+at /
/** The folder that this package is built into. */
const OWN_FOLDER = dirname(__dirname)
/** Not as a part of some path. */
const PRELUDE_FRAME = new RegExp(`^\\s+at (?:.*[ (])?${PRELUDE_NAME}:\\d+:\\d+`)

/** Frames of this package, on either engine, and what is below them: they are not the function's. */
function isOurs(line: string): boolean {
  return PRELUDE_FRAME.test(line) || (FRAME.test(line) && line.includes(OWN_FOLDER))
}

/** Leaves the function's own frames. */
function mapStack(error: Error, { functionPaths }: CallInfo): void {
  if (typeof error.stack !== 'string') return
  const stack =
    functionPaths === undefined ? error.stack : withoutFunctionPaths(error.stack, functionPaths)
  const all = stack.split('\n')
  const end = all.findIndex((line) => FRAME.test(line) && line.includes(OWN_FOLDER))
  const lines = (end < 0 ? all : all.slice(0, end)).filter((line) => !isOurs(line))
  if (lines.length === all.length && stack === error.stack) return
  Object.defineProperty(error, 'stack', {
    value: lines.join('\n'),
    writable: true,
    configurable: true,
    enumerable: false,
  })
}

/** Helpers that tools leave in a function's text, by pattern, with what to do about them. */
const LEFTOVERS: ReadonlyArray<readonly [RegExp, string]> = [
  [
    /^cov_/,
    'a coverage counter (istanbul); exclude the file from coverage, or use V8 coverage (c8)',
  ],
  [/^__vite_|^__vi_/, 'an import as vite rewrote it; pass the value by args or shared'],
  [
    /^(tslib_\d+|__(awaiter|generator|spreadArray|assign|rest|values|read|decorate|importDefault|importStar|await|asyncValues|asyncGenerator|asyncDelegator|makeTemplateObject|classPrivateField(Get|Set|In)))$/,
    'a helper of TypeScript; compile for ES2022 or later, so that none is needed',
  ],
  [
    /^__(async|spreadValues|spreadProps|objRest|publicField|private(Get|Set|Add|Method|In)|pow|template|forAwait|yieldStar|using|callDispose)$/,
    'a helper of esbuild; compile for ES2022 or later (target), so that none is needed',
  ],
  [
    /^_(async_to_generator|object_spread|to_consumable_array|sliced_to_array|define_property)\w*$/,
    'a helper of swc; compile for a later target',
  ],
  [
    /^_(asyncToGenerator|objectSpread|toConsumableArray|slicedToArray|defineProperty|extends)\d*$/,
    'a helper of Babel; compile for a later target',
  ],
]

/** Why a name is missing, for those who see a ReferenceError of theirs for the first time. */
function referenceHint(error: Error): string {
  if (error.name !== 'ReferenceError') return ''
  const name = /^(\S+) is not defined$/.exec(error.message)?.[1]
  if (name === undefined) return ''
  const leftover = LEFTOVERS.find(([names]) => names.test(name))
  if (leftover !== undefined) return `. '${name}' is ${leftover[1]}`
  return (
    `. The function runs in an isolate of its own and cannot see '${name}' where it was written; ` +
    `pass it by the options args or shared`
  )
}

function loadError({ error, line, column }: FailureRecord, call: CallInfo): Error {
  if (error instanceof Error) {
    mapStack(error, call)
    const place = line ? ` (line ${line}, column ${column})` : ''
    return new SourceError(
      `${call.fn} does not compile: ${error.message}${place}`,
      line ?? 0,
      column ?? 0,
      {
        cause: error,
      },
    )
  }
  return thrown(error, call, undefined)
}

/** Indices in the path are the chunk's; the caller knows those of the whole input. */
function cloneError({ path = 'result', first = 0, error }: FailureRecord): DataCloneError {
  const whole = path.replace(/^result\[(\d+)\]/, (_, index) => `result[${Number(index) + first}]`)
  return new DataCloneError(whole, String(error))
}
