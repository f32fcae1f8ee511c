import { privateArray, TypedArrayBuffer, Uint8ArrayConstructor } from '../shared/primordials.js'

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

  /** All of them once more, with memory of their own. */
  copied(): ReceivedBuffers {
    const copies = privateArray<ArrayBuffer>()
    for (let i = 0; i < this.buffers.length; i++) {
      const bytes = new Uint8ArrayConstructor(this.buffers[i]!)
      copies[i] = TypedArrayBuffer(new Uint8ArrayConstructor(bytes)) as ArrayBuffer
    }
    return new ReceivedBuffers(copies)
  }

  /** The next buffer. */
  take(): ArrayBuffer | undefined {
    const { buffers } = this
    return this.#next < buffers.length ? buffers[this.#next++] : undefined
  }
}
