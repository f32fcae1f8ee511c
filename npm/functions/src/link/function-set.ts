import { sha256 } from '../store/hash.js'
import { EMPTY, type EntryInForce, type FunctionRecord, type Head } from '../store/store.js'
import { Requirers } from './requirers.js'

/** What makes another set of one. */
export interface SetChange {
  readonly head: Head
  readonly entries: readonly EntryInForce[]
  /** Texts, of names in force. */
  readonly records: readonly FunctionRecord[]
  /** Of names whose text cannot be had: why. */
  readonly damaged?: ReadonlyMap<string, Error>
}

/** All functions at one revision. It does not change: another revision is another set. */
export class FunctionSet {
  static readonly empty = new FunctionSet(EMPTY, new Map(), new Map(), new Map(), new Map())

  /** Of functions in force; those of pins are few. */
  readonly #requirers: Requirers
  #pinRequirers: Requirers | undefined

  constructor(
    readonly head: Head,
    /** By name; free names too, whose version is `null`. */
    readonly entries: ReadonlyMap<string, EntryInForce>,
    /** What is in force, by name. */
    readonly records: ReadonlyMap<string, FunctionRecord>,
    /** Versions that functions require by number, as `name@3`, whether in force or not. */
    readonly pins: ReadonlyMap<string, FunctionRecord>,
    /** Of names in force whose text cannot be had: why. */
    readonly damaged: ReadonlyMap<string, Error>,
    requirers = Requirers.of(records),
  ) {
    this.#requirers = requirers
  }

  /** The record of `name` or of `name@3`, as far as this set has it. */
  recordOf(key: string): FunctionRecord | undefined {
    return this.records.get(key) ?? this.pins.get(key)
  }

  /** The highest version that a name has ever had. */
  latest(name: string): number {
    return this.entries.get(name)?.latest ?? 0
  }

  /** Versions that functions in force require by number. */
  get pinned(): readonly string[] {
    return this.#requirers.pinned
  }

  /** Who requires a function, by keys: `name`, and `name@3` for versions that are pinned. */
  requirersOf(key: string): string[] {
    this.#pinRequirers ??= Requirers.of(this.pins)
    return [...this.#requirers.of(key), ...this.#pinRequirers.of(key)]
  }

  /** Keys of all that are other functions when these are, themselves included. */
  affectedBy(names: Iterable<string>): Set<string> {
    const affected = new Set(names)
    for (const key of affected) {
      for (const requirer of this.requirersOf(key)) affected.add(requirer)
    }
    return affected
  }

  /** Names in force that require a function, directly or by others. Who pins a version does not. */
  dependentsOf(name: string): string[] {
    const own = (key: string) => !this.records.has(key) || key === name
    const affected = [...this.affectedBy([name])]
    return affected.filter((key) => !own(key)).sort()
  }

  /** The set that a change makes of this one, pins apart. It costs as much as the change is large. */
  after({ head, entries: changed, records, damaged = new Map() }: SetChange): FunctionSet {
    const entries = new Map(this.entries)
    const inForce = new Map(this.records)
    const broken = new Map(this.damaged)
    for (const entry of changed) {
      entries.set(entry.name, entry)
      broken.delete(entry.name)
      const record = inForce.get(entry.name)
      const isKept = record?.version === entry.version && record?.hash === entry.hash
      if (!isKept) inForce.delete(entry.name)
    }
    for (const [name, error] of damaged) broken.set(name, error)
    for (const record of records) {
      if (entries.get(record.name)?.version === record.version) inForce.set(record.name, record)
    }
    const names = new Set([...changed, ...records].map(({ name }) => name))
    const others = Array.from(names, (key) => ({
      key,
      before: this.records.get(key),
      after: inForce.get(key),
    }))
    const requirers = this.#requirers.after(others)
    return new FunctionSet(head, entries, inForce, this.pins, broken, requirers)
  }

  /** The same functions, with other pins. */
  withPins(pins: ReadonlyMap<string, FunctionRecord>): FunctionSet {
    const { head, entries, records, damaged } = this
    return new FunctionSet(head, entries, records, pins, damaged, this.#requirers)
  }
}

/** One identity for several. */
export function joinedHash(parts: readonly unknown[]): string {
  return sha256(JSON.stringify(parts))
}
