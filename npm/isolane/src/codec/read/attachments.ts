/** What came beside payloads, for a decoder to take one after the other. */
export class ReceivedBuffers {
  #next = 0

  constructor(private readonly buffers: readonly ArrayBuffer[]) {}

  /** How many have been taken. */
  get taken(): number {
    return this.#next
  }

  /** Goes back to where `taken` were. */
  rewind(taken: number): void {
    this.#next = taken
  }

  /** The next buffer. */
  take(): ArrayBuffer | undefined {
    const { buffers } = this
    return this.#next < buffers.length ? buffers[this.#next++] : undefined
  }
}
