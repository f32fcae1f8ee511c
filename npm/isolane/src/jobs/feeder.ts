import type { Channel } from '../addon/channel.js'
import type { AttachingEncoder, ItemFailure } from '../codec/index.js'
import type { Part } from '../addon/outbox.js'
import { ItemError } from '../errors/errors.js'
import { assertUnchanged, type PlainItems } from '../values/items.js'

/** Takes an item that cannot be sent. */
export type RefuseItem = (index: number, error: Error) => void

/** As an item that was refused is sent: functions are not called for holes. */
const HOLE: readonly unknown[] = Object.assign([], { length: 1 })

/** A part is encoded to about this size: large enough to share shapes and strings, small to move. */
const PART_BYTES_LOW = 4 << 10
const PART_BYTES_HIGH = 64 << 10

/** At first, an input is cut into so many parts per thread: workers need some to choose from. */
const PARTS_PER_THREAD = 64
/** Never fewer than these, however small the items are. */
const MIN_PARTS_PER_THREAD = 4

/** So many parts make what one worker takes at least, where the cost of an item is known. */
const PARTS_PER_CHUNK = 4

/**
 * Encodes a job's items part by part. The pool joins parts to chunks as the work turns out, and
 * cannot split one: items that nobody knows anything of yet go in small ones.
 */
export class Feeder {
  #next = 0
  #partSize: number
  readonly #largest: number
  readonly #fixed: boolean
  /** Whether the next item was refused. */
  #isRefused = false

  /**
   * @param unsplit so many items are not worth splitting; 0 while that is unknown
   * @param refuse takes items that cannot be sent; without it, the first one's error is thrown
   */
  constructor(
    private readonly channel: Channel,
    private readonly encoder: AttachingEncoder,
    private readonly items: PlainItems,
    chunkSize: number | undefined,
    threads: number,
    unsplit: number,
    private readonly refuse: RefuseItem | undefined,
  ) {
    const { length } = items
    this.#fixed = chunkSize !== undefined
    this.#largest =
      length <= unsplit ? length : Math.max(1, Math.ceil(length / (threads * MIN_PARTS_PER_THREAD)))
    const share = Math.ceil(length / (threads * PARTS_PER_THREAD))
    const known = length <= unsplit ? length : Math.ceil(unsplit / PARTS_PER_CHUNK)
    this.#partSize = chunkSize ?? Math.max(1, Math.min(Math.max(share, known), this.#largest))
  }

  /** Whether all items have been encoded. */
  get done(): boolean {
    return this.#next >= this.items.length
  }

  /** Encodes the next part. Its bytes are the encoder's, valid until it encodes again. */
  next(): Part {
    if (this.#isRefused) return this.#hole()
    const { encoder, items } = this
    const start = this.#next
    const end = Math.min(start + this.#partSize, items.length)
    this.#next = end
    const { bytes, attachments } = encoder.encodeRange(
      items.list,
      start,
      end,
      'items',
      this.#refused,
    )
    assertUnchanged(items)
    const count = this.#next - start
    if (count === 0) return this.#hole()
    if (!this.#fixed && !this.#isRefused) this.#adapt(bytes.length)
    return { bytes, count, attachments }
  }

  #hole(): Part {
    this.#isRefused = false
    this.#next++
    const { bytes, attachments } = this.encoder.encodeRange(HOLE, 0, 1, 'items')
    return { bytes, count: 1, attachments }
  }

  readonly #refused = ({ index, error, isThrown, isOwn }: ItemFailure): void => {
    if (!isOwn) throw error
    const reason = isThrown ? new ItemError(index, error) : (error as Error)
    if (this.refuse === undefined) throw reason
    this.refuse(index, reason)
    this.#next = index
    this.#isRefused = true
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
