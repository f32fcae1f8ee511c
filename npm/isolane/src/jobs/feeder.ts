import type { Channel } from '../addon/channel.js'
import type { AttachingEncoder } from '../codec/index.js'
import type { Part } from '../addon/outbox.js'
import { assertUnchanged, type PlainItems } from '../values/items.js'

/** A part is encoded to about this size: large enough to share shapes and strings, small to move. */
const PART_BYTES_LOW = 4 << 10
const PART_BYTES_HIGH = 64 << 10

/** At first, an input is cut into so many parts per thread: workers need some to choose from. */
const PARTS_PER_THREAD = 64
/** Never fewer than these, however small the items are. */
const MIN_PARTS_PER_THREAD = 4

/** Encodes a job's items part by part. The pool joins parts to chunks as the work turns out. */
export class Feeder {
  #next = 0
  #partSize: number
  readonly #largest: number
  readonly #fixed: boolean

  constructor(
    private readonly channel: Channel,
    private readonly encoder: AttachingEncoder,
    private readonly items: PlainItems,
    chunkSize: number | undefined,
    threads: number,
  ) {
    this.#fixed = chunkSize !== undefined
    this.#largest = Math.max(1, Math.ceil(items.length / (threads * MIN_PARTS_PER_THREAD)))
    this.#partSize =
      chunkSize ?? Math.max(1, Math.ceil(items.length / (threads * PARTS_PER_THREAD)))
  }

  /** Whether all items have been encoded. */
  get done(): boolean {
    return this.#next >= this.items.length
  }

  /** Encodes the next part. Its bytes are the encoder's, valid until it encodes again. */
  next(): Part {
    const start = this.#next
    const end = Math.min(start + this.#partSize, this.items.length)
    this.#next = end
    const { bytes, attachments } = this.encoder.encodeRange(this.items.list, start, end, 'items')
    assertUnchanged(this.items)
    if (!this.#fixed) this.#adapt(bytes.length)
    return { bytes, count: end - start, attachments }
  }

  /** Encodes parts for job `id` until `enough()`; returns whether it takes more of them. */
  feed(id: number, enough: () => boolean): boolean {
    while (!this.done) {
      const part = this.next()
      if (!this.channel.append(id, part, this.done)) return false
      if (enough()) break
    }
    return !this.done
  }

  #adapt(bytes: number): void {
    if (bytes < PART_BYTES_LOW) this.#partSize = Math.min(this.#partSize * 2, this.#largest)
    else if (bytes > PART_BYTES_HIGH) this.#partSize = Math.max(1, this.#partSize >> 1)
  }
}
