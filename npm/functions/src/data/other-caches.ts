import { randomUUID } from 'node:crypto'

import { errorFrom } from '../errors/errors.js'
import type { DataBus } from './bus.js'
import type { Clock } from './clock.js'

/** What a cache does on the word of others. */
export interface Hearing {
  /** Data of this name, if there is any, has changed at its source. */
  changed(name: string): void
  /** Any may have. */
  missed(): void
  /** Others could not be told of data, which is tried again; without a name, they cannot be heard. */
  failed(error: Error, name?: string): void
}

/** What could not be sent is sent so much later, if not with a new connection before. */
const RETRY_MS = 5_000

/** Whose it is, and of which data. */
const MESSAGE = /^([0-9a-f-]{36}) (.{1,200})$/s

/** The caches of other processes: what this one tells them, and hears of them. */
export class OtherCaches {
  readonly #id = randomUUID()
  readonly #bus: DataBus
  readonly #clock: Clock
  readonly #hearing: Hearing
  /** Names of which they are still to be told. */
  readonly #untold = new Set<string>()
  #isSending = false
  #takeBack = (): void => {}
  #isClosed = false
  #unsubscribe: (() => Promise<void>) | undefined
  /** Resolves once they are heard, or the first attempt has failed. */
  readonly connected: Promise<void>

  constructor(bus: DataBus, clock: Clock, hearing: Hearing) {
    this.#bus = bus
    this.#clock = clock
    this.#hearing = hearing
    this.connected = this.#subscribe()
  }

  /** Data has changed. */
  tell(name: string): void {
    this.#untold.add(name)
    this.#send()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#takeBack()
    const unsubscribed = this.connected.then(() => this.#unsubscribe?.())
    await Promise.allSettled([this.#bus.close?.(), unsubscribed])
  }

  async #subscribe(): Promise<void> {
    try {
      this.#unsubscribe = await this.#bus.subscribe((message) => this.#hear(message))
    } catch (error) {
      this.#hearing.failed(errorFrom(error))
    }
  }

  /** Whatever anybody sends, nothing comes of it but loads of data that there is. */
  #hear(message: string | undefined): void {
    if (this.#isClosed) return
    if (message === undefined) {
      this.#hearing.missed()
      this.#send()
      return
    }
    const [, id, name] = MESSAGE.exec(message) ?? []
    if (name !== undefined && id !== this.#id) this.#hearing.changed(name)
  }

  #send(): void {
    if (this.#isClosed || this.#isSending || this.#untold.size === 0) return
    this.#isSending = true
    this.#takeBack()
    void this.#sendAll()
  }

  async #sendAll(): Promise<void> {
    try {
      for (const name of this.#untold) {
        // Before it is sent: who changes it meanwhile has it told once more.
        this.#untold.delete(name)
        if (!(await this.#sendOne(name))) break
      }
    } finally {
      this.#isSending = false
    }
  }

  async #sendOne(name: string): Promise<boolean> {
    try {
      await this.#bus.publish(`${this.#id} ${name}`)
      return true
    } catch (error) {
      if (this.#isClosed) return false
      this.#untold.add(name)
      this.#takeBack = this.#clock.after(RETRY_MS, () => this.#send(), false)
      this.#hearing.failed(errorFrom(error), name)
      return false
    }
  }
}
