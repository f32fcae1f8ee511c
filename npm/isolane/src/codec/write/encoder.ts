import type { Attach } from '../shared/attachment.js'
import { Flag, VERSION } from '../shared/format.js'
import { cutItems, failedItem } from './late/cut.js'
import { itemFailure, refusal, type ItemFailure } from './late/refusal.js'
import type { Platform } from '../shared/platform.js'
import { TypedArrayBuffer, Uint8ArrayConstructor } from '../shared/primordials.js'
import { ValueWriter } from './value.js'

const NOTHING = new Uint8ArrayConstructor(0)

/** Turns values into payloads. One encoder serves one thread; it keeps what it learns about shapes. */
export class Encoder {
  private readonly writer: ValueWriter
  private busy = false

  constructor(private readonly platform: Platform) {
    this.writer = new ValueWriter(platform)
  }

  /**
   * Encodes one value. Getters run once, `toJSON` is not called.
   *
   * @param root what errors call the value, for example `result`
   * @param attach is asked which buffers travel beside the payload. Default: none does
   * @returns a view on memory that the next call of this encoder overwrites
   * @throws {DataCloneError} for what cannot be carried, with its path
   */
  encode(value: unknown, root = 'value', attach?: Attach): Uint8Array {
    if (this.busy) return new Encoder(this.platform).encode(value, root, attach)
    const { writer } = this
    this.begin(attach)
    try {
      writer.value(value)
      return this.finish(0)
    } catch (error) {
      throw refusal(error, value, root, writer.depth)
    } finally {
      this.end()
    }
  }

  /**
   * Encodes `values[start]` up to, not including, `values[end]` as one array; see {@link encode}.
   *
   * @param refused is told why an item cannot be encoded, and may throw. Those before it are the
   *   payload then; there is none where that is not the fault of the item
   */
  encodeRange(
    values: readonly unknown[],
    start: number,
    end: number,
    root = 'items',
    attach?: Attach,
    refused?: (failure: ItemFailure) => void,
  ): Uint8Array {
    if (this.busy) {
      return new Encoder(this.platform).encodeRange(values, start, end, root, attach, refused)
    }
    const { writer } = this
    this.begin(attach)
    let isWritten = false
    try {
      writer.items(values, start, end)
      isWritten = true
      return this.finish(0)
    } catch (error) {
      const index = isWritten ? end : failedItem(writer, start)
      const failure = itemFailure(error, values, { start, end, index }, root, writer.depth)
      if (refused === undefined) throw failure.error
      refused(failure)
      if (!failure.isOwn || index === start) return NOTHING
      cutItems(writer, start, index)
      return this.finish(Flag.Cut)
    } finally {
      this.end()
    }
  }

  private begin(attach: Attach | undefined): void {
    this.busy = true
    this.writer.attach = attach
    const { out } = this.writer
    out.reset()
    out.byte(VERSION)
    out.byte(0)
    this.writer.start()
  }

  private end(): void {
    this.writer.attach = undefined
    this.writer.reset()
    this.busy = false
  }

  private finish(flags: number): Uint8Array {
    const { writer } = this
    const { out } = writer
    const sections = writer.writeSections()
    out.bytes[1] =
      flags | (sections ? Flag.Sections : 0) | (writer.hasReferences ? Flag.References : 0)
    return new Uint8ArrayConstructor(TypedArrayBuffer(out.bytes) as ArrayBuffer, 0, out.pos)
  }
}
