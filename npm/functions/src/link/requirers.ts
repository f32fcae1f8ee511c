import type { FunctionRecord } from '../store/store.js'

/** What stands under a key, before and now. */
export interface RecordChange {
  readonly key: string
  readonly before: FunctionRecord | undefined
  readonly after: FunctionRecord | undefined
}

/** Who requires what, by keys. It does not change: other records have another, made of this one. */
export class Requirers {
  static readonly none = new Requirers(new Map())

  readonly #byRequired: ReadonlyMap<string, ReadonlySet<string>>
  #pinned: readonly string[] | undefined

  private constructor(byRequired: ReadonlyMap<string, ReadonlySet<string>>) {
    this.#byRequired = byRequired
  }

  static of(records: ReadonlyMap<string, FunctionRecord>): Requirers {
    const all = Array.from(records, ([key, after]) => ({ key, before: undefined, after }))
    return Requirers.none.after(all)
  }

  /** Keys of those that require a function themselves. */
  of(key: string): Iterable<string> {
    return this.#byRequired.get(key) ?? []
  }

  /** What is required by number, as `name@3`. */
  get pinned(): readonly string[] {
    return (this.#pinned ??= [...this.#byRequired.keys()].filter((key) => key.includes('@')))
  }

  /** That of the same records, but for some that are others. What these are not about is shared. */
  after(changes: readonly RecordChange[]): Requirers {
    const next = new Map(this.#byRequired)
    const own = new Map<string, Set<string>>()
    const ownOf = (required: string) => {
      let requirers = own.get(required)
      if (requirers === undefined) {
        requirers = new Set(this.#byRequired.get(required))
        own.set(required, requirers)
        next.set(required, requirers)
      }
      return requirers
    }
    for (const { key, before, after } of changes) {
      const [old, now] = [requiredBy(before), requiredBy(after)]
      for (const required of old) if (!now.has(required)) ownOf(required).delete(key)
      for (const required of now) if (!old.has(required)) ownOf(required).add(key)
    }
    if (own.size === 0) return this
    for (const [required, requirers] of own) if (requirers.size === 0) next.delete(required)
    return new Requirers(next)
  }
}

function requiredBy(record: FunctionRecord | undefined): ReadonlySet<string> {
  return new Set(record && Object.values(record.requires))
}
