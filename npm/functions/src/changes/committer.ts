import {
  DependentError,
  FunctionCycleError,
  FunctionInUseError,
  FunctionNotFoundError,
  MissingFunctionError,
  StoreUnavailableError,
  VersionConflictError,
  VersionNotFoundError,
} from '../errors/errors.js'
import type { FunctionSet } from '../link/function-set.js'
import { asked, type Deadline, isConflict } from '../store/guarded.js'
import type { Change, ChangeInfo, FunctionStore, Head } from '../store/store.js'
import { changeOf, type ChangeNote, type Draft } from './draft.js'
import type { InForce, Prepared, Rejected } from '../loading/in-force.js'
import { withPins } from '../loading/pins.js'

const BY_STATE = [
  DependentError,
  FunctionCycleError,
  FunctionInUseError,
  FunctionNotFoundError,
  MissingFunctionError,
  VersionConflictError,
  VersionNotFoundError,
]

/** What {@link Committer.commit} is asked for. */
export interface Wish {
  /** Makes the change, from what is in force. Asked again where another change came first. */
  readonly draft: (set: FunctionSet, deadline: Deadline) => Draft | Promise<Draft>
  readonly note: ChangeNote
  /** Whether others may break by it. */
  readonly mayBreak?: boolean
  /** Only what would happen is asked for. */
  readonly isTrial?: boolean
}

/** What came of it. */
export interface Committed {
  /** What the change was made of. */
  readonly before: FunctionSet
  readonly draft: Draft
  /** The change as the log has it; `undefined` where nothing was to change, or for a trial. */
  readonly change: ChangeInfo | undefined
  /** Others that broke by it. */
  readonly rejected: readonly Rejected[]
}

/** Makes changes: drafts, links, loads, commits, and puts in force. One at a time. */
export class Committer {
  readonly #store: FunctionStore
  readonly #inForce: InForce
  readonly #catchUp: (deadline: Deadline) => Promise<void>
  readonly #lookFor: (deadline: Deadline) => Promise<void>

  /**
   * @param catchUp reads what others have changed
   * @param lookFor the same, as far as the store is there
   */
  constructor(
    store: FunctionStore,
    inForce: InForce,
    catchUp: (deadline: Deadline) => Promise<void>,
    lookFor: (deadline: Deadline) => Promise<void>,
  ) {
    this.#store = store
    this.#inForce = inForce
    this.#catchUp = catchUp
    this.#lookFor = lookFor
  }

  async commit(wish: Wish, deadline: Deadline): Promise<Committed> {
    for (;;) {
      const { head } = this.#inForce.set
      try {
        const committed = await this.#attempt(wish, deadline)
        if (committed !== undefined) return committed
      } catch (error) {
        // What others have changed may not have been heard of yet.
        if (!isByState(error) || !(await this.#hasMissed(head, deadline))) throw error
        continue
      }
      await this.#catchUp(deadline)
    }
  }

  /** @returns `undefined` where somebody else was quicker */
  async #attempt(wish: Wish, deadline: Deadline): Promise<Committed | undefined> {
    const before = this.#inForce.set
    const draft = await wish.draft(before, deadline)
    const nothing = { before, draft, change: undefined, rejected: [] }
    if (draft.entries.length === 0) return nothing
    const change = changeOf(draft, wish.note)
    const prepared = await this.#prepare(before, change, draft, deadline)
    if (wish.isTrial === true) {
      this.#inForce.drop()
      refuseFailures(prepared, change, this.#inForce, wish.mayBreak === true)
      return nothing
    }
    if (!(await this.#append(prepared, change, before.head, wish, deadline))) return undefined
    const rejected = this.#inForce.install(prepared)
    const { records: _, ...told } = change
    return { before, draft, change: { ...told, revision: prepared.set.head.revision }, rejected }
  }

  /** Whether the log ends elsewhere than it did; what there is now is in force then. */
  async #hasMissed({ id }: Head, deadline: Deadline): Promise<boolean> {
    await this.#lookFor(deadline)
    return this.#inForce.set.head.id !== id
  }

  async #prepare(
    before: FunctionSet,
    change: Change,
    draft: Draft,
    deadline: Deadline,
  ): Promise<Prepared> {
    const head = { revision: before.head.revision + 1, id: change.id }
    const entries = change.entries.map((each) => ({ ...each, revision: head.revision }))
    const records = [...draft.records, ...(draft.older ?? [])]
    const bare = before.after({ head, entries, records })
    const set = await withPins(bare, this.#store, deadline)
    const names = change.entries.map(({ name }) => name)
    return this.#inForce.prepare(set, names, true)
  }

  /** @returns whether it is in the log; otherwise the log was elsewhere */
  async #append(
    prepared: Prepared,
    change: Change,
    expect: Head,
    { mayBreak = false }: Wish,
    deadline: Deadline,
  ): Promise<boolean> {
    try {
      refuseFailures(prepared, change, this.#inForce, mayBreak)
      await asked('commit a change', deadline, () => this.#store.commit(change, expect))
      return true
    } catch (error) {
      if (isConflict(error)) {
        // Its own, where an adapter has tried twice.
        if (error.head.id === change.id) return true
        this.#inForce.drop()
        return false
      }
      if (
        error instanceof StoreUnavailableError &&
        (await this.#isMade(change, expect, deadline))
      ) {
        return true
      }
      this.#inForce.drop()
      throw error
    }
  }

  /** Whether a change was made whose answer was lost. */
  async #isMade({ id }: Change, { revision }: Head, deadline: Deadline): Promise<boolean> {
    if (deadline.left === 0) return false
    const query = { since: revision, until: revision + 1 }
    const ask = () => this.#store.history(query)
    const log = await asked('tell its history', deadline, ask).catch(() => [])
    return log.some((change) => change.id === id)
  }
}

/** Whether a change fails by what is in force: with other functions it might not. */
function isByState(error: unknown): boolean {
  return BY_STATE.some((kind) => error instanceof kind)
}

/** @throws why the change cannot be made */
function refuseFailures(
  { affected, failures }: Prepared,
  { entries }: Change,
  inForce: InForce,
  mayBreak: boolean,
): void {
  const names = entries.map(({ name }) => name)
  for (const name of names) {
    const failure = failures.get(name)
    if (failure !== undefined) throw failure
  }
  if (mayBreak) return
  // The nearest first.
  for (const name of affected) {
    const failure = failures.get(name)
    // What was broken before is no reason.
    if (failure !== undefined && !inForce.rejected.has(name)) {
      throw new DependentError(names, name, failure)
    }
  }
}
