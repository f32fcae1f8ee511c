/** How large the blocks of a text are: by what those before have cost. */

/** Milliseconds that a block should take, from the start of its first item. Results and progress come so often. */
const AIM_MS = 200

/** A block that has a timeout should take this part of it: items differ. */
const PART_OF_TIMEOUT = 1 / 4

/**
 * Milliseconds that one chunk may take. A block of several takes turns with all other calls, so it lasts long
 * where a pool has many, however small it is; one of a single chunk takes what its items cost.
 */
const CHUNK_MS = 4

/** In bytes. An item of the first block may take a second. */
const FIRST = 64

/** In bytes. Larger blocks of the cheapest functions gain nothing. */
const LARGEST = 1 << 20

/** A block is at most so many times larger than one that was measured. */
const GROWTH = 16

/** Follows what blocks cost, and says how large the next one should be. */
export class BlockSize {
  readonly #aim: number
  #bytes = FIRST
  /** The longest that is one chunk. */
  #chunk = Infinity
  readonly #all = new Pace()
  readonly #chunks = new Pace()

  /** @param timeout milliseconds that a block may take; Infinity for no limit */
  constructor(timeout: number) {
    this.#aim = Math.min(AIM_MS, timeout * PART_OF_TIMEOUT)
  }

  /** About the length of the next block, which has at least one item. */
  get bytes(): number {
    return this.#bytes
  }

  /** Whether a block of this length is to be one chunk. */
  isChunk(length: number): boolean {
    return length <= this.#chunk
  }

  /**
   * A block of this length has run.
   *
   * @param ran milliseconds, to its end or to its timeout
   * @param isChunk whether it was one chunk
   */
  measured(length: number, ran: number, isChunk: boolean): void {
    this.#all.add(length, ran)
    if (isChunk) {
      this.#chunks.add(length, ran)
      this.#chunk = Math.min(LARGEST, this.#chunks.within(Math.min(CHUNK_MS, this.#aim)))
    }
    const wanted = Math.max(this.#all.within(this.#aim), this.#chunk)
    const largest = Math.min(LARGEST, Math.max(this.#bytes, GROWTH * length))
    this.#bytes = Math.max(1, Math.min(wanted, largest))
  }
}

/** How fast blocks were gone through: of each half as much counts when the next one comes. */
class Pace {
  #length = 0
  #ran = 0

  add(length: number, ran: number): void {
    this.#length = this.#length / 2 + length
    this.#ran = this.#ran / 2 + ran
  }

  /** Bytes that so many milliseconds are enough for. */
  within(milliseconds: number): number {
    return (milliseconds * this.#length) / this.#ran
  }
}
