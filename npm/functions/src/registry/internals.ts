import type { EventEmitter } from 'node:events'

import type { Pool } from 'isolane'

import type { DataCache } from '../data/cache.js'
import {
  InvalidArgumentError,
  RegistryClosedError,
  StoreUnavailableError,
} from '../errors/errors.js'
import { Journal, type JournalEntry, type JournalHost } from '../local/journal.js'
import { Snapshot } from '../local/snapshot.js'
import { answerOf, Deadline } from '../store/guarded.js'
import type { Edit, EntryInForce, Unwatch } from '../store/store.js'
import { type Committed, Committer, type Wish } from '../changes/committer.js'
import { Catalog } from './catalog.js'
import type { RegistryEvents } from './events.js'
import { Editing } from '../feed/editing.js'
import { Follower, type FollowerEvents } from '../feed/follower.js'
import { areStopped, type RegistryHealth, workersOf } from './health.js'
import { History, type HistoryHost } from './history.js'
import { InForce, type Rejected } from '../loading/in-force.js'
import { Loader } from '../loading/loader.js'
import type { Settings } from './options.js'
import { about, movesOf } from './publishing.js'
import type { CallLogs } from '../logs/call-logs.js'
import type { LinePrinter } from '../logs/printer.js'
import type { Surroundings } from '../link/linked.js'
import { Past } from '../history/past.js'
import { Publications } from '../changes/publications.js'
import { Readiness } from './readiness.js'
import { RegistryData } from './registry-data.js'
import { Runnables } from '../calls/runnables.js'
import { Unsaved } from '../debug/unsaved.js'
import { tellChange } from '../feed/telling.js'
import { Turns } from '../changes/turns.js'
import { Samples } from '../warming/samples.js'

/** What is behind a registry: its parts, and how they begin and end. */
export class RegistryInternals implements HistoryHost {
  readonly inForce: InForce
  readonly runnables: Runnables
  readonly publications: Publications
  readonly unsaved: Unsaved
  readonly past: Past
  readonly history: History
  readonly catalog: Catalog
  readonly data: RegistryData | undefined
  readonly #pool: Pool | undefined
  readonly logs: CallLogs | undefined
  readonly printer: LinePrinter | undefined
  readonly #settings: Settings
  readonly #emitter: EventEmitter<RegistryEvents>
  readonly #turns = new Turns()
  readonly #follower: Follower
  readonly #committer: Committer
  readonly #snapshot: Snapshot | undefined
  readonly #journal: Journal | undefined
  readonly #begun: Promise<void>
  readonly #samples: Samples | undefined
  readonly #readiness: Readiness
  #unwatchEdits: Unwatch | undefined
  #editsTimer: NodeJS.Timeout | undefined
  #isReady = false
  #closing: Promise<void> | undefined

  constructor(pool: Pool | undefined, settings: Settings, emitter: EventEmitter<RegistryEvents>) {
    const { store, warm, timeout, loadTimeout, judge, journal, snapshot } = settings
    this.#pool = pool
    this.#settings = settings
    this.#emitter = emitter
    const loaded = (name: string, isOther: boolean) => this.#dataLoaded(name, isOther)
    this.data = pool && new RegistryData(pool, settings.data, emitter, loaded)
    this.#samples = this.#samplesOn(pool)
    const loader = new Loader(pool, warm.isWarm, loadTimeout, this.data, this.#samples)
    this.inForce = new InForce(loader, surroundingsOf(settings))
    const begun = () => this.begun
    this.runnables = new Runnables(this.inForce, store, timeout, pool, begun, this.data?.readers)
    this.publications = new Publications(judge)
    this.unsaved = new Unsaved(this.inForce, this.publications, this.runnables, begun)
    this.logs = settings.logs
    this.printer = settings.printer
    this.past = new Past(store, timeout)
    this.history = new History(this)
    this.catalog = new Catalog(this.inForce)
    this.#snapshot = snapshot === undefined ? undefined : new Snapshot(snapshot)
    this.#journal = journal === undefined ? undefined : new Journal(journal, this.#journalHost())
    this.#follower = new Follower(store, this.inForce, this.#turns, this.#events(), settings)
    const catchUp = (deadline: Deadline) => this.#follower.catchUp(deadline)
    const lookFor = (deadline: Deadline) =>
      catchUp(deadline).catch((error: Error) => this.#follower.missed(error))
    this.#committer = new Committer(store, this.inForce, catchUp, lookFor)
    const { inForce, data } = this
    const samples = this.#samples
    const { onReady } = settings
    const assertOpen = () => this.assertOpen()
    this.#readiness = new Readiness({ begun, assertOpen, inForce, data, samples, warm, onReady })
    this.#begun = this.#begin()
    // Who waits for it is told.
    this.#begun.catch(() => {})
    this.#readiness.look()
  }

  #samplesOn(pool: Pool | undefined): Samples | undefined {
    const { warm, loadTimeout: timeout } = this.#settings
    if (pool === undefined || warm.samples.size === 0) return undefined
    return new Samples(pool, warm, {
      timeout,
      sharedFor: ({ runnable }) => this.data!.sharedFor(runnable),
      // When the change by which it is in force has been told.
      failed: (error) => process.nextTick(() => this.#emitter.emit('warmUpError', error)),
    })
  }

  /** @throws {InvalidArgumentError} there is no pool */
  get cache(): DataCache {
    if (this.data !== undefined) return this.data.cache
    throw new InvalidArgumentError(
      'This registry has no pool, so it has no data; new FunctionRegistry(pool, …)',
    )
  }

  /** When there is something in force. */
  get begun(): Promise<void> {
    if (this.#closing !== undefined) return Promise.reject(new RegistryClosedError())
    return this.#isReady ? Promise.resolve() : this.#begun
  }

  /** @throws {RegistryClosedError} */
  assertOpen(): void {
    if (this.#closing !== undefined) throw new RegistryClosedError()
  }

  /** When functions can be called, with the data that is required. */
  ready(): Promise<void> {
    return this.#readiness.ready()
  }

  get health(): RegistryHealth {
    const { set, rejected } = this.inForce
    const { isUp, answered } = this.#follower
    return {
      live: this.#closing === undefined,
      ready: this.#canBeCalled,
      stale: !isUp,
      revision: set.head.revision,
      functions: set.records.size,
      store: isUp ? 'up' : 'down',
      answered: answered === undefined ? undefined : new Date(answered),
      journal: this.#journal?.length ?? 0,
      workers: workersOf(this.#pool),
      data: this.data?.cache.status() ?? [],
      rejected: [...rejected.values()],
    }
  }

  get #canBeCalled(): boolean {
    if (!this.#isReady || !this.#readiness.isReached) return false
    if (this.#closing !== undefined || areStopped(this.#pool)) return false
    return this.data?.cache.isReady !== false
  }

  /** Makes a change, when those before it have been made. */
  async change(wish: Wish, timeout = this.#settings.timeout): Promise<Committed> {
    this.assertOpen()
    const deadline = new Deadline(timeout)
    return this.#turns.take(deadline, async () => {
      this.assertOpen()
      try {
        // Nothing has been read yet, not even a snapshot.
        if (!this.#isReady) await this.#follower.catchUp(deadline)
        const committed = await this.#committer.commit(wish, deadline)
        this.#made(committed)
        return committed
      } catch (error) {
        if (error instanceof StoreUnavailableError) this.#follower.missed(error)
        throw error
      }
    })
  }

  /** Publishes of these names that wait in the journal. Those that come later wait behind them. */
  waiting(names: readonly string[]): readonly JournalEntry[] {
    return this.#journal?.waiting(names) ?? []
  }

  /**
   * Keeps a publish for the time when the store is back, where there is a journal, and something in force that it
   * is made for.
   *
   * @param revision at which it was made
   * @param error what it has failed with; `undefined` where it only waits for others
   * @returns what waits before it
   * @throws what it has failed with, otherwise
   */
  async keep(
    entry: JournalEntry,
    revision: number,
    error: unknown,
  ): Promise<readonly JournalEntry[]> {
    const isKept = this.#journal !== undefined && this.#isReady
    const isAway = error === undefined || error instanceof StoreUnavailableError
    if (!isKept || !isAway) throw error
    try {
      const ahead = await this.#journal.keep(entry, revision)
      // Nothing else tells that the store is there, where it was not the store that took too long.
      if (this.#follower.isUp) this.#forward()
      return ahead
    } catch (reason) {
      const { message } = reason as Error
      this.#emitter.emit('journalError', reason as Error)
      throw error === undefined
        ? reason
        : new StoreUnavailableError(`${(error as Error).message}. ${message}`, { cause: reason })
    }
  }

  /** Catches up with the store. */
  refresh(): Promise<void> {
    if (this.#closing !== undefined) return Promise.reject(new RegistryClosedError())
    return this.#follower.pass()
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close())
  }

  async #close(): Promise<void> {
    await this.#endEdits()
    this.logs?.close()
    this.printer?.close()
    await this.#follower.close()
    await this.data?.close()
    // What is being committed is committed.
    await this.#turns.take(undefined, async () => this.inForce.clear())
    await this.#journal?.done()
    await this.#snapshot?.written
    if (this.#settings.closeStore) await this.#settings.store.close?.()
  }

  async #begin(): Promise<void> {
    // Why the journal cannot be read is told where it is forwarded, or below.
    const unread = await this.#journal?.open().then(
      () => undefined,
      (reason: Error) => reason,
    )
    try {
      await this.#follower.begin()
    } catch (error) {
      if (unread !== undefined) this.#emitter.emit('journalError', unread)
      if (!(await this.#fromSnapshot()) && !this.#isReady) throw error
    } finally {
      await this.#followEdits()
    }
  }

  /** Publishes what people edit where the functions are kept. */
  async #followEdits(isRetry = false): Promise<void> {
    const { store } = this.#settings
    if (store.edits === undefined || this.#closing !== undefined) return
    const refuse = (name: string, reason: Error) =>
      void this.#emitter.emit('editRefused', { name, reason })
    const editing = new Editing({
      publish: (edits) => this.#publishEdits(edits),
      refuse: ({ name }, reason) => refuse(name, reason),
    })
    try {
      this.#unwatchEdits = await store.edits((edits) => editing.take(edits), refuse)
    } catch (error) {
      // Told once, and tried again.
      if (!isRetry) this.#emitter.emit('storeError', answerOf('follow edits', error))
      const { pollInterval } = this.#settings
      this.#editsTimer = setTimeout(() => void this.#followEdits(true), pollInterval).unref()
    }
    if (this.#closing !== undefined) await this.#endEdits()
  }

  async #endEdits(): Promise<void> {
    clearTimeout(this.#editsTimer)
    await this.#unwatchEdits?.().catch(() => {})
  }

  async #publishEdits(edits: readonly Edit[]): Promise<void> {
    const note = { note: 'edited by hand' }
    const changed = edits.flatMap(({ name, source }) => (source === null ? [] : [{ name, source }]))
    await this.change({
      draft: (set, deadline) => {
        const gone = edits.filter(({ name, source }) => source === null && set.records.has(name))
        const names = gone.map(({ name }) => name)
        return this.publications.publish(set, changed, names, note, deadline)
      },
      note,
    })
  }

  /** @returns whether there is something in force now */
  async #fromSnapshot(): Promise<boolean> {
    const known = await this.#snapshot?.read()
    if (known === undefined) return false
    await this.#turns.take(undefined, async () => {
      // The store may have answered meanwhile.
      if (this.#isReady || this.#closing !== undefined) return
      const prepared = await this.inForce.prepare(known, known.records.keys(), false)
      const rejected = this.inForce.install(prepared)
      this.#isReady = true
      this.#keepDataWarm()
      tellChange(this.#emitter, known.head.revision, [], rejected, false)
    })
    return true
  }

  #events(): FollowerEvents {
    return {
      begun: () => {
        this.#isReady = true
        this.#keepDataWarm()
        this.#readiness.look()
        this.#forward()
      },
      followed: (changed, rejected) => this.#changed(changed, rejected, false),
      lost: (error) => void this.#emitter.emit('storeError', error),
      found: () => {
        this.#emitter.emit('storeRecovered')
        this.#forward()
      },
    }
  }

  #forward(): void {
    // What fails for another reason than the store's absence has been told.
    this.#journal?.forward().catch((error: Error) => this.#emitter.emit('journalError', error))
  }

  #journalHost(): JournalHost {
    return {
      forward: async (entry) => {
        const { functions, remove, note, author } = entry
        const told = about(note, author, undefined)
        const draft: Wish['draft'] = (set, deadline) =>
          this.publications.late(set, functions, remove, told, deadline)
        return movesOf(entry, await this.change({ draft, note: told }))
      },
      isAway: (error) =>
        error instanceof StoreUnavailableError || error instanceof RegistryClosedError,
      refuse: ({ functions }, reason) => {
        const names = functions.map(({ name }) => name)
        this.#emitter.emit('journalRefused', { names, reason })
      },
    }
  }

  #made({ change, rejected }: Committed): void {
    if (change === undefined) return
    this.#follower.heard()
    const { revision, entries } = change
    const changed = entries.map((entry) => ({ ...entry, revision }))
    this.#changed(changed, rejected, true)
  }

  #changed(changed: readonly EntryInForce[], rejected: readonly Rejected[], isOwn: boolean): void {
    const { set } = this.inForce
    this.#keepDataWarm()
    this.#readiness.look()
    tellChange(this.#emitter, set.head.revision, changed, rejected, isOwn)
    this.#snapshot?.write(set).catch((error: Error) => {
      this.#emitter.emit('snapshotError', error)
    })
  }

  #dataLoaded(name: string, isOther: boolean): void {
    if (isOther) this.#samples?.dataChanged(({ runnable }) => this.data!.isReadBy(runnable, name))
    this.#readiness.look()
  }

  #keepDataWarm(): void {
    this.data?.keepWarm(this.inForce.warm.map(({ runnable }) => runnable))
  }
}

function surroundingsOf({ resolveFrom, printer }: Settings): Surroundings {
  return {
    ...(resolveFrom === undefined ? {} : { resolveFrom }),
    ...(printer === undefined ? {} : { print: printer.print }),
  }
}
