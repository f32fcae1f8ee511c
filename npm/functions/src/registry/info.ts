import type { Diagnostic } from '../errors/errors.js'
import type { EntryInForce, FunctionRecord, SourceForm } from '../store/store.js'

/** A version of a function. */
export interface VersionInfo {
  readonly name: string
  readonly version: number
  /** SHA-256 of what it is. */
  readonly hash: string
  readonly form: SourceForm
  /** Functions that it requires, by specifiers. */
  readonly requires: Readonly<Record<string, string>>
  readonly note?: string
  readonly author?: string
  /** What was found in its text when it was published, and did not refuse it. */
  readonly warnings: readonly Diagnostic[]
  /** Of the rules that it was judged by, and of what else decides what they find; `undefined` for none. */
  readonly rulesHash?: string
  readonly at: Date
}

/** A function in force. */
export interface FunctionInfo extends VersionInfo {
  /** The revision by which this version came into force. */
  readonly revision: number
  readonly tags: readonly string[]
}

/** A function in force, with its text. */
export interface FunctionDetails extends FunctionInfo {
  readonly source: string
}

/** What a publish has done. */
export interface PublishResult {
  readonly name: string
  /** The version in force. */
  readonly version: number
  readonly hash: string
  /** The revision by which this version came into force. */
  readonly revision: number
  /** False where this very text was in force already. */
  readonly created: boolean
  /** It waits in the journal for the store, and is not in force; version and revision are what they would be now. */
  readonly pending?: true
  /** Warnings of the checker. */
  readonly diagnostics: readonly Diagnostic[]
}

/** A version as users see it. */
export function versionInfo(record: FunctionRecord): VersionInfo {
  return infoOf(record)
}

/** A function in force as users see it. */
export function functionInfo(
  record: FunctionRecord,
  { revision, tags = [] }: EntryInForce,
): FunctionInfo {
  const info = infoOf(record)
  return Object.assign(info, { revision, tags: [...tags] })
}

/** Property by property: a list may have thousands, and to copy objects takes several times as long. */
function infoOf(record: FunctionRecord) {
  const { name, version, hash, form, requires, note, author, warnings = [], rulesHash, at } = record
  const info: { -readonly [K in keyof VersionInfo]: VersionInfo[K] } = {
    name,
    version,
    hash,
    form,
    requires: { ...requires },
    warnings: warnings.map((each) => ({ ...each })),
    at: new Date(at),
  }
  if (note !== undefined) info.note = note
  if (author !== undefined) info.author = author
  if (rulesHash !== undefined) info.rulesHash = rulesHash
  return info
}
