import { StoreUnavailableError } from '../errors/errors.js'
import type { Head, Unwatch } from '../store/store.js'
import type { Connector } from './connector.js'
import { Deadline } from './deadline.js'
import type { Hints } from './hints.js'
import { sleep } from './sleep.js'

/** Between attempts to connect: doubled from one to the next, and shortened by chance. */
const RETRY_MS = { first: 100, most: 5_000 }
/** How often a connection that says nothing is asked whether it still lives. */
const CHECK_MS = 15_000

/** A connection on which a server tells by itself what is new. */
export interface FeedConnector<C, M = Head> extends Connector<C> {
  /** Resolves once nothing more is missed. */
  listen(client: C, hint: (message?: M) => void): Promise<void>
  /** Resolves with any answer. */
  check(client: C): Promise<void>
}

/**
 * Hints over a connection of their own, which is made again whenever it is lost. Since what was told
 * meanwhile is lost, too, each new connection is a hint.
 */
export class Feed<C, M = Head> implements Hints<M> {
  readonly #connector: FeedConnector<C, M>
  readonly #timeout: number
  readonly #hints = new Set<(message?: M) => void>()
  #stop: AbortController | undefined
  #run: Promise<void> | undefined
  /** The first attempt to connect is over. */
  #begun: Promise<void> | undefined

  constructor(connector: FeedConnector<C, M>, timeout: number) {
    this.#connector = connector
    this.#timeout = timeout
  }

  /**
   * Resolves once `hint` hears everything; where the server is out of reach, after the first attempt: then
   * it hears as soon as there is a connection.
   */
  async add(hint: (message?: M) => void): Promise<Unwatch> {
    // Of one that is told twice, only one listener is taken away.
    const own = (message?: M): void => hint(message)
    this.#hints.add(own)
    if (this.#stop === undefined) this.#start()
    await this.#begun
    return async () => {
      this.#hints.delete(own)
      if (this.#hints.size === 0) await this.close()
    }
  }

  async close(): Promise<void> {
    const run = this.#run
    this.#stop?.abort()
    this.#stop = this.#run = undefined
    await run
  }

  #start(): void {
    const stop = (this.#stop = new AbortController())
    this.#begun = new Promise((begun) => {
      this.#run = this.#keep(stop.signal, begun)
    })
  }

  async #keep(signal: AbortSignal, begun: () => void): Promise<void> {
    let pause = RETRY_MS.first
    while (!signal.aborted) {
      const stood = await this.#connection(signal, begun)
      begun()
      pause = stood ? RETRY_MS.first : Math.min(2 * pause, RETRY_MS.most)
      await sleep(pause * (0.5 + Math.random() / 2), signal)
    }
  }

  /** One connection, from its making to its end: whether it ever stood. */
  async #connection(signal: AbortSignal, stands: () => void): Promise<boolean> {
    let lost = (): void => {}
    const over = new Promise<void>((resolve) => (lost = resolve))
    signal.addEventListener('abort', lost, { once: true })
    let client: C | undefined
    let stood = false
    try {
      client = this.#connector.create(lost)
      stood = await this.#done(this.#open(client), over)
      if (stood) {
        this.#tell()
        stands()
      }
      while (!(await isOver(over, CHECK_MS))) await this.#done(this.#connector.check(client), over)
    } catch {
      // It is made again.
    } finally {
      signal.removeEventListener('abort', lost)
      if (client !== undefined) this.#connector.destroy(client)
    }
    return stood
  }

  async #open(client: C): Promise<void> {
    await this.#connector.connect(client)
    await this.#connector.listen(client, (message) => this.#tell(message))
  }

  /** Whether `work` was done before all was over; in time, in any case. */
  async #done(work: Promise<void>, over: Promise<void>): Promise<boolean> {
    const late = (): Error => new StoreUnavailableError(`${this.#connector.server} does not answer`)
    const deadline = new Deadline(this.#timeout, late)
    try {
      const done = deadline.race(work).then(() => true)
      return await Promise.race([over.then(() => false), done])
    } finally {
      deadline.clear()
    }
  }

  #tell(message?: M): void {
    for (const hint of this.#hints) hint(message)
  }
}

/** Whether `end` came within a time. */
async function isOver(end: Promise<void>, ms: number): Promise<boolean> {
  const timer = new AbortController()
  const ended = end.then(() => true)
  try {
    return await Promise.race([ended, sleep(ms, timer.signal).then(() => false)])
  } finally {
    timer.abort()
  }
}
