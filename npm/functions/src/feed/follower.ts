import { asked, Deadline } from '../store/guarded.js'
import type {
  EntryInForce,
  FunctionRecord,
  FunctionStore,
  Head,
  Reading,
  Unwatch,
} from '../store/store.js'
import type { InForce, Rejected } from '../loading/in-force.js'
import { withPins } from '../loading/pins.js'
import { fetchRecords } from '../loading/records.js'
import type { Turns } from '../changes/turns.js'

/** What a follower tells. */
export interface FollowerEvents {
  /** What the store has is in force for the first time. */
  begun(): void
  /** Another revision is in force. */
  followed(changed: readonly EntryInForce[], rejected: readonly Rejected[]): void
  /** The store cannot be reached, since now. */
  lost(error: Error): void
  /** It can again. */
  found(): void
}

/** How soon a store is asked again that did not answer, in milliseconds; twice as long each time. */
const FIRST_RETRY = 250
/** A timer that is to wait longer does not wait at all. */
const LONGEST_MS = 2 ** 31 - 1

/**
 * Follows the store's log. What the store tells of by itself is a hint only: what `read` gives is the truth,
 * and it is asked from time to time whatever comes.
 */
export class Follower {
  readonly #store: FunctionStore
  readonly #inForce: InForce
  readonly #turns: Turns
  readonly #events: FollowerEvents
  readonly #timeout: number
  readonly #pollInterval: number
  #unwatch: Unwatch | undefined
  #timer: NodeJS.Timeout | undefined
  #isClosed = false
  /** A pass is under way; another is asked for. */
  #isPassing = false
  #isWanted = false
  /** Passes that failed, one after the other. */
  #failures = 0
  /** When the store has answered last, in milliseconds since 1970. */
  #answered: number | undefined
  #isFirst = true

  constructor(
    store: FunctionStore,
    inForce: InForce,
    turns: Turns,
    events: FollowerEvents,
    { timeout, pollInterval }: { timeout: number; pollInterval: number },
  ) {
    this.#store = store
    this.#inForce = inForce
    this.#turns = turns
    this.#events = events
    this.#timeout = timeout
    this.#pollInterval = pollInterval
  }

  /** Whether the store answered when it was asked last. */
  get isUp(): boolean {
    return this.#failures === 0 && this.#answered !== undefined
  }

  /** When the store has answered last, in milliseconds since 1970. */
  get answered(): number | undefined {
    return this.#answered
  }

  /** Reads the store once, and follows it from then on, whether that went well or not. */
  async begin(): Promise<void> {
    try {
      await this.pass()
    } finally {
      this.#schedule()
    }
  }

  /** Catches up with the store, in a turn of its own. @throws {StoreUnavailableError} */
  async pass(): Promise<void> {
    const hasRead = this.#answered
    await this.#turns.take(undefined, async () => {
      if (this.#isClosed) return
      await this.catchUp(new Deadline(this.#timeout))
    })
    if (hasRead === undefined || this.#unwatch === undefined) await this.#watch()
  }

  /** Catches up with the store, in the caller's turn. @throws {StoreUnavailableError} */
  async catchUp(deadline: Deadline): Promise<void> {
    try {
      const { head } = this.#inForce.set
      const isNew = this.#isFirst || !same(head, await this.#head(deadline))
      if (isNew) await this.#read(deadline)
      else if (this.#inForce.rejected.size > 0) await this.#retryRejected(deadline)
      if (this.#isFirst) this.#events.begun()
      this.#isFirst = false
      this.#well()
    } catch (error) {
      this.#ill(error as Error)
      throw error
    }
  }

  /** The store has answered somebody else. */
  heard(): void {
    this.#well()
  }

  /** The store has not answered somebody else. */
  missed(error: Error): void {
    this.#ill(error)
    this.#schedule()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#timer)
    await this.#unwatch?.().catch(() => {})
  }

  #head(deadline: Deadline): Promise<Head> {
    return asked('tell its revision', deadline, () => this.#store.head())
  }

  async #read(deadline: Deadline): Promise<void> {
    const { set } = this.#inForce
    // At the start there is nothing that could go on serving, and all would have to be loaded.
    const hasServed = !this.#isFirst || set.head.revision > 0
    const since = hasServed ? set.head : undefined
    const reading = await asked('tell what is in force', deadline, () => this.#store.read(since))
    await this.#follow(reading.head, changedBy(reading, set.entries), hasServed, deadline)
  }

  /** Puts in force what has changed. */
  async #follow(
    head: Head,
    changed: readonly EntryInForce[],
    loadsAll: boolean,
    deadline: Deadline,
  ): Promise<void> {
    const { set } = this.#inForce
    const { records, damaged } = await this.#recordsOf(changed, deadline)
    const bare = set.after({ head, entries: changed, records, damaged })
    const next = await withPins(bare, this.#store, deadline)
    const names = changed.map(({ name }) => name)
    const prepared = await this.#inForce.prepare(next, names, loadsAll)
    if (this.#isClosed) return this.#inForce.drop()
    const known = new Set(this.#inForce.rejected.keys())
    const rejected = this.#inForce.install(prepared)
    const isNews = head.id !== set.head.id
    // What is rejected still has been told.
    const news = isNews ? rejected : rejected.filter(({ name }) => !known.has(name))
    if (isNews || news.length > 0) this.#events.followed(isNews ? changed : [], news)
    else if (rejected.length < known.size) this.#events.followed([], [])
  }

  /** A worker that was short of memory then may not be now, and a store that lied may not lie. */
  async #retryRejected(deadline: Deadline): Promise<void> {
    const { set, rejected } = this.#inForce
    const entries = [...rejected.keys()].flatMap((name) => set.entries.get(name) ?? [])
    await this.#follow(set.head, entries, true, deadline)
  }

  async #recordsOf(changed: readonly EntryInForce[], deadline: Deadline) {
    const { set } = this.#inForce
    const wanted = changed.filter(({ version }) => version !== null)
    const records: FunctionRecord[] = []
    const damaged = new Map<string, Error>()
    const missing: EntryInForce[] = []
    for (const entry of wanted) {
      const known = set.records.get(entry.name)
      if (known?.version === entry.version && known?.hash === entry.hash) records.push(known!)
      else missing.push(entry)
    }
    const refs = missing.map(({ name, version, hash }) => ({ name, version: version!, hash }))
    const found = await fetchRecords(this.#store, refs, deadline)
    found.forEach((each, i) => {
      if (each instanceof Error) damaged.set(refs[i]!.name, each)
      else records.push(each)
    })
    return { records, damaged }
  }

  async #watch(): Promise<void> {
    if (this.#unwatch !== undefined || this.#store.watch === undefined || this.#isClosed) return
    const hint = (head?: Head) => {
      if (head === undefined || !same(head, this.#inForce.set.head)) this.#want()
    }
    try {
      const ask = () => this.#store.watch!(hint)
      this.#unwatch = await asked('be watched', new Deadline(this.#timeout), ask)
      // What came between reading and watching.
      this.#want()
    } catch {
      // The next pass tries again; until then the store is asked from time to time.
    }
    if (this.#isClosed) await this.#unwatch?.().catch(() => {})
  }

  /** Has a pass made, after the one that is under way, if any. */
  #want(): void {
    this.#isWanted = true
    if (this.#isPassing || this.#isClosed) return
    this.#isPassing = true
    void this.#passes()
  }

  async #passes(): Promise<void> {
    while (this.#isWanted && !this.#isClosed) {
      this.#isWanted = false
      // The failure has been told.
      await this.pass().catch(() => {})
    }
    this.#isPassing = false
    this.#schedule()
  }

  #schedule(): void {
    clearTimeout(this.#timer)
    if (this.#isClosed) return
    const retry = FIRST_RETRY * 2 ** Math.min(this.#failures - 1, 20)
    const wait = this.#failures === 0 ? this.#pollInterval : Math.min(retry, this.#pollInterval)
    // Not all processes of a fleet at once.
    const jittered = Math.min(wait * (0.8 + 0.4 * Math.random()), LONGEST_MS)
    this.#timer = setTimeout(() => this.#want(), jittered).unref()
  }

  #well(): void {
    const wasIll = this.#failures > 0
    this.#failures = 0
    this.#answered = Date.now()
    if (wasIll) this.#events.found()
  }

  #ill(error: Error): void {
    this.#failures++
    if (this.#failures === 1) this.#events.lost(error)
  }
}

function same(one: Head, other: Head): boolean {
  return one.revision === other.revision && one.id === other.id
}

/** Entries that are other than before; a name that the log no longer has is free. */
function changedBy(
  { head, entries, full }: Reading,
  known: ReadonlyMap<string, EntryInForce>,
): EntryInForce[] {
  if (!full) return [...entries]
  const named = new Set(entries.map(({ name }) => name))
  const gone = [...known.values()]
    .filter(({ name }) => !named.has(name))
    .map(({ name }): EntryInForce => {
      const { revision } = head
      return { name, version: null, hash: null, latest: 0, kind: 'unpublish', revision }
    })
  const isOther = (entry: EntryInForce) =>
    JSON.stringify(entry) !== JSON.stringify(known.get(entry.name))
  return [...entries.filter(isOther), ...gone]
}
