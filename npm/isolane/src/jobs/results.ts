import type { Target } from '../addon/outbox.js'
import { ReceivedBuffers, type Refuse } from '../codec/index.js'
import type { TextPlace } from '../values/text.js'

/** Encoded results of the items [first, first + count). */
export interface ResultBlock {
  first: number
  count: number
  bytes: Uint8Array
  offset: number
  length: number
  attachments: readonly ArrayBuffer[]
  /** Milliseconds that the job had run by then. */
  ran: number
  /** What `bytes` hold, where that has been read already. */
  values?: unknown
}

/** Gathers the results of a call. */
export interface Results<T> {
  /** Where isolates may put results by themselves, if that is worth it. Then blocks come empty. */
  readonly target?: Target | undefined
  /** Puts a block where it belongs. `refuse` is told which results this engine is too old for; without it, they are thrown. */
  keep(block: ResultBlock, refuse?: Refuse): void
  /** Whether they are JSON text, in which nobody looks anything up. */
  readonly isText?: boolean
  /** Whether each result is what has changed of an item. */
  readonly isChanges?: boolean
  /** Puts `value` where the result of item `index` would be, whose text is at `place`. */
  replace(index: number, value: unknown, place?: TextPlace): void
  /** All of it. */
  value(): T
  /** Only what is at the indices for which `has` holds, without gaps. */
  valueAt(has: (index: number) => boolean): T
}

/** Results that are a list, whose slots can be looked at. */
export interface ListResults extends Results<unknown[]> {
  /** Slots that nothing was put into are holes. */
  readonly list: unknown[]
}

export function isListResults(results: object): results is ListResults {
  return Object.hasOwn(results, 'list')
}

/** A payload in memory that stays: its own, or a copy of what is in the inbox. */
export function ownBuffer(bytes: Uint8Array, offset: number, length: number): Buffer {
  const isItsOwn = offset === 0 && length === bytes.length
  const view = Buffer.from(bytes.buffer, bytes.byteOffset + offset, length)
  return isItsOwn ? view : Buffer.from(view)
}

/** What came beside a payload, for a decoder. */
export function receivedBuffers(attachments: readonly ArrayBuffer[]): ReceivedBuffers | undefined {
  return attachments.length === 0 ? undefined : new ReceivedBuffers(attachments)
}
