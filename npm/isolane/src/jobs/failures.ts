/** From the end of a job, as the addon tells it, to the error that the caller gets. */

import { inspect } from 'node:util'
import type { Decoder } from '../codec/index.js'
import {
  AbortError,
  atItem,
  DataCloneError,
  EngineUnavailableError,
  FunctionError,
  InvalidJsonError,
  MemoryLimitError,
  NeverSettlesError,
  PoolClosedError,
  QueueFullError,
  QueueTimeoutError,
  ResultTooLargeError,
  SourceError,
  TimeoutError,
  WorkerLostError,
} from '../errors/errors.js'
import { ModuleLoadError } from '../errors/module-errors.js'
import { INVALID_JSON, LINK_FAULT, PLAIN_TEXT, type FailureRecord } from '../protocol.js'
import { linkError } from '../functions/link-error.js'
import { EventCode } from '../addon/codes.js'
import type { WireEvent } from '../addon/inbox.js'
import { patchError, type PatchError } from '../patch/errors.js'
import { diffRefusal, failureRecord } from './answers.js'
import { named, type Call } from '../calls/call.js'
import { referenceHint } from './reference-hint.js'
import { cutStacks } from './stack.js'
import { textOfError } from '../errors/text.js'

const MIB = 1 << 20

/**
 * The error for the end of a job that did not end well. It has no frames of the host: it is made in
 * the event loop, where none of them would be the caller's.
 */
export function errorOf(event: WireEvent, call: Call, decoder: Decoder): Error {
  return named(
    withoutFrames(() => makeError(event, call, decoder)),
    call,
  )
}

/** An item's own failure: `length` bytes at `offset`, or none where only the fact is known. */
export interface ItemError {
  index: number
  bytes: Uint8Array
  offset: number
  length: number
}

/** The error of one item that failed, made as {@link errorOf} does. */
export function itemError(failure: ItemError, call: Call, decoder: Decoder): Error {
  const make = () =>
    failure.length === 0
      ? new FunctionError(`${call.function} failed${atItem(failure.index)}`, failure.index, {})
      : functionFailure(failure, call, decoder)
  return named(withoutFrames(make), call)
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

function makeError(event: WireEvent, call: Call, decoder: Decoder): Error {
  switch (event.code) {
    case EventCode.Failed:
      return functionFailure(event, call, decoder)
    case EventCode.TimedOut:
      return new TimeoutError(call.function, event.number, textOf(event))
    case EventCode.QueueTimedOut:
      return new QueueTimeoutError(call.function, event.number)
    case EventCode.Cancelled:
      return new AbortError(call.signal?.reason)
    case EventCode.QueueFull:
      return new QueueFullError(call.function, event.number)
    case EventCode.MemoryLimit:
      return new MemoryLimitError(call.function, call.pool.memoryLimitMb)
    case EventCode.ResultTooLarge:
      return new ResultTooLargeError(call.function, event.number / MIB)
    case EventCode.WorkerLost:
      return new WorkerLostError(
        `The worker that ran ${call.function}`,
        textOf(event),
        event.number > 0 ? { cause: new TimeoutError(call.function, event.number) } : undefined,
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

function functionFailure(event: Payload, call: Call, decoder: Decoder): Error {
  const fn = call.function
  if (event.bytes[event.offset] === PLAIN_TEXT) {
    const { bytes, offset, length } = event
    const text = textOf({ bytes, offset: offset + 1, length: length - 1 })
    return new FunctionError(`${fn} failed: ${text}`, undefined, { cause: new Error(text) })
  }
  if (event.bytes[event.offset] === INVALID_JSON) return noItem(event)
  if (event.bytes[event.offset] === LINK_FAULT) {
    const { bytes, offset, length } = event
    // Only the v8 engine reads files itself.
    const fault = textOf({ bytes, offset: offset + 1, length: length - 1 })
    return linkError(call.function, fault, 'v8')
  }
  const record = failureRecord(decoder.decodeAnyway(event.bytes, event.offset, event.length))
  const index = record.index < 0 ? undefined : record.index
  switch (record.kind) {
    case 'clone':
      return cloneError(record)
    case 'pending':
      return new NeverSettlesError(fn, index, record.error === true)
    case 'load':
      return loadError(record, call)
    case 'module':
      return moduleError(record, call)
    case 'json':
      return notJson(record)
    case 'changes':
      return noDifference(record)
    case 'crash':
    case 'exit':
      return lost(record, call)
    default:
      return thrown(record.error, call, index)
  }
}

/** The text in which items were looked for has none from some byte on. */
function noItem({ bytes, offset, length }: Payload): InvalidJsonError {
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, length)
  const number = (place: number) => view.getFloat64(place * 8, true)
  const head = 5 * 8
  const reason = textOf({ bytes, offset: offset + head, length: length - head })
  return new InvalidJsonError('The text', reason, number(2), number(3), number(1), number(4))
}

/** What a function changed in an item cannot be told. */
function noDifference({ error, index }: FailureRecord): PatchError {
  const { path, why } = diffRefusal(error)
  return patchError(path, why + atItem(index < 0 ? undefined : index))
}

function notJson({
  error,
  index,
  line = 0,
  column = 0,
  offset = 0,
}: FailureRecord): InvalidJsonError {
  const what = index < 0 ? 'The text' : `Item ${index}`
  const at = index < 0 ? undefined : index
  return new InvalidJsonError(what, String(error), line, column, offset, at)
}

function thrown(cause: unknown, call: Call, index: number | undefined): FunctionError {
  const fn = call.function
  if (!(cause instanceof Error)) {
    return new FunctionError(`${fn} threw${atItem(index)} a value that is no Error`, index, {
      cause,
    })
  }
  const stack = cutStacks(cause, call)
  const hint = referenceHint(cause, stack, call)
  return new FunctionError(`${fn} threw${atItem(index)}: ${textOfError(cause)}${hint}`, index, {
    cause,
  })
}

function moduleError({ error, module }: FailureRecord, call: Call): ModuleLoadError {
  if (error instanceof Error) cutStacks(error, call)
  const text = error instanceof Error ? error.message : inspect(error)
  const reason = module === undefined ? text : `module '${module}' threw ${textOfError(error)}`
  return new ModuleLoadError(call.function, reason, { cause: error }, module)
}

function lost({ kind, error }: FailureRecord, call: Call): WorkerLostError {
  const worker = `The worker that ran ${call.function}`
  if (kind === 'exit') {
    return new WorkerLostError(worker, `process.exit was called in it, with code ${String(error)}`)
  }
  if (error instanceof Error) cutStacks(error, call)
  return new WorkerLostError(worker, `nobody caught ${textOfError(error)}`, { cause: error })
}

function loadError({ error, line, column, module }: FailureRecord, call: Call): Error {
  if (error instanceof Error) {
    cutStacks(error, call)
    const place = line ? ` (line ${line}, column ${column})` : ''
    const where = module === undefined ? '' : `, in module '${module}'`
    return new SourceError(
      `${call.function} does not compile${where}: ${error.message}${place}`,
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
