import { StoreConflictError, StoreCorruptError, StoreUnavailableError } from '../errors/errors.js'
import type { Connector, RemoteOptions } from './connector.js'
import { Deadline } from './deadline.js'
import { Room } from './room.js'

/** How long a server has to hear that we leave. */
const LEAVE_MS = 1_000

/**
 * The connections of a store, made, or lent, when they are needed. Each call has a deadline for all that it does; a
 * connection on which something went wrong or is late is ended, and the next call makes another one.
 */
export class Connections<C> {
  readonly #connector: Connector<C>
  readonly #timeout: number
  readonly #room: Room
  readonly #idle: C[] = []
  readonly #busy = new Set<C>()
  readonly #calls = new Set<Promise<unknown>>()
  #closed: Promise<void> | undefined

  constructor(connector: Connector<C>, { timeout, connections }: Required<RemoteOptions>) {
    this.#connector = connector
    this.#timeout = timeout
    this.#room = new Room(connections)
  }

  /**
   * Has `work` done on a connection that nobody else uses meanwhile. It may be begun twice, where a
   * connection that lay idle turns out to be dead.
   */
  use<T>(work: (client: C) => Promise<T>): Promise<T> {
    if (this.#closed !== undefined) {
      return Promise.reject(new StoreUnavailableError('The store is closed'))
    }
    const call = this.#call(work)
    const over = (): void => void this.#calls.delete(call)
    this.#calls.add(call)
    call.then(over, over)
    return call
  }

  /** Ends all connections, those in use when their calls are over. */
  close(): Promise<void> {
    this.#closed ??= this.#end()
    return this.#closed
  }

  async #call<T>(work: (client: C) => Promise<T>): Promise<T> {
    const { server } = this.#connector
    const deadline = new Deadline(
      this.#timeout,
      () => new StoreUnavailableError(`${server} did not answer within ${this.#timeout} ms`),
    )
    try {
      return await this.#room.with(deadline, () => this.#attempt(work, deadline))
    } catch (error) {
      if (isOurs(error)) throw error
      const cause = error as Error
      throw new StoreUnavailableError(`${server} is out of reach: ${reasonOf(cause)}`, { cause })
    } finally {
      deadline.clear()
    }
  }

  async #attempt<T>(work: (client: C) => Promise<T>, deadline: Deadline): Promise<T> {
    const idle = this.#idle.pop()
    if (idle !== undefined) {
      try {
        return await this.#on(idle, deadline, () => work(idle))
      } catch (error) {
        if (isOurs(error)) throw error
        // The server may have been restarted since: the others are as old.
        for (const other of this.#idle.splice(0)) this.#connector.destroy(other)
      }
    }
    const client = this.#create()
    return this.#on(client, deadline, async () => {
      await this.#connector.connect(client)
      return work(client)
    })
  }

  async #on<T>(client: C, deadline: Deadline, work: () => Promise<T>): Promise<T> {
    this.#busy.add(client)
    let isGood = false
    try {
      const result = await deadline.race(work())
      isGood = true
      return result
    } catch (error) {
      isGood = error instanceof StoreConflictError || error instanceof StoreCorruptError
      throw error
    } finally {
      // It may have been lost meanwhile.
      const isThere = this.#busy.delete(client)
      if (!isGood || !isThere) this.#connector.destroy(client)
      else if (this.#closed === undefined && this.#connector.isLent !== true)
        this.#idle.push(client)
      else await this.#dismiss(client)
    }
  }

  #create(): C {
    const client = this.#connector.create(() => {
      this.#busy.delete(client)
      const index = this.#idle.indexOf(client)
      if (index < 0) return
      this.#idle.splice(index, 1)
      this.#connector.destroy(client)
    })
    return client
  }

  async #end(): Promise<void> {
    const idle = this.#idle.splice(0).map((client) => this.#dismiss(client))
    await Promise.allSettled([...idle, ...this.#calls])
  }

  async #dismiss(client: C): Promise<void> {
    const deadline = new Deadline(LEAVE_MS, () => new Error('it does not answer'))
    await deadline.race(this.#connector.end(client)).catch(() => {})
    deadline.clear()
    this.#connector.destroy(client)
  }
}

/** Rather than something that a client or a server says. */
function isOurs(error: unknown): boolean {
  return (
    error instanceof StoreConflictError ||
    error instanceof StoreCorruptError ||
    error instanceof StoreUnavailableError
  )
}

/** Node tells of several addresses that were tried in an error without a message. */
function reasonOf(error: Error): string {
  const parts = error instanceof AggregateError ? error.errors.map(reasonOf) : []
  return error.message || parts.join('; ') || String((error as NodeJS.ErrnoException).code)
}
