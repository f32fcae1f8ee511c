import type { Committed } from '../changes/committer.js'
import type { ChangeNote } from '../changes/draft.js'
import type { Publication } from '../changes/publications.js'
import type { FunctionSet } from '../link/function-set.js'
import { isAbout, type JournalEntry, type Moves } from '../local/journal.js'
import { wrong } from '../errors/errors.js'
import { checkKeys, checkMilliseconds } from '../errors/options.js'
import type { PublishResult } from './info.js'

/** Options of a change. */
export interface ChangeOptions extends ChangeNote {
  /** Milliseconds for the change to get its turn, for `check` to answer, and for the store to take it. Default: the registry's. */
  timeout?: number
}

/** Options of `publish`. */
export interface PublishOptions extends ChangeOptions, Omit<Publication, 'name' | 'source'> {}

/** Options of `publishAll`. */
export interface PublishAllOptions extends ChangeOptions {
  /** Names that are to be free afterwards. */
  remove?: readonly string[]
}

/**
 * @param own options that the change has beside those of every change
 * @throws {InvalidArgumentError}
 */
export function checkChange(options: ChangeOptions, own: readonly string[] = []): void {
  checkKeys(options, [...own, 'note', 'author', 'timeout'])
  const { timeout, note, author } = options
  if (timeout !== undefined) checkMilliseconds('options.timeout', timeout)
  for (const [key, text] of [
    ['note', note],
    ['author', author],
  ] as const) {
    if (text !== undefined && typeof text !== 'string') {
      throw wrong(`options.${key}`, 'a string', text)
    }
  }
}

/** What a publish has come to, for each function. */
export function resultsOf(
  publications: readonly Publication[],
  { before, draft, change }: Pick<Committed, 'before' | 'draft' | 'change'>,
): PublishResult[] {
  const entries = new Map(draft.entries.map((entry) => [entry.name, entry]))
  const created = new Set(draft.records.map(({ name }) => name))
  return publications.map(({ name }) => {
    const entry = entries.get(name)
    const old = before.entries.get(name)
    const next = change?.revision ?? before.head.revision + 1
    // Of the text in force, what was found when it was published.
    const known = before.records.get(name)?.warnings ?? []
    return {
      name,
      version: (entry ?? old)!.version!,
      hash: (entry ?? old)!.hash!,
      revision: entry === undefined ? old!.revision : next,
      created: created.has(name),
      diagnostics: draft.diagnostics?.get(name) ?? known,
    }
  })
}

/**
 * What a publish will come to that waits in the journal.
 *
 * @param ahead what waits there before it
 */
export function pendingResults(
  publications: readonly Publication[],
  drafted: Pick<Committed, 'before' | 'draft'>,
  ahead: readonly JournalEntry[],
): PublishResult[] {
  const { before } = drafted
  const revision = before.head.revision + 1 + ahead.length
  return resultsOf(publications, { ...drafted, change: undefined }).map((result) => {
    const { name } = result
    if (!ahead.some((entry) => isAbout(entry, name))) return { ...result, revision, pending: true }
    const version = before.latest(name) + comingOf(name, ahead) + 1
    return { ...result, version, revision, created: true, pending: true }
  })
}

/** How many publishes of a name wait in the journal. */
function comingOf(name: string, waiting: readonly JournalEntry[]): number {
  return waiting.flatMap(({ functions }) => functions).filter((each) => each.name === name).length
}

/**
 * Publications as they can be tried before those are made that wait in the journal: one for the version to which
 * these lead, as their callers were told, is tried on what is in force.
 */
export function onWaiting(
  publications: readonly Publication[],
  waiting: readonly JournalEntry[],
  before: FunctionSet,
): Publication[] {
  return publications.map((each) => {
    const { name } = each
    const last = waiting.findLast((entry) => isAbout(entry, name))
    if (last === undefined) return each
    const coming = last.remove.includes(name) ? 0 : before.latest(name) + comingOf(name, waiting)
    const now = before.entries.get(name)?.version ?? 0
    return each.ifVersion === coming ? { ...each, ifVersion: now } : each
  })
}

/** Each function with the version that it was made for. */
export function journalEntry(
  publications: readonly Publication[],
  remove: readonly string[],
  { entries }: FunctionSet,
  { note, author }: ChangeNote,
): JournalEntry {
  const functions = publications.map((each) => ({
    ...each,
    ifVersion: each.ifVersion ?? entries.get(each.name)?.version ?? 0,
  }))
  const exact = publications.flatMap(({ name, ifVersion }) =>
    ifVersion === undefined ? [] : [name],
  )
  return { at: Date.now(), functions, exact, remove, ...about(note, author, undefined) }
}

/** Which versions publishing an entry of the journal has led from, and to. */
export function movesOf(
  { functions, remove }: JournalEntry,
  { before, draft, change }: Committed,
): Moves {
  const inForce = (name: string) => before.entries.get(name)?.version ?? 0
  const after = new Map(draft.entries.map(({ name, version }) => [name, version ?? 0]))
  const moved = (name: string, from = inForce(name)) =>
    [name, { from, to: after.get(name) ?? inForce(name) }] as const
  const versions = new Map([
    ...functions.map(({ name, ifVersion }) => moved(name, ifVersion)),
    ...remove.map((name) => moved(name)),
  ])
  return { revision: change?.revision ?? before.head.revision, versions }
}

/** Those of them that were given. */
export function about(
  note: string | undefined,
  author: string | undefined,
  timeout: number | undefined,
): ChangeOptions {
  return {
    ...(note === undefined ? {} : { note }),
    ...(author === undefined ? {} : { author }),
    ...(timeout === undefined ? {} : { timeout }),
  }
}
