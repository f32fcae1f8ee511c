import type { DataEvents } from '../data/status.js'
import type { FunctionWarmUpError } from '../errors/errors.js'
import type { CallEvent } from '../envelope/call-event.js'
import type { Rejected } from '../loading/in-force.js'

/** What is common to events about functions. */
export interface ChangeEvent {
  readonly name: string
  /** The revision by which it happened. */
  readonly revision: number
  /** Whether this registry did it, or another. */
  readonly isOwn: boolean
}

/** A version is in force. */
export interface VersionEvent extends ChangeEvent {
  readonly version: number
  readonly hash: string
}

/** Events of a registry, with what their listeners get. */
export interface RegistryEvents {
  /** A version was published, and is in force here. */
  published: [VersionEvent]
  /** An earlier version is in force again. */
  rolledBack: [VersionEvent]
  /** A name is free. */
  unpublished: [ChangeEvent]
  /** A function has another name. */
  renamed: [VersionEvent & { readonly from: string }]
  /** Another revision is in force here, with all its functions. */
  revision: [{ readonly revision: number }]
  /** A version cannot be loaded here; the one before serves on. */
  rejected: [Rejected]
  /** A warm function that is in force has failed for a sample, and is called even so. */
  warmUpError: [FunctionWarmUpError]
  /** A publish that was kept while the store was away cannot be made; its text is in the journal's file of the refused. */
  journalRefused: [{ readonly names: readonly string[]; readonly reason: Error }]
  /**
   * What somebody has edited where functions are kept cannot be published, or a file there could not be written;
   * what is in force is what it was.
   */
  editRefused: [{ readonly name: string; readonly reason: Error }]
  /**
   * A call of a function has ended, before its promise settles; of a stream, when it has come to its end or been
   * left. Calls that began before there was a listener, and those that were asked for wrongly, are not told.
   */
  call: [CallEvent]
  /** The store cannot be reached; told once, until it can again. Calls go on. */
  storeError: [Error]
  /** The store can be reached again, and what was missed is in force. */
  storeRecovered: []
  /** A load of data has succeeded; with `changed`, its value is another than before, and in use. */
  dataRefreshed: DataEvents['refreshed']
  /** A load of data has failed; what there was is used on. */
  dataError: DataEvents['failed']
  /** The journal could not be read or written. */
  journalError: [Error]
  /** The snapshot could not be written. */
  snapshotError: [Error]
}
