import type { ReceivedBuffers } from './attachments.js'
import { Flag, VERSION } from '../shared/format.js'
import type { Platform } from '../shared/platform.js'
import {
  TypedArrayBuffer,
  TypedArrayByteLength,
  TypedArrayByteOffset,
  TypedArraySet,
  Uint8ArrayConstructor,
} from '../shared/primordials.js'
import { ValueReader } from './value.js'

const HEADER = 2

/** Turns payloads into values. One decoder serves one thread; it keeps compiled readers of shapes. */
export class Decoder {
  private readonly reader: ValueReader

  constructor(platform: Platform) {
    this.reader = new ValueReader(platform)
  }

  /**
   * Decodes the payload in `bytes[offset]` up to `bytes[offset + length]`. Nothing of the result
   * refers to `bytes`; buffers that came beside it become a part of the result. A payload that starts at a multiple of eight in memory is read in place;
   * another one with sections is copied first.
   *
   * @throws {BadPayloadError} for bytes that no encoder of this version writes
   * @throws {RangeError} for values nested deeper than the stack allows
   */
  decode(
    bytes: Uint8Array,
    offset = 0,
    length = TypedArrayByteLength(bytes) - offset,
    received?: ReceivedBuffers,
  ): unknown {
    const { reader } = this
    try {
      reader.received = received
      const end = this.open(bytes, offset, length)
      const value = reader.value()
      this.close(end)
      return value
    } finally {
      reader.release()
    }
  }

  /**
   * Decodes a payload whose value is an array: puts the elements into `target` from index `start`.
   *
   * @returns the number of elements
   */
  decodeInto(
    bytes: Uint8Array,
    offset: number,
    length: number,
    target: unknown[],
    start: number,
    received?: ReceivedBuffers,
  ): number {
    const { reader } = this
    try {
      reader.received = received
      const end = this.open(bytes, offset, length)
      const count = reader.valueInto(target, start)
      this.close(end)
      return count
    } finally {
      reader.release()
    }
  }

  /** @returns where the inline value may end at the latest */
  private open(bytes: Uint8Array, offset: number, length: number): number {
    const { reader } = this
    reader.bytes = bytes
    reader.start = reader.pos = offset
    reader.end = offset + length
    if (offset < 0 || length < HEADER + 1 || offset + length > TypedArrayByteLength(bytes)) {
      reader.end = reader.pos
      reader.fail('too short')
    }
    if (reader.byte() !== VERSION) reader.fail(`version ${bytes[offset]}, not ${VERSION}`)
    const flags = reader.byte()
    if (flags > (Flag.Sections | Flag.References)) reader.fail(`unknown flags ${flags}`)
    reader.tracked = (flags & Flag.References) !== 0
    if ((flags & Flag.Sections) === 0) return reader.end
    return this.openSections(bytes, offset, length)
  }

  private openSections(bytes: Uint8Array, offset: number, length: number): number {
    const { reader } = this
    let start = offset
    let aligned = bytes
    if ((TypedArrayByteOffset(bytes) + offset) % 8 !== 0) {
      aligned = new Uint8ArrayConstructor(length)
      const source = new Uint8ArrayConstructor(
        TypedArrayBuffer(bytes),
        TypedArrayByteOffset(bytes) + offset,
        length,
      )
      TypedArraySet(aligned, source)
      start = 0
    }
    const end = reader.load(aligned, start, start + length)
    reader.pos = start + HEADER
    reader.end = end
    return end
  }

  /** The inline value ends where the sections or the payload do, but for alignment. */
  private close(end: number): void {
    const { reader } = this
    if (end - reader.pos >= 8) reader.fail('bytes left over')
  }
}
