import type { Target } from '../addon/outbox.js'
import { ReceivedBuffers, type Refuse } from '../codec/index.js'

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
}

/** Gathers the results of a call. */
export interface Results<T> {
  /** Where isolates may put results by themselves, if that is worth it. Then blocks come empty. */
  readonly target?: Target | undefined
  /** Puts a block where it belongs. `refuse` is told which results this engine is too old for; without it, they are thrown. */
  keep(block: ResultBlock, refuse?: Refuse): void
  /** Puts `value` where the result of item `index` would be. */
  replace(index: number, value: unknown): void
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

/** What came beside a payload, for a decoder. */
export function receivedBuffers(attachments: readonly ArrayBuffer[]): ReceivedBuffers | undefined {
  return attachments.length === 0 ? undefined : new ReceivedBuffers(attachments)
}
