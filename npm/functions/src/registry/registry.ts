import type { Engine, Pool } from 'isolane'
import type { RulesConfig } from 'isolane/check'

import type { DataCache } from '../data/cache.js'
import { wrong } from '../errors/errors.js'
import { checkKeys } from '../errors/options.js'
import type { FunctionSet } from '../link/function-set.js'
import { checkName } from '../names/name.js'
import type { Deadline } from '../store/guarded.js'
import type { ChangeInfo, HistoryQuery } from '../store/store.js'
import { FunctionCalls } from '../calls/function-calls.js'
import type { Committed, Wish } from '../changes/committer.js'
import type { Draft } from '../changes/draft.js'
import { checkOtherRules, SourceRules } from '../changes/rules.js'
import type { RegistryHealth } from './health.js'
import type { FunctionDetails, FunctionInfo, PublishResult, VersionInfo } from './info.js'
import { RegistryInternals } from './internals.js'
import {
  about,
  type ChangeOptions,
  checkChange,
  journalEntry,
  onWaiting,
  pendingResults,
  type PublishAllOptions,
  type PublishOptions,
  resultsOf,
} from './publishing.js'
import { type FunctionReport, reportsOf } from './reports.js'
import { checkOptions, type RegistryOptions, type Settings } from './options.js'
import {
  checkIfVersion,
  checkNamedOnce,
  checkPublication,
  IN_ARGUMENTS,
  inList,
  type Publication,
} from '../changes/publications.js'

/** Options of `checkAll`. */
export interface CheckAllOptions {
  /** Rules, in the place of the registry's. */
  rules?: RulesConfig | true
  /** Only functions whose names begin so. */
  prefix?: string
  /** Only functions that have this tag. */
  tag?: string
}

const OF_PUBLISH = ['ifVersion', 'tags', 'requires']

/**
 * Functions by name: published, versioned, rolled back, and the same in every process that has the same store.
 *
 * What is in force is in memory: calls never ask the store. Each change is one revision of the whole, which is
 * in force at once or not at all.
 */
export class FunctionRegistry extends FunctionCalls implements AsyncDisposable {
  readonly #settings: Settings
  readonly #engine: Engine | undefined
  readonly #internals: RegistryInternals

  /**
   * Begins to read the store, and to follow it.
   *
   * @param pool what runs functions, and loads them before they are in force; it is not closed with the
   *   registry. Without one, functions can be published and looked at
   * @param options see {@link RegistryOptions}
   * @throws {InvalidArgumentError} `ERR_ISOLANE_INVALID_ARGUMENT`
   */
  constructor(pool: Pool | undefined, options: RegistryOptions) {
    super()
    if (pool !== undefined && typeof (pool as Partial<Pool> | null)?.warm !== 'function') {
      throw wrong('pool', 'a Pool of isolane, or undefined', pool)
    }
    this.#engine = pool?.engine
    this.#settings = checkOptions(options, this.#engine)
    this.#internals = new RegistryInternals(pool, this.#settings, this)
  }

  /** @internal */
  protected get host(): RegistryInternals {
    return this.#internals
  }

  /**
   * When functions can be called: the store (or the snapshot) has been read, what is to be warm is, data is there,
   * samples have run, and the option `onReady` has been called.
   *
   * @throws {StoreUnavailableError} `ERR_ISOLANE_STORE_UNAVAILABLE`: neither; the store is asked again meanwhile
   * @throws {DataUnavailableError} `ERR_ISOLANE_DATA_UNAVAILABLE`: a load has failed; ask anew
   * @throws {FunctionWarmUpError} `ERR_ISOLANE_WARM_UP`: of a warm function, where all that is warm is required;
   *   ask anew
   * @throws what `onReady` throws
   */
  get ready(): Promise<void> {
    return this.#internals.ready()
  }

  /**
   * Data that functions read: as `shared.<name>`, what stands by its name in their texts.
   *
   * @throws {InvalidArgumentError} `ERR_ISOLANE_INVALID_ARGUMENT`: the registry has no pool
   */
  get data(): DataCache {
    return this.#internals.cache
  }

  /**
   * Publishes a function: a new version of it, or its first. It is read, checked, and loaded by an isolate first,
   * and so is every function that requires it. When this resolves, calls that begin here run the new version.
   *
   * @param name such as `lib/tax`; others require it by `@/lib/tax`
   * @param source a function expression, CommonJS, or an ES module
   * @param options see {@link PublishOptions}
   * @returns `created: false` where this very text is in force already
   * @throws {InvalidSourceError} `ERR_ISOLANE_SOURCE`, {@link CheckFailedError} `ERR_ISOLANE_CHECK_FAILED`: the
   *   text is not one that can be published
   * @throws {FunctionCycleError} `ERR_ISOLANE_MODULE_CYCLE`, {@link MissingFunctionError}
   *   `ERR_ISOLANE_MODULE_NOT_FOUND`: of what it requires
   * @throws {DependentError} `ERR_ISOLANE_DEPENDENT`: a function that requires it could not be loaded with it
   * @throws {VersionConflictError} `ERR_ISOLANE_VERSION_CONFLICT`: another version is in force than `ifVersion`
   * @throws {StoreUnavailableError} `ERR_ISOLANE_STORE_UNAVAILABLE`: the store did not take it in time
   * @throws {FunctionWarmUpError} `ERR_ISOLANE_WARM_UP`: it fails for a sample, where none may
   * @throws what `pool.publish` rejects with, where an isolate cannot load it
   */
  async publish(
    name: string,
    source: string,
    options: PublishOptions = {},
  ): Promise<PublishResult> {
    checkChange(options, OF_PUBLISH)
    const { note, author, timeout, ...rest } = options
    const publication = { name, source, ...rest }
    checkPublication(publication, IN_ARGUMENTS)
    const [result] = await this.#publish([publication], about(note, author, timeout), false)
    return result!
  }

  /**
   * Publishes functions together: one revision, all of them or none. They may require one another.
   *
   * @returns for each, in their order, what {@link publish} returns
   * @throws what {@link publish} rejects with
   */
  async publishAll(
    functions: readonly Publication[],
    options: PublishAllOptions = {},
  ): Promise<PublishResult[]> {
    checkChange(options, ['remove'])
    if (!Array.isArray(functions))
      throw wrong('functions', 'an array of { name, source }', functions)
    functions.forEach((each, i) => checkPublication(each, inList(i)))
    return this.#publish(functions, options, false)
  }

  /**
   * What {@link publish} would do; nothing is stored, and nothing else is in force.
   *
   * @throws what {@link publish} rejects with
   */
  async check(name: string, source: string, options: PublishOptions = {}): Promise<PublishResult> {
    checkChange(options, OF_PUBLISH)
    const { note, author, timeout, ...rest } = options
    const publication = { name, source, ...rest }
    checkPublication(publication, IN_ARGUMENTS)
    const [result] = await this.#publish([publication], about(note, author, timeout), true)
    return result!
  }

  /**
   * Judges functions in force anew, as if they were published now: which of them a stricter set of rules, or a newer
   * isolane, would refuse. Nothing is changed.
   *
   * @param options see {@link CheckAllOptions}
   * @returns of the functions in which something was found, by name
   * @throws {InvalidArgumentError} `ERR_ISOLANE_INVALID_ARGUMENT`; what `defineRules` throws of wrong rules
   */
  async checkAll(options: CheckAllOptions = {}): Promise<FunctionReport[]> {
    checkKeys(options, ['rules', 'prefix', 'tag'])
    const { rules, ...which } = options
    if (rules !== undefined) checkOtherRules(rules)
    await this.#internals.begun
    const { judge } = this.#settings
    const judging = rules ? judge.with(new SourceRules(rules, this.#engine)) : judge
    const { catalog, inForce } = this.#internals
    return reportsOf(inForce.set, catalog.names(which), judging)
  }

  async #publish(
    functions: readonly Publication[],
    { remove = [], ...options }: PublishAllOptions,
    isTrial: boolean,
  ): Promise<PublishResult[]> {
    if (!Array.isArray(remove)) throw wrong('options.remove', 'an array of names', remove)
    remove.forEach((name, i) => checkName(`options.remove[${i}]`, name))
    checkNamedOnce([...functions.map(({ name }) => name), ...remove])
    const given = functions.map((each) => ({ ...each }))
    const { publications } = this.#internals
    let drafted: { before: FunctionSet; draft: Draft } | undefined
    const wish = {
      draft: async (before: FunctionSet, deadline: Deadline) => {
        const tried = onWaiting(given, waiting, before)
        const draft = await publications.publish(before, tried, remove, options, deadline)
        drafted = { before, draft }
        return draft
      },
    }
    const names = [...given.map(({ name }) => name), ...remove]
    const waiting = isTrial ? [] : this.#internals.waiting(names)
    const waits = waiting.length > 0
    let failure: unknown
    try {
      const committed = await this.#change(options, { ...wish, isTrial: isTrial || waits })
      if (!waits) return resultsOf(given, committed)
    } catch (error) {
      if (drafted === undefined || isTrial) throw error
      failure = error
    }
    const { before } = drafted!
    const entry = journalEntry(given, remove, before, options)
    const ahead = await this.#internals.keep(entry, before.head.revision, failure)
    return pendingResults(given, drafted!, ahead)
  }

  /**
   * Puts an earlier version in force again. It is loaded first, as {@link publish} does; what it requires is what
   * is in force now.
   *
   * @param options `to`: the version; default: the one before
   * @throws {VersionNotFoundError} `ERR_ISOLANE_VERSION_NOT_FOUND`
   * @throws what {@link publish} rejects with
   */
  async rollback(
    name: string,
    options: ChangeOptions & { to?: number; ifVersion?: number } = {},
  ): Promise<FunctionInfo> {
    checkChange(options, ['to', 'ifVersion'])
    const { to, ifVersion } = options
    checkName('name', name)
    checkIfVersion('options.to', to)
    checkIfVersion('options.ifVersion', ifVersion)
    const { publications, past } = this.#internals
    await this.#change(options, {
      draft: (set) =>
        publications.rollback(set, name, to, ifVersion, (_, version) =>
          past.record(name, version, set.latest(name)),
        ),
    })
    return this.#internals.catalog.infoOf(name)!
  }

  /**
   * Frees a name. Its versions stay in the log, and their numbers are not used again.
   *
   * @param options `force`: even where others require it, which then can only run as long as this process
   * @throws {FunctionInUseError} `ERR_ISOLANE_IN_USE`: others require it
   * @throws {FunctionNotFoundError} `ERR_ISOLANE_FUNCTION_NOT_FOUND`
   */
  async unpublish(
    name: string,
    options: ChangeOptions & { force?: boolean; ifVersion?: number } = {},
  ): Promise<void> {
    checkChange(options, ['force', 'ifVersion'])
    const { force = false, ifVersion } = options
    checkName('name', name)
    checkIfVersion('options.ifVersion', ifVersion)
    if (typeof force !== 'boolean') throw wrong('options.force', 'a boolean', force)
    const { publications } = this.#internals
    await this.#change(options, {
      draft: (set) => publications.unpublish(set, name, force, ifVersion),
      mayBreak: force,
    })
  }

  /**
   * Gives a function another name, under which it begins with a version of its own.
   *
   * @throws {VersionConflictError} `ERR_ISOLANE_VERSION_CONFLICT`: the name is taken
   * @throws what {@link unpublish} rejects with
   */
  async rename(from: string, to: string, options: ChangeOptions = {}): Promise<FunctionInfo> {
    checkName('from', from)
    checkName('to', to)
    if (to === from) throw wrong('to', 'another name than from', to)
    checkChange(options)
    const { publications } = this.#internals
    await this.#change(options, { draft: (set) => publications.rename(set, from, to, options) })
    return this.#internals.catalog.infoOf(to)!
  }

  async #change(options: ChangeOptions, wish: Omit<Wish, 'note'>): Promise<Committed> {
    const { timeout, note, author } = options
    return this.#internals.change({ ...wish, note: about(note, author, undefined) }, timeout)
  }

  /** A function in force, with its text; `undefined` where there is none. */
  get(name: string): FunctionDetails | undefined {
    return this.#internals.catalog.get(name)
  }

  /** Functions in force, by name: those that begin with `prefix`, and have `tag`. */
  list(which: { prefix?: string; tag?: string } = {}): FunctionInfo[] {
    return this.#internals.catalog.list(which)
  }

  /** Names of the functions in force that require this one, directly or by others. */
  dependents(name: string): string[] {
    return this.#internals.catalog.dependents(name)
  }

  /**
   * A version of a function, in force or not, with its text.
   *
   * @throws {VersionNotFoundError} `ERR_ISOLANE_VERSION_NOT_FOUND`
   */
  async version(name: string, version: number): Promise<VersionInfo & { source: string }> {
    return this.#internals.history.version(name, version)
  }

  /**
   * Versions that a name has had, the latest first.
   *
   * @param options `limit`: at most so many, default 100
   */
  async versions(name: string, options: { limit?: number } = {}): Promise<VersionInfo[]> {
    return this.#internals.history.versions(name, options)
  }

  /** Changes, the oldest first, unless the query says otherwise. */
  async history(query: HistoryQuery = {}): Promise<ChangeInfo[]> {
    return this.#internals.history.changes(query)
  }

  /**
   * What was in force at a revision, by name.
   *
   * @throws {InvalidArgumentError} `ERR_ISOLANE_INVALID_ARGUMENT`: there has not been this revision
   */
  async at(revision: number): Promise<Map<string, number>> {
    return this.#internals.history.at(revision)
  }

  /**
   * How one version differs from another, as `diff -u` tells it; `''` where it does not.
   *
   * @throws {VersionNotFoundError} `ERR_ISOLANE_VERSION_NOT_FOUND`
   */
  async diff(name: string, from: number, to: number): Promise<string> {
    return this.#internals.history.diff(name, from, to)
  }

  /** Asks the store for changes now. They come by themselves, this only waits for them. */
  refresh(): Promise<void> {
    return this.#internals.refresh()
  }

  /** How the registry is, for probes. Asks nobody. */
  health(): RegistryHealth {
    return this.#internals.health
  }

  /** Ends what follows the store, and closes it. Changes that have begun are made; calls that run go on. */
  close(): Promise<void> {
    return this.#internals.close()
  }

  /** Same as {@link close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
