/**
 * What a worker answers with beside the codec's values. An isolate writes it, and what can happen to
 * an isolate's memory is nothing that the host takes for granted: every number is checked.
 */

import type { Decoder } from '../codec/index.js'
import type { DiffRefusal } from '../differ/operation.js'
import { BadPayloadError } from '../errors/errors.js'
import {
  align,
  LOG_LEVELS,
  OUTCOME_HEADER_WORDS,
  WORD,
  type FailureRecord,
  type LogRecord,
} from '../protocol.js'
import type { TextPlace } from '../values/text.js'
import type { ResultBlock } from './results.js'

/** Where an answer's bytes are. */
interface Bytes {
  bytes: Uint8Array
  offset: number
  length: number
}

/** With the number of items that it is about. */
interface Answer extends Bytes {
  count: number
}

/** Bytes of an outcome that belong to some of its items, by their index in the chunk. */
export interface OutcomePart {
  start: number
  count: number
  offset: number
  length: number
  /** Of a failure, where items are text: where its text is. */
  place: TextPlace | undefined
}

/** An outcome's parts, as `protocol.ts` says. */
export interface OutcomeParts {
  blocks: OutcomePart[]
  /** Each is of one item. */
  failures: OutcomePart[]
}

/**
 * The parts of an outcome.
 *
 * @param isText whether the items are text
 * @throws {BadPayloadError} for one that leads out of its bytes or its chunk
 */
export function outcomeParts(answer: Answer, isText: boolean): OutcomeParts {
  const { bytes, offset, length } = answer
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, length)
  let at = 0
  const word = (): number => {
    const value = view.getUint32(at, true)
    at += WORD
    return value
  }
  if (length < OUTCOME_HEADER_WORDS * WORD) throw bad(at, 'an outcome without a head')
  const blocks = word()
  const failures = word()
  const head = (OUTCOME_HEADER_WORDS + blocks * 3 + failures * (isText ? 5 : 2)) * WORD
  if (head > length) throw bad(at, `${blocks} blocks and ${failures} failures`)
  let payload = align(head)
  const part = (isBlock: boolean): OutcomePart => {
    const start = word()
    const count = isBlock ? word() : 1
    const size = word()
    if (start + count > answer.count) throw bad(at, `items ${start} to ${start + count}`)
    if (payload + size > length && size > 0) throw bad(at, `a part of ${size} bytes`)
    const place =
      isBlock || !isText ? undefined : { offset: word() + word() * 0x1_0000_0000, length: word() }
    const found = { start, count, offset: offset + payload, length: size, place }
    payload += align(size)
    return found
  }
  return {
    blocks: Array.from({ length: blocks }, () => part(true)),
    failures: Array.from({ length: failures }, () => part(false)),
  }
}

/**
 * Checks that a block has the bytes, or the elements, that its items come to.
 *
 * @throws {BadPayloadError} where it has not
 */
export function expectSize(block: ResultBlock, size: number, expected: number): void {
  if (size !== expected) throw bad(0, `${size} for ${block.count} items, not ${expected}`)
}

const KINDS: ReadonlySet<unknown> = new Set<FailureRecord['kind']>([
  'throw',
  'clone',
  'pending',
  'load',
  'module',
  'crash',
  'exit',
  'changes',
  'json',
])

/**
 * A failure as it was decoded.
 *
 * @throws {BadPayloadError} for what is none
 */
export function failureRecord(value: unknown): FailureRecord {
  if (typeof value !== 'object' || value === null) throw bad(0, 'no record of a failure')
  const { kind, index, path, module, first, line, column, offset } = value as Record<
    string,
    unknown
  >
  const isRecord =
    KINDS.has(kind) &&
    typeof index === 'number' &&
    [path, module].every((text) => text === undefined || typeof text === 'string') &&
    [first, line, column, offset].every(
      (number) => number === undefined || typeof number === 'number',
    )
  if (!isRecord) throw bad(0, 'no record of a failure')
  return value as FailureRecord
}

/** Why there is no difference, as a failure's record has it. */
export function diffRefusal(value: unknown): DiffRefusal {
  const { path, why } = (value ?? {}) as Partial<DiffRefusal>
  if (!Array.isArray(path) || !path.every(isStep) || typeof why !== 'string') {
    throw bad(0, 'no refusal of a difference')
  }
  return { path, why }
}

function isStep(step: unknown): boolean {
  if (typeof step === 'string' || typeof step === 'number') return true
  return typeof step === 'object' && step !== null && Object.values(step).every(isPrimitive)
}

function isPrimitive(value: unknown): boolean {
  return value === null || (typeof value !== 'object' && typeof value !== 'function')
}

const LEVELS: ReadonlySet<unknown> = new Set(LOG_LEVELS)

/** Log records, as far as they can be read. */
export function logRecords(decoder: Decoder, { bytes, offset, length }: Bytes): LogRecord[] {
  try {
    const records = decoder.decode(bytes, offset, length)
    return Array.isArray(records) ? records.filter(isLogRecord) : []
  } catch (error) {
    return [['warn', `[unreadable: ${(error as Error).message}]`, Date.now(), -1, '']]
  }
}

function isLogRecord(value: unknown): value is LogRecord {
  return (
    Array.isArray(value) &&
    LEVELS.has(value[0]) &&
    typeof value[1] === 'string' &&
    typeof value[2] === 'number' &&
    Number.isSafeInteger(value[3]) &&
    typeof value[4] === 'string'
  )
}

function bad(offset: number, what: string): BadPayloadError {
  return new BadPayloadError(offset, what)
}
