import { inSlices } from '../addon/slices.js'
import { now } from '../addon/timers.js'
import type { WireEvent } from '../addon/inbox.js'
import { LargeDecoder, type Platform } from '../codec/index.js'
import { receivedBuffers } from './results.js'

/** Results of so many bytes are read in slices: it takes some milliseconds to make them. */
const LARGE = 256 << 10

/** Reads large results, each in as many turns of the event loop as it takes. */
export class LargeResults {
  readonly #decoder: LargeDecoder
  readonly #unfinished = new Set<Promise<unknown>>()

  /** @param sliceMs milliseconds of one turn that reading may take */
  constructor(
    platform: Platform,
    private readonly sliceMs: number,
  ) {
    this.#decoder = new LargeDecoder(platform, { now, portionMs: Math.min(1, sliceMs / 2) })
  }

  /** The value of a result, or `undefined` of one that is not large. */
  read(event: WireEvent): Promise<unknown> | undefined {
    if (event.length < LARGE) return undefined
    const value = this.#decoder.start(memoryOf(event), receivedBuffers(event.attachments), 'result')
    const read = new Promise<unknown>((resolve, reject) => {
      const step = (): boolean => {
        try {
          if (value.step()) return true
          resolve(value.value)
        } catch (error) {
          reject(error as Error)
        }
        this.#unfinished.delete(read)
        return false
      }
      inSlices(step, this.sliceMs)
    })
    this.#unfinished.add(read)
    // Told by the call, if that ends well otherwise.
    read.catch(() => {})
    return read
  }

  /** Resolves when those that are being read have been. */
  async finished(): Promise<void> {
    await Promise.allSettled(this.#unfinished)
  }
}

/** The payload in memory that stays, at a multiple of eight. */
function memoryOf({ bytes, offset, length }: WireEvent): Uint8Array {
  const isItsOwn = offset === 0 && length === bytes.length && bytes.byteOffset % 8 === 0
  return isItsOwn ? bytes : bytes.slice(offset, offset + length)
}
