/** What is used here of a connection that a pool of the user's lends. */
interface Lendable {
  on(event: string, hear: () => void): this
  off(event: string, hear: () => void): this
}

/** How a pool of the user's lends. */
export interface Lender<C extends Lendable> {
  take(): Promise<C>
  /** @param isSpoilt whether nobody must use it again: there may be an answer yet to come */
  giveBack(client: C, isSpoilt: boolean): void
}

/** A connection of a pool of the user's, from its lending to its return. */
export class LentClient<C extends Lendable> {
  readonly #lender: Lender<C>
  readonly #lost: () => void
  #client: C | undefined
  #isOver = false

  /** @param lost hears that it has failed by itself */
  constructor(lender: Lender<C>, lost: () => void) {
    this.#lender = lender
    this.#lost = lost
  }

  /** @throws {Error} it is not lent */
  get client(): C {
    if (this.#client === undefined) throw new Error('The connection has gone back to its pool')
    return this.#client
  }

  async take(): Promise<void> {
    const client = await this.#lender.take()
    // Nobody waits for it any more.
    if (this.#isOver) return this.#lender.giveBack(client, false)
    // An 'error' that nobody hears would end the process.
    client.on('error', this.#lost).on('end', this.#lost)
    this.#client = client
  }

  /** @param isSpoilt whether its pool must not use it again */
  giveBack(isSpoilt: boolean): void {
    this.#isOver = true
    const client = this.#client
    this.#client = undefined
    if (client === undefined) return
    client.off('error', this.#lost).off('end', this.#lost)
    this.#lender.giveBack(client, isSpoilt)
  }
}
