import { randomUUID } from 'node:crypto'

import type { Diagnostic } from '../errors/errors.js'
import type { Change, Entry, FunctionRecord } from '../store/store.js'

/** A change that somebody wants to make, as it would be at some revision. */
export interface Draft {
  readonly entries: readonly Entry[]
  readonly records: readonly FunctionRecord[]
  /** Records of older versions that are to be in force. */
  readonly older?: readonly FunctionRecord[]
  readonly diagnostics?: ReadonlyMap<string, readonly Diagnostic[]>
}

/** Who changes something, and why. */
export interface ChangeNote {
  /** Why; the history tells it. */
  note?: string
  /** Who; the history tells it. */
  author?: string
}

/** The change that a draft is. */
export function changeOf({ entries, records }: Draft, { note, author }: ChangeNote): Change {
  return {
    id: randomUUID(),
    entries,
    records,
    at: Date.now(),
    ...(note === undefined ? {} : { note }),
    ...(author === undefined ? {} : { author }),
  }
}
