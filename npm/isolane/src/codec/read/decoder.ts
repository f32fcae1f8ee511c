import type { ReceivedBuffers } from './attachments.js'
import { DataCloneError, Lacking, TOO_DEEP_FOR_STACK } from '../shared/errors.js'
import { Flag, VERSION } from '../shared/format.js'
import { lackingError, refuseLacking, type Refuse, type StandIns } from './late/lacking.js'
import type { Platform } from '../shared/platform.js'
import {
  isStackOverflow,
  SafeMap,
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
   * @param root what errors call the value, for example `result`
   * @throws {BadPayloadError} for bytes that no encoder of this version writes
   * @throws {DataCloneError} for what this engine is too old for, and values nested deeper than the stack allows
   */
  decode(
    bytes: Uint8Array,
    offset = 0,
    length = TypedArrayByteLength(bytes) - offset,
    received?: ReceivedBuffers,
    root = 'value',
  ): unknown {
    const taken = received === undefined ? 0 : received.taken
    try {
      return this.read(bytes, offset, length, received)
    } catch (error) {
      const standIns = standInsFor(error, root)
      received?.rewind(taken)
      const value = this.read(bytes, offset, length, received, standIns)
      throw lackingError(value, standIns, root)
    }
  }

  /** The same for what tells of a failure: what this engine cannot make is an empty object then. */
  decodeAnyway(bytes: Uint8Array, offset: number, length: number): unknown {
    return this.read(bytes, offset, length, undefined, new SafeMap<unknown, Lacking>())
  }

  /**
   * Decodes a payload whose value is an array: puts the elements into `target` from index `start`.
   *
   * @param root what errors call `target`
   * @param refuse is told which elements hold what this engine is too old for. Default: the first one is thrown
   * @returns the number of elements
   */
  decodeInto(
    bytes: Uint8Array,
    offset: number,
    length: number,
    target: unknown[],
    start: number,
    received?: ReceivedBuffers,
    root = 'items',
    refuse: Refuse = throwIt,
  ): number {
    const taken = received === undefined ? 0 : received.taken
    try {
      return this.readInto(bytes, offset, length, target, start, received)
    } catch (error) {
      const standIns = standInsFor(error, root)
      received?.rewind(taken)
      const count = this.readInto(bytes, offset, length, target, start, received, standIns)
      refuseLacking(target, start, start + count, standIns, root, refuse)
      return count
    }
  }

  private read(
    bytes: Uint8Array,
    offset: number,
    length: number,
    received: ReceivedBuffers | undefined,
    standIns?: StandIns,
  ): unknown {
    const { reader } = this
    try {
      reader.received = received
      reader.standIns = standIns
      const end = this.open(bytes, offset, length)
      const value = reader.value()
      this.close(end)
      return value
    } finally {
      reader.release()
    }
  }

  private readInto(
    bytes: Uint8Array,
    offset: number,
    length: number,
    target: unknown[],
    start: number,
    received: ReceivedBuffers | undefined,
    standIns?: StandIns,
  ): number {
    const { reader } = this
    try {
      reader.received = received
      reader.standIns = standIns
      const end = this.open(bytes, offset, length)
      const count = reader.valueInto(target, start)
      this.close(end)
      return count
    } finally {
      reader.release()
    }
  }

  /** @returns where the inline value ends, or 0 where it may end anywhere before the sections */
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
    if (flags > (Flag.Sections | Flag.References | Flag.Cut)) reader.fail(`unknown flags ${flags}`)
    reader.tracked = (flags & Flag.References) !== 0
    const end =
      (flags & Flag.Sections) === 0 ? reader.end : this.openSections(bytes, offset, length)
    return (flags & Flag.Cut) === 0 ? end : 0
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

function throwIt(_: number, error: DataCloneError): never {
  throw error
}

/** For another try after `error`. @throws it, where that does not help */
function standInsFor(error: unknown, root: string): StandIns {
  if (Lacking.is(error)) return new SafeMap<unknown, Lacking>()
  throw isStackOverflow(error) ? new DataCloneError(root, TOO_DEEP_FOR_STACK) : error
}
