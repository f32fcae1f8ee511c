/** From the end of a job, as the addon tells it, to the error that the caller gets. */

import { inspect } from 'node:util'
import type { Decoder } from '../codec/index.js'
import {
  AbortError,
  atItem,
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
import { PLAIN_TEXT, type FailureRecord } from '../protocol.js'
import { EventCode } from '../addon/codes.js'
import type { WireEvent } from '../addon/inbox.js'
import { failureRecord } from './answers.js'
import { referenceHint } from './reference-hint.js'
import { cutStack } from './stack.js'
import { textOfError } from '../errors/text.js'

/** What an error has to know about the pool of its call. */
export interface PoolInfo {
  name: string
  memoryLimitMb: number
  /** What the paths of inline functions begin with in stacks; undefined where they have none. */
  functionPaths: string | undefined
  /** What the last Worker that crashed had not caught. */
  lastCrash?: unknown
}

/** What an error has to know about its call. */
export interface CallInfo {
  /** Name of the function. */
  fn: string
  pool: PoolInfo
  signal: AbortSignal | undefined
}

const MIB = 1 << 20

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
  // Where the host has frozen it, frames stay.
  const isSet = Reflect.set(Error, 'stackTraceLimit', 0)
  try {
    return make()
  } finally {
    if (isSet) Error.stackTraceLimit = stackTraceLimit
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
      return new MemoryLimitError(call.fn, call.pool.memoryLimitMb)
    case EventCode.ResultTooLarge:
      return new ResultTooLargeError(call.fn, event.number / MIB)
    case EventCode.WorkerLost:
      return new WorkerLostError(
        `The worker that ran ${call.fn}`,
        textOf(event),
        event.number > 0 ? { cause: new TimeoutError(call.fn, event.number) } : undefined,
      )
    case EventCode.Unavailable:
      return new EngineUnavailableError(
        `The pool has no worker: ${textOf(event)}`,
        call.pool.lastCrash === undefined ? undefined : { cause: call.pool.lastCrash },
      )
    default:
      return new PoolClosedError(call.pool.name)
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
  const record = failureRecord(decoder.decodeAnyway(event.bytes, event.offset, event.length))
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
  cutStack(cause, call.pool.functionPaths)
  const hint = referenceHint(cause)
  return new FunctionError(`${fn} threw${atItem(index)}: ${textOfError(cause)}${hint}`, index, {
    cause,
  })
}

function moduleError({ error }: FailureRecord, call: CallInfo): ModuleLoadError {
  if (error instanceof Error) cutStack(error, call.pool.functionPaths)
  const reason = error instanceof Error ? error.message : inspect(error)
  return new ModuleLoadError(call.fn, reason, { cause: error })
}

function lost({ kind, error }: FailureRecord, call: CallInfo): WorkerLostError {
  const worker = `The worker that ran ${call.fn}`
  if (kind === 'exit') {
    return new WorkerLostError(worker, `process.exit was called in it, with code ${String(error)}`)
  }
  if (error instanceof Error) cutStack(error, call.pool.functionPaths)
  return new WorkerLostError(worker, `nobody caught ${textOfError(error)}`, { cause: error })
}

function loadError({ error, line, column }: FailureRecord, call: CallInfo): Error {
  if (error instanceof Error) {
    cutStack(error, call.pool.functionPaths)
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
  const whole = path.replace(
    /^(result|items)\[(\d+)\]/,
    (_, root, index) => `${root}[${Number(index) + first}]`,
  )
  return new DataCloneError(whole, String(error))
}
