import type { CallOptions, FunctionOfModules, Pool } from 'isolane'

import { InvalidArgumentError, VersionNotFoundError } from '../errors/errors.js'
import type { FunctionSet } from '../link/function-set.js'
import type { Linked } from '../link/linked.js'
import { checkReference } from '../names/name.js'
import { Deadline } from '../store/guarded.js'
import type { FunctionRecord, FunctionStore, VersionRef } from '../store/store.js'
import type { InForce } from '../loading/in-force.js'
import type { Readers } from './readers.js'
import { LATE, STOPPED, whileWaiting } from './waiting.js'
import { withPins } from '../loading/pins.js'

/** Versions that calls have pinned, which are kept at hand. */
const MOST_PINNED = 200

/** Functions, and a revision in which they are in force. */
export interface InRevision {
  readonly linked: readonly Linked[]
  readonly revision: number
}

/** What calls run, by names. */
export class Runnables {
  readonly #inForce: InForce
  readonly #store: FunctionStore
  readonly #timeout: number
  readonly #pool: Pool | undefined
  readonly #begun: () => Promise<void>
  readonly #readers: Readers | undefined
  /** What pins mean in the set in force; the last used are the last. */
  readonly #pinned = new Map<string, Linked>()
  #pinnedIn: FunctionSet | undefined
  /** The versions themselves, of any set; the last used are the last. */
  readonly #records = new Map<string, FunctionRecord>()

  /**
   * @param begun when there is something in force
   * @param readers tell what functions read
   */
  constructor(
    inForce: InForce,
    store: FunctionStore,
    timeout: number,
    pool: Pool | undefined,
    begun: () => Promise<void>,
    readers: Readers | undefined,
  ) {
    this.#inForce = inForce
    this.#store = store
    this.#timeout = timeout
    this.#pool = pool
    this.#begun = begun
    this.#readers = readers
  }

  /** @throws {InvalidArgumentError} there is none */
  get pool(): Pool {
    if (this.#pool !== undefined) return this.#pool
    throw new InvalidArgumentError(
      'This registry has no pool, so it cannot run functions; new FunctionRegistry(pool, …)',
    )
  }

  /** Whether data has ever been defined. */
  get hasData(): boolean {
    return this.#readers?.hasData ?? false
  }

  /**
   * Options with the data that a function reads; a promise where that has yet to be loaded.
   *
   * @throws what {@link Readers.withData} throws
   */
  withData<O extends CallOptions>(
    options: O | undefined,
    ...functions: FunctionOfModules[]
  ): O | undefined | Promise<O> {
    if (this.#readers === undefined || !this.hasData) return options
    return this.#readers.withData(functions, options)
  }

  /**
   * What a call looks for, unless its signal stops it first.
   *
   * @param name of what it runs
   * @throws what the pool refuses a call with that its signal has stopped
   */
  unlessStopped<T>(work: Promise<T>, name: string, options: CallOptions | undefined): Promise<T> {
    // Most calls have none, and are not to pay for it. Own options only.
    if (options === null || options === undefined || !Object.hasOwn(options, 'signal')) return work
    return this.#unlessStopped(work, name, options)
  }

  async #unlessStopped<T>(work: Promise<T>, name: string, options: CallOptions): Promise<T> {
    const { signal, callId }: CallOptions = { ...options }
    const found = await whileWaiting(work, signal)
    if (found !== STOPPED && found !== LATE) return found
    // The pool refuses it in its own words, whatever it would run.
    const refused = { name, source: '() => {}' }
    return this.pool.run<unknown, T>(refused, undefined, { signal, callId } as CallOptions)
  }

  /** What a name stands for, where that is at hand. */
  atOnce(name: string): FunctionOfModules | undefined {
    return this.#linkedAtOnce(name)?.runnable
  }

  #linkedAtOnce(name: string): Linked | undefined {
    if (this.#pool === undefined) return undefined
    const linked = this.#inForce.serving.get(name)
    if (linked !== undefined) return linked
    return this.#pinnedIn === this.#inForce.set ? this.#pinned.get(name) : undefined
  }

  /** What a name stands for. A registry that is being started has read its store first. */
  async find(name: string): Promise<FunctionOfModules> {
    return (await this.findLinked(name)).runnable
  }

  /** What names stand for at one moment, and the revision in which they do. */
  async findInRevision(names: readonly string[]): Promise<InRevision> {
    for (;;) {
      const { set } = this.#inForce
      const linked = await this.#findEach(names)
      if (set === this.#inForce.set) return { linked, revision: set.head.revision }
    }
  }

  async #findEach(names: readonly string[]): Promise<Linked[]> {
    if (names.length === 1) return [await this.findLinked(names[0]!)]
    return Promise.all(names.map((name) => this.findLinked(name)))
  }

  /** The revision in force. */
  get revision(): number {
    return this.#inForce.set.head.revision
  }

  /** The same, with its version and what it is linked from. */
  async findLinked(name: string): Promise<Linked> {
    const known = this.#linkedAtOnce(name)
    if (known !== undefined) return known
    const reference = checkReference(name)
    void this.pool
    await this.#begun()
    const { version } = reference
    if (version === undefined) return this.#inForce.find(name)
    return this.#findPinned(name, { name: reference.name, version })
  }

  /** What names stand for at one moment. */
  async findAll(names: readonly string[]): Promise<FunctionOfModules[]> {
    const [name] = names
    if (names.length === 1) return [this.atOnce(name!) ?? (await this.find(name!))]
    return (await this.findInRevision(names)).linked.map(({ runnable }) => runnable)
  }

  /**
   * What a name stands for in a set that is not in force. Nothing of it is kept.
   *
   * @throws {FunctionCycleError | MissingFunctionError}
   */
  async findIn(set: FunctionSet, key: string): Promise<Linked> {
    const { name, version } = checkReference(key)
    if (version !== undefined) {
      const wide = await this.#withVersion(set, key, { name, version })
      return this.#inForce.linkAnew(wide, key)
    }
    if (!set.records.has(name) && !set.damaged.has(name)) throw this.#inForce.unknown(name)
    const wide = await withPins(set, this.#store, new Deadline(this.#timeout))
    return this.#inForce.linkAnew(wide, name)
  }

  async #findPinned(key: string, reference: VersionRef): Promise<Linked> {
    const { set } = this.#inForce
    const linked = this.#inForce.link(await this.#withVersion(set, key, reference), key)
    if (this.#pinnedIn !== set) {
      this.#pinned.clear()
      this.#pinnedIn = set
    }
    remember(this.#pinned, key, linked)
    return linked
  }

  /** The store is asked for a version once: no call of a function in force waits for it. */
  async #withVersion(
    set: FunctionSet,
    key: string,
    { name, version }: VersionRef,
  ): Promise<FunctionSet> {
    const known = this.#records.get(key)
    const pins = known === undefined ? set.pins : new Map([...set.pins, [key, known]])
    const wide = await withPins(set.withPins(pins), this.#store, new Deadline(this.#timeout), [key])
    const record = wide.pins.get(key)
    if (record === undefined) {
      const latest = set.latest(name)
      if (latest === 0) throw this.#inForce.unknown(name)
      throw new VersionNotFoundError(name, version, latest)
    }
    remember(this.#records, key, record)
    return wide
  }
}

function remember<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key)
  map.set(key, value)
  if (map.size > MOST_PINNED) map.delete(map.keys().next().value!)
}
