import { FunctionNotFoundError } from '../errors/errors.js'
import { FunctionSet } from '../link/function-set.js'
import type { Linked, Surroundings } from '../link/linked.js'
import { Linker } from '../link/linker.js'
import { nearest } from '../names/nearest.js'
import type { Loader } from './loader.js'

/** A version that this process cannot load. */
export interface Rejected {
  readonly name: string
  readonly version: number
  /** Since when. */
  readonly revision: number
  readonly reason: Error
  /** The version that serves in its place; `undefined` where there was none. */
  readonly serves: number | undefined
}

/** A set that can take the place of the one in force. */
export interface Prepared {
  readonly set: FunctionSet
  /** All functions of the set, as far as they can be linked, by keys. */
  readonly linked: Map<string, Linked>
  /** Names whose functions are others than before. */
  readonly affected: readonly string[]
  /** Of these, why those cannot be in force that cannot. */
  readonly failures: ReadonlyMap<string, Error>
}

/** What calls run, and how another revision takes its place. */
export class InForce {
  readonly #loader: Loader
  readonly #surroundings: Surroundings
  #set = FunctionSet.empty
  #linked = new Map<string, Linked>()
  readonly #serving = new Map<string, Linked>()
  readonly #rejected = new Map<string, Rejected>()

  constructor(loader: Loader, surroundings: Surroundings) {
    this.#loader = loader
    this.#surroundings = surroundings
  }

  get set(): FunctionSet {
    return this.#set
  }

  get rejected(): ReadonlyMap<string, Rejected> {
    return this.#rejected
  }

  /** Those of them that are to be warm. */
  get warm(): Linked[] {
    return this.#loader.warmOnes(this.#serving.values())
  }

  /** All functions that calls can run. */
  get serving(): ReadonlyMap<string, Linked> {
    return this.#serving
  }

  /**
   * What a call of a name runs.
   *
   * @throws {FunctionNotFoundError} there is none
   * @throws {Error} why it cannot be loaded, where it never could
   */
  find(name: string): Linked {
    const found = this.#serving.get(name)
    if (found !== undefined) return found
    const rejected = this.#rejected.get(name)
    if (rejected !== undefined) throw rejected.reason
    throw this.unknown(name)
  }

  /** That there is no function of this name. */
  unknown(name: string): FunctionNotFoundError {
    return new FunctionNotFoundError(name, nearest(name, this.#set.records.keys()))
  }

  /** A function of the set in force that is not in force itself: a version that a caller pins. */
  link(set: FunctionSet, key: string): Linked {
    return new Linker(set, new Map(this.#linked), this.#surroundings).link(key)
  }

  /** A function of a set that will not be in force. Nothing of it is kept. */
  linkAnew(set: FunctionSet, key: string): Linked {
    return new Linker(set, new Map(), this.#surroundings).link(key)
  }

  /**
   * Links another set, and has isolates load what is other there.
   *
   * @param changed names that may be others
   * @param loadsAll whether to load all that is affected, or only what is to be warm
   */
  async prepare(set: FunctionSet, changed: Iterable<string>, loadsAll: boolean): Promise<Prepared> {
    const touched = new Set(changed)
    for (const pin of set.pins.keys()) if (!this.#set.pins.has(pin)) touched.add(pin)
    const keys = set.affectedBy(touched)
    const linked = new Map(this.#linked)
    for (const key of keys) linked.delete(key)
    for (const pin of this.#set.pins.keys()) if (!set.pins.has(pin)) linked.delete(pin)
    const affected = [...keys].filter((key) => set.entries.has(key))
    const failures = new Map<string, Error>()
    const linker = new Linker(set, linked, this.#surroundings)
    const others: Linked[] = []
    for (const name of affected) {
      if (set.entries.get(name)!.version === null) continue
      try {
        const next = linker.link(name)
        if (this.#serving.get(name)?.linkHash !== next.linkHash) others.push(next)
      } catch (error) {
        failures.set(name, error as Error)
      }
    }
    const toLoad = loadsAll ? others : this.#loader.warmOnes(others)
    for (const [name, error] of await this.#loader.load(toLoad)) failures.set(name, error)
    spread(failures, others)
    return { set, linked, affected, failures }
  }

  /** Puts a set in force, all at once. What cannot be loaded is served as it was. */
  install({ set, linked, affected, failures }: Prepared): Rejected[] {
    this.#set = set
    this.#linked = linked
    const rejected: Rejected[] = []
    for (const name of affected) {
      const reason = failures.get(name)
      const { version } = set.entries.get(name)!
      this.#rejected.delete(name)
      if (version === null) this.#serving.delete(name)
      else if (reason === undefined) this.#serving.set(name, linked.get(name)!)
      else {
        const serves = this.#serving.get(name)?.record.version
        const { revision } = set.head
        const entry = { name, version, revision, reason, serves }
        this.#rejected.set(name, entry)
        rejected.push(entry)
      }
    }
    this.#loader.keepWarm(this.#serving.values())
    return rejected
  }

  /** Nothing is in force any more. */
  clear(): void {
    this.#set = FunctionSet.empty
    this.#linked.clear()
    this.#serving.clear()
    this.#rejected.clear()
    this.#loader.keepWarm([])
  }

  /** A prepared set will not be in force. */
  drop(): void {
    this.#loader.keepWarm(this.#serving.values())
  }
}

/** What requires a function that cannot be loaded cannot be in force either, also if it would require it late. */
function spread(failures: Map<string, Error>, functions: readonly Linked[]): void {
  if (failures.size === 0) return
  const failed = new Map(
    functions
      .filter(({ record }) => failures.has(record.name))
      .map(({ id, record }) => [id, failures.get(record.name)!]),
  )
  for (const linked of functions) {
    for (const { id } of linked.reached) {
      const reason = failed.get(id)
      if (reason !== undefined && !failures.has(linked.record.name)) {
        failures.set(linked.record.name, reason)
      }
    }
  }
}
