import { FunctionCycleError, MissingFunctionError } from '../errors/errors.js'
import { nearest } from '../names/nearest.js'
import type { FunctionSet } from './function-set.js'
import { Linked, type Surroundings } from './linked.js'

/** Most functions require none, and there may be thousands. */
const NONE: ReadonlyMap<string, Linked> = new Map()

/** Finds what functions of one set are made of. */
export class Linker {
  readonly #set: FunctionSet
  readonly #linked: Map<string, Linked>
  readonly #surroundings: Surroundings

  /** @param known what needs no linking, by keys; is added to */
  constructor(set: FunctionSet, known: Map<string, Linked>, surroundings: Surroundings) {
    this.#set = set
    this.#linked = known
    this.#surroundings = surroundings
  }

  /**
   * @param key `name`, or `name@3`
   * @throws {FunctionCycleError | MissingFunctionError}
   */
  link(key: string): Linked {
    return this.#link(key, key, [])
  }

  /** @param chain keys from the function in question to the one that asks */
  #link(key: string, specifier: string, chain: readonly string[]): Linked {
    const known = this.#linked.get(key)
    if (known !== undefined) return known
    const begin = chain.indexOf(key)
    if (begin !== -1) throw new FunctionCycleError([...chain.slice(begin), key])
    const damage = this.#set.damaged.get(key)
    if (damage !== undefined) throw damage
    const record = this.#set.recordOf(key)
    if (record === undefined) {
      // Those that ask for it are not what they mean.
      const others = [...this.#set.records.keys()].filter((name) => !chain.includes(name))
      throw new MissingFunctionError(specifier, chain, nearest(key, others))
    }
    const way = [...chain, key]
    const requires = Object.entries(record.requires).map(
      ([name, required]) => [name, this.#link(required, name, way)] as const,
    )
    const asked = requires.length === 0 ? NONE : new Map(requires)
    const linked = new Linked(record, asked, this.#surroundings)
    this.#linked.set(key, linked)
    return linked
  }
}
