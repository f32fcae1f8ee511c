import { checkName, referenceOf } from '../names/name.js'
import {
  FunctionInUseError,
  FunctionNotFoundError,
  InvalidSourceError,
  VersionConflictError,
  VersionNotFoundError,
  wrong,
} from '../errors/errors.js'
import { checkKeys } from '../errors/options.js'
import type { FunctionSet } from '../link/function-set.js'
import { declaredIn, readSource } from '../link/source.js'
import { Breath } from '../loading/breath.js'
import { nearest } from '../names/nearest.js'
import type { Deadline } from '../store/guarded.js'
import { hashOf } from '../store/hash.js'
import type { Entry, FunctionRecord } from '../store/store.js'
import type { ChangeNote, Draft } from './draft.js'
import type { Judge, Judged } from './judge.js'

/** A function that is to be published. */
export interface Publication {
  /** `lib/tax`, by which calls and other functions find it. */
  name: string
  /** A function expression, CommonJS, or an ES module. */
  source: string
  /** The version that must be in force for this to happen; 0 for none. */
  ifVersion?: number
  /** What `list({ tag })` finds it by. Default: those it has. */
  tags?: readonly string[]
  /** Functions that it requires by names that its text computes. */
  requires?: readonly string[]
}

const KNOWN: readonly (keyof Publication)[] = ['name', 'source', 'ifVersion', 'tags', 'requires']

/** Makes drafts. Each is a function of the set that is in force when its turn has come. */
export class Publications {
  readonly #judge: Judge

  constructor(judge: Judge) {
    this.#judge = judge
  }

  /**
   * @param removed names that are to be free
   * @param deadline by when checks must have answered; where there is none, each has the time of its own
   */
  async publish(
    set: FunctionSet,
    publications: readonly Publication[],
    removed: readonly string[],
    { note, author }: ChangeNote,
    deadline?: Deadline,
  ): Promise<Draft> {
    const coming = new Set(publications.map(({ name }) => name))
    const going = new Set(removed)
    const isThere = (key: string) => {
      const reference = referenceOf(key)
      if (reference === undefined) return false
      const { name, version } = reference
      if (version !== undefined) return version <= set.latest(name)
      return coming.has(name) || (set.records.has(name) && !going.has(name))
    }
    const about = {
      ...(note === undefined ? {} : { note }),
      ...(author === undefined ? {} : { author }),
    }
    let names: string[] | undefined
    const modules = () => (names ??= [...new Set([...set.records.keys(), ...coming])])
    const breath = new Breath()
    const entries: Entry[] = []
    const records: FunctionRecord[] = []
    const judged: Judged[] = []
    for (const publication of publications) {
      const { name, source, ifVersion, tags, requires = [] } = publication
      expectVersion(set, name, ifVersion)
      const entry = set.entries.get(name)
      await breath.taken()
      if (source.trim() === '') throw new InvalidSourceError(name, 'the text is empty', 0, 0)
      const what = { source, ...readSource(name, source, requires, isThere) }
      const hash = hashOf(what)
      const kept = tags ?? entry?.tags
      const isSame = entry?.hash === hash && !set.damaged.has(name)
      if (isSame && sameTags(kept, entry.tags)) continue
      judged.push({ name, source, form: what.form, modules, declares: requires.length > 0 })
      const latest = set.latest(name) + (isSame ? 0 : 1)
      const version = isSame ? entry.version! : latest
      entries.push({
        name,
        version,
        hash,
        latest,
        kind: 'publish',
        ...(kept?.length ? { tags: kept } : {}),
      })
      if (!isSame) records.push({ name, version, hash, ...what, ...about, at: Date.now() })
    }
    for (const name of removed) entries.push(removal(set, name, undefined))
    const diagnostics = await this.#judge.pass(judged, deadline)
    const withVerdict = (record: FunctionRecord) => ({
      ...record,
      ...this.#judge.verdict(diagnostics.get(record.name)!),
    })
    return { entries, records: records.map(withVerdict), diagnostics }
  }

  /** What was to be published while the store was away. What the store has taken after all is no conflict. */
  async late(
    set: FunctionSet,
    publications: readonly Publication[],
    removed: readonly string[],
    note: ChangeNote,
    deadline: Deadline,
  ): Promise<Draft> {
    const left = publications.map((each) => {
      const { ifVersion: _, ...taken } = each
      return set.records.get(each.name)?.source === each.source ? taken : each
    })
    const there = removed.filter((name) => set.records.has(name))
    return this.publish(set, left, there, note, deadline)
  }

  /** @param older gives a version's record */
  async rollback(
    set: FunctionSet,
    name: string,
    to: number | undefined,
    ifVersion: number | undefined,
    older: (name: string, version: number) => Promise<FunctionRecord>,
  ): Promise<Draft> {
    const entry = inForce(set, name)
    expectVersion(set, name, ifVersion)
    const version = to ?? entry.version! - 1
    if (version < 1 || version > entry.latest) {
      throw new VersionNotFoundError(name, version, entry.latest)
    }
    if (version === entry.version && !set.damaged.has(name)) return { entries: [], records: [] }
    const record = await older(name, version)
    const { latest, tags } = entry
    const next = { name, version, hash: record.hash, latest, kind: 'rollback' } as const
    return { entries: [{ ...next, ...(tags ? { tags } : {}) }], records: [], older: [record] }
  }

  unpublish(set: FunctionSet, name: string, force: boolean, ifVersion: number | undefined): Draft {
    inForce(set, name)
    const dependents = requirersOf(set, name)
    if (dependents.length > 0 && !force) throw new FunctionInUseError(name, dependents)
    return { entries: [removal(set, name, ifVersion)], records: [] }
  }

  rename(set: FunctionSet, from: string, to: string, { note, author }: ChangeNote): Draft {
    const { tags } = inForce(set, from)
    const taken = set.entries.get(to)?.version ?? 0
    if (taken !== 0) throw VersionConflictError.ofTakenName(to, taken)
    const dependents = requirersOf(set, from)
    if (dependents.length > 0) throw new FunctionInUseError(from, dependents)
    const { source, requires, warnings, rulesHash } = set.records.get(from)!
    const isThere = (key: string) => set.records.has(key)
    const what = { source, ...readSource(to, source, declaredIn(requires), isThere) }
    const latest = set.latest(to) + 1
    const record: FunctionRecord = {
      name: to,
      version: latest,
      hash: hashOf(what),
      ...what,
      ...(note === undefined ? {} : { note }),
      ...(author === undefined ? {} : { author }),
      ...(warnings === undefined ? {} : { warnings }),
      ...(rulesHash === undefined ? {} : { rulesHash }),
      at: Date.now(),
    }
    const { version, hash } = record
    const gone = { ...removal(set, from, undefined), kind: 'rename', other: to } as const
    const come = { name: to, version, hash, latest, kind: 'rename', other: from } as const
    return { entries: [gone, { ...come, ...(tags ? { tags } : {}) }], records: [record] }
  }
}

function removal(set: FunctionSet, name: string, ifVersion: number | undefined): Entry {
  const { latest } = inForce(set, name)
  expectVersion(set, name, ifVersion)
  return { name, version: null, hash: null, latest, kind: 'unpublish' }
}

/** Names in force that require `name` themselves. */
function requirersOf(set: FunctionSet, name: string): string[] {
  return set
    .requirersOf(name)
    .filter((key) => set.records.has(key))
    .sort()
}

function inForce(set: FunctionSet, name: string) {
  const entry = set.entries.get(name)
  if (entry === undefined || entry.version === null) {
    throw new FunctionNotFoundError(name, nearest(name, set.records.keys()))
  }
  return entry
}

function expectVersion(set: FunctionSet, name: string, ifVersion: number | undefined): void {
  if (ifVersion === undefined) return
  const actual = set.entries.get(name)?.version ?? 0
  if (actual !== ifVersion) {
    throw VersionConflictError.ofVersion(name, ifVersion, actual, set.latest(name))
  }
}

function sameTags(one: readonly string[] | undefined, other: readonly string[] | undefined) {
  return JSON.stringify(one ?? []) === JSON.stringify(other ?? [])
}

/** How errors name a publication, and what belongs to it. */
export interface PublicationPlace {
  readonly whole: string
  of(key: keyof Publication): string
}

/** One that is given as `(name, source, options)`. */
export const IN_ARGUMENTS: PublicationPlace = {
  whole: 'options',
  of: (key) => (key === 'name' || key === 'source' ? key : `options.${key}`),
}

/** One of those that are given as a list. */
export function inList(i: number): PublicationPlace {
  const whole = `functions[${i}]`
  return { whole, of: (key) => `${whole}.${key}` }
}

/** @throws {InvalidArgumentError} */
export function checkPublication(publication: Publication, { whole, of }: PublicationPlace): void {
  if (typeof publication !== 'object' || publication === null) {
    throw wrong(whole, '{ name, source }', publication)
  }
  checkKeys(publication, KNOWN, whole)
  const { name, source, ifVersion, tags, requires } = publication
  checkName(of('name'), name)
  if (typeof source === 'function') {
    throw wrong(of('source'), 'its text, as String(fn) gives it', source)
  }
  if (typeof source !== 'string') throw wrong(of('source'), 'a string', source)
  checkIfVersion(of('ifVersion'), ifVersion)
  for (const [key, list] of [
    ['tags', tags],
    ['requires', requires],
  ] as const) {
    const isList =
      Array.isArray(list) && list.every((each) => typeof each === 'string' && each !== '')
    if (list !== undefined && !isList) throw wrong(of(key), 'an array of strings', list)
  }
  for (const each of requires ?? []) {
    if (referenceOf(each) === undefined) throw wrong(of('requires'), 'names of functions', each)
  }
}

/** @throws {InvalidArgumentError} */
export function checkIfVersion(what: string, value: unknown): void {
  if (value === undefined || (Number.isSafeInteger(value) && (value as number) >= 0)) return
  throw wrong(what, 'a version, or 0 for no function', value)
}

/** @throws {InvalidArgumentError} */
export function checkNamedOnce(names: readonly string[]): void {
  const seen = new Set<string>()
  for (const name of names) {
    if (seen.has(name)) throw wrong('functions', 'each named once', name)
    seen.add(name)
  }
}
