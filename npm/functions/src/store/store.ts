/**
 * Where functions are kept: an append-only log of changes, and the text of every version.
 *
 * A store does three things only: it appends a change if nobody else has appended one in between, it tells
 * what is in force, and it gives texts. What a version is, what a name may be, and what a change means is the
 * registry's business: a store keeps entries and records as they are, and may keep them as JSON text.
 *
 * @module
 */

import type { Diagnostic } from '../errors/errors.js'

/** A point in the log. */
export interface Head {
  /** How many changes there have been. */
  readonly revision: number
  /**
   * The {@link Change.id} of the last one; `''` where there has been none. A store that has been restored,
   * emptied or failed over may come to the same revision by other changes: the id tells.
   */
  readonly id: string
}

/** Where every log begins. */
export const EMPTY: Head = { revision: 0, id: '' }

/** What a name stands for from some change on. */
export interface Entry {
  readonly name: string
  /** The version in force; `null` where the name is free. */
  readonly version: number | null
  /** The hash of that version's record; `null` for none. */
  readonly hash: string | null
  /** The highest version that the name has ever had, since numbers are not used again. */
  readonly latest: number
  readonly kind: 'publish' | 'rollback' | 'unpublish' | 'rename'
  /** With `rename`: the name that it had, or has now. */
  readonly other?: string
  /** What lists are asked for. */
  readonly tags?: readonly string[]
}

/** An entry in force, and since which revision it is. */
export interface EntryInForce extends Entry {
  readonly revision: number
}

/** How a source is read. */
export type SourceForm = 'function' | 'commonjs' | 'module'

/** A version of a function: never changed, never removed. Plain JSON. */
export interface FunctionRecord {
  readonly name: string
  /** From 1. */
  readonly version: number
  /** SHA-256, in hexadecimal, of what the version is. */
  readonly hash: string
  readonly source: string
  /** How the text is read: as one function expression, as CommonJS, or as an ES module. */
  readonly form: SourceForm
  /** The functions that it requires, by the specifiers of its text: `name`, or `name@3` for a pin. */
  readonly requires: Readonly<Record<string, string>>
  readonly note?: string
  readonly author?: string
  /** What was found in its text when it was published, and did not refuse it; the first hundred. */
  readonly warnings?: readonly Diagnostic[]
  /** The hash of the rules that it was judged by; none where there were none. */
  readonly rulesHash?: string
  /** When it was made, in milliseconds since 1970. */
  readonly at: number
}

/** Which version of which function. */
export interface VersionRef {
  readonly name: string
  readonly version: number
}

/** What is appended to the log: all of it or nothing. */
export interface Change {
  /** Unique (a random UUID): whoever has lost the answer finds out by it whether the change was made. */
  readonly id: string
  /** One for each name that changes; no name twice. */
  readonly entries: readonly Entry[]
  /** The versions that are new. */
  readonly records: readonly FunctionRecord[]
  readonly note?: string
  readonly author?: string
  /** When, in milliseconds since 1970. */
  readonly at: number
}

/** A change as the log tells it. */
export interface ChangeInfo extends Omit<Change, 'records'> {
  readonly revision: number
}

/** Which changes {@link FunctionStore.history} gives. */
export interface HistoryQuery {
  /** Those that change this name. Default: all. */
  readonly name?: string
  /** Those after this revision. Default: 0. */
  readonly since?: number
  /** Those up to this revision, itself included. Default: the last. */
  readonly until?: number
  /** At most so many. Default: 100. */
  readonly limit?: number
  /** Default: the oldest first. */
  readonly newestFirst?: boolean
}

/** What {@link FunctionStore.read} gives. */
export interface Reading {
  /** Up to where it goes. */
  readonly head: Head
  /**
   * Of each name that it is about the last entry, in no particular order. Names that are free are among
   * them, with `version: null`.
   */
  readonly entries: readonly EntryInForce[]
  /** Whether that is every name there has ever been, or those that changed after `since`. */
  readonly full: boolean
}

/** A function that somebody has changed in the store's place by hand. */
export interface Edit {
  readonly name: string
  /** What it is now; `null` where it has been taken away. */
  readonly source: string | null
}

/** How a store gives up a listener. */
export type Unwatch = () => Promise<void>

/**
 * A store of functions. Every method may be called at any time, several at once, and from many processes. A
 * method that fails rejects: with a {@link StoreConflictError} where the log was elsewhere, with a
 * {@link StoreCorruptError} where what is stored makes no sense, with anything else where the store is out of
 * reach. What it gives belongs to the caller; what it is given it must not keep by reference.
 *
 * `@isolane/functions/testing` has the tests that a store must pass.
 */
export interface FunctionStore {
  /** The end of the log. What was committed before the call, by anybody, is in it. */
  head(): Promise<Head>

  /**
   * What is in force. One moment of the log: all entries of a change, or none.
   *
   * @param since what the caller has read before. Where the log has that point, the store may give what
   *   changed after it; where it has not (another id, a later revision), it gives all
   */
  read(since?: Head): Promise<Reading>

  /**
   * Versions of functions, in the order of `refs`; `undefined` for one that was never made. Up to 500 at
   * once.
   */
  records(refs: readonly VersionRef[]): Promise<(FunctionRecord | undefined)[]>

  /**
   * Appends a change at `expect`: one revision more, all of it or nothing. Of several that expect the same
   * head exactly one succeeds.
   *
   * @returns the new head: the next revision, and the change's id
   * @throws {StoreConflictError} the log does not end at `expect`; tells where it does
   * @throws {InvalidArgumentError} the store cannot keep a function of such a name
   */
  commit(change: Change, expect: Head): Promise<Head>

  /** The changes themselves. */
  history(query?: HistoryQuery): Promise<ChangeInfo[]>

  /**
   * Calls `hint` when the log may have grown, with the new head where it is known, also for the store's own
   * commits. A hint may come late, twice, or not at all; after a connection was lost and is back there must
   * be one. Without this the registry polls only.
   *
   * @returns what ends it
   */
  watch?(hint: (head?: Head) => void): Promise<Unwatch>

  /**
   * Calls `found` with what somebody has changed by hand, once for each such state, so that it is published as
   * anything else. For stores whose place people edit.
   *
   * @param refused is told what cannot be as it should be: a file that is no function for its name, or that
   *   could not be written
   * @returns what ends it
   */
  edits?(
    found: (edits: readonly Edit[]) => void,
    refused?: (name: string, reason: Error) => void,
  ): Promise<Unwatch>

  /** Lets go of connections and timers. Closing twice does nothing. */
  close?(): Promise<void>
}
