import type { InRevision, Runnables } from '../calls/runnables.js'
import type { Publication, Publications } from '../changes/publications.js'
import type { Diagnostic } from '../errors/errors.js'
import { FunctionSet } from '../link/function-set.js'
import { UNSAVED } from '../link/linked.js'
import type { InForce } from '../loading/in-force.js'
import type { FunctionRecord } from '../store/store.js'

/** What a call runs, and what checks have found of its texts that are not published, by name. */
export interface FoundUnsaved extends InRevision {
  readonly diagnostics: ReadonlyMap<string, readonly Diagnostic[]>
}

/** Texts that are not published: read, checked and linked as by a publish, but for one call. */
export class Unsaved {
  readonly #inForce: InForce
  readonly #publications: Publications
  readonly #runnables: Runnables
  readonly #begun: () => Promise<void>

  /** @param begun when there is something in force */
  constructor(
    inForce: InForce,
    publications: Publications,
    runnables: Runnables,
    begun: () => Promise<void>,
  ) {
    this.#inForce = inForce
    this.#publications = publications
    this.#runnables = runnables
    this.#begun = begun
  }

  /**
   * What a name stands for where texts are in the place of functions in force.
   *
   * @param key `name`, or `name@3`
   * @throws {InvalidSourceError | CheckFailedError} of a text
   * @throws {FunctionCycleError | MissingFunctionError} of what it requires
   */
  async find(key: string, texts: readonly Publication[]): Promise<FoundUnsaved> {
    if (texts.length === 0) {
      return { ...(await this.#runnables.findInRevision([key])), diagnostics: new Map() }
    }
    // Where there is no pool this throws, before anything is read.
    void this.#runnables.pool
    await this.#begun()
    const { set } = this.#inForce
    const { records, diagnostics = new Map() } = await this.#publications.publish(
      set,
      texts,
      [],
      {},
    )
    const linked = await this.#runnables.findIn(replaced(set, records), key)
    return { linked: [linked], revision: set.head.revision, diagnostics }
  }
}

/** A set with other texts. What they replace is at hand for those who pin it. */
function replaced(set: FunctionSet, texts: readonly FunctionRecord[]): FunctionSet {
  const [records, pins, damaged] = [new Map(set.records), new Map(set.pins), new Map(set.damaged)]
  for (const text of texts) {
    const { name } = text
    const old = records.get(name)
    if (old !== undefined) pins.set(`${name}@${old.version}`, old)
    records.set(name, { ...text, version: UNSAVED })
    damaged.delete(name)
  }
  return new FunctionSet(set.head, set.entries, records, pins, damaged)
}
