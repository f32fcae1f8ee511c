/** Reading one large payload in portions, so that a thread can do other things between them. */

import { consume, fill, finished, holes, newArrayFor, nextType, readElements } from './array.js'
import type { ReceivedBuffers } from './attachments.js'
import { Decoder } from './decoder.js'
import { BadPayloadError } from '../shared/errors.js'
import { Flag, TAGGED, Token, Type, VERSION } from '../shared/format.js'
import type { Platform } from '../shared/platform.js'
import { MapConstructor, MapSet, SetAdd, SetConstructor } from '../shared/primordials.js'
import type { ReadColumn } from './shapes.js'
import { setOwn, ValueReader } from './value.js'

/** Lists of at least so many values are read in portions. */
const LONG = 256
/** Containers outside of long lists that are looked into for long lists, counted from the outermost. */
const LOOK_INTO = 8
/** Shapes that are prepared, or inline values that are read, between two looks at the clock. */
const PER_LOOK = 16
/** Values of a column that are read in the first portion, and at most. */
const FIRST_PORTION = 64
const MAX_PORTION = 8192

type Record = { [key: string]: unknown }
type Portions<T> = Generator<undefined, T, void>

/** Clock and patience of the one who waits. */
export interface Pace {
  /** Milliseconds, from any moment on. */
  now(): number
  /** What a portion may take. */
  readonly portionMs: number
}

/** Decodes large payloads, several at a time. */
export class LargeDecoder {
  /** Keeps the compiled readers of shapes from payload to payload. */
  #idle: LargeReader | undefined

  constructor(
    private readonly platform: Platform,
    private readonly pace: Pace,
  ) {}

  /**
   * Begins with a payload, which starts at a multiple of eight in memory. `bytes` must stay as they are
   * until the value is there.
   *
   * @param root what errors call the value
   */
  start(bytes: Uint8Array, received: ReceivedBuffers | undefined, root: string): LargeValue {
    const reader = this.#idle ?? new LargeReader(this.platform, this.pace)
    this.#idle = undefined
    return new LargeValue(reader, { bytes, received, root }, () => (this.#idle = reader))
  }
}

interface Payload {
  readonly bytes: Uint8Array
  readonly received: ReceivedBuffers | undefined
  readonly root: string
}

/** A payload that is decoded portion by portion. */
export class LargeValue {
  value: unknown
  readonly #portions: Portions<unknown>

  /** @param letGo called when `reader` is free again */
  constructor(
    private readonly reader: LargeReader,
    private readonly payload: Payload,
    private readonly letGo: () => void,
  ) {
    this.#portions = reader.read(payload.bytes, payload.received)
  }

  /**
   * Reads the next portion. Returns whether more is left.
   *
   * @throws as {@link Decoder.decode} does
   */
  step(): boolean {
    try {
      const { done, value } = this.#portions.next()
      this.value = value
      if (done !== true) return true
    } catch (error) {
      this.value = this.#again(error)
    }
    this.reader.release()
    this.letGo()
    return false
  }

  /** Errors that tell a path are made by one who looks for it. */
  #again(error: unknown): unknown {
    if (error instanceof BadPayloadError) throw error
    const { bytes, received, root } = this.payload
    received?.rewind(0)
    return new Decoder(this.reader.platform).decode(bytes, 0, bytes.length, received, root)
  }
}

class LargeReader extends ValueReader {
  #looked = 0
  #since = 0

  constructor(
    platform: Platform,
    private readonly pace: Pace,
  ) {
    super(platform)
  }

  *read(bytes: Uint8Array, received: ReceivedBuffers | undefined): Portions<unknown> {
    this.#since = this.pace.now()
    this.received = received
    this.bytes = bytes
    this.start = this.pos = 0
    this.end = bytes.length
    if (this.byte() !== VERSION) this.fail(`version ${bytes[0]}, not ${VERSION}`)
    const flags = this.byte()
    if (flags > (Flag.Sections | Flag.References)) this.fail(`unknown flags ${flags}`)
    this.tracked = (flags & Flag.References) !== 0
    if ((flags & Flag.Sections) !== 0) yield* this.#sections(bytes)
    const value = yield* this.#part(0)
    if (this.end - this.pos >= 8) this.fail('bytes left over')
    return value
  }

  *#sections(bytes: Uint8Array): Portions<void> {
    const { sections } = this
    const end = sections.begin(bytes, 0, bytes.length)
    while (sections.readStringBlock()) if (this.#isDue(1)) yield
    sections.finish()
    this.share()
    if (this.platform.codegen) {
      for (let i = 0; i < sections.shapeCount; i++) {
        this.equip(sections.shapes[i]!)
        if (this.#isDue(PER_LOOK)) yield
      }
    }
    this.end = end
  }

  /** Whether the portion has taken long enough; looks at the clock every `per` times. */
  #isDue(per: number): boolean {
    if (++this.#looked < per) return false
    this.#looked = 0
    const now = this.pace.now()
    if (now - this.#since < this.pace.portionMs) return false
    this.#since = now
    return true
  }

  /** The next inline value, `depth` containers deep. */
  *#part(depth: number): Portions<unknown> {
    const token = this.bytes[this.pos]!
    if (!this.#isWorthwhile(token, depth)) return this.value()
    this.pos++
    if (token >= Token.ShortArray) return yield* this.#array(token - Token.ShortArray, depth)
    if (token >= Token.ShortObject) {
      return yield* this.#object(this.inlineShape(token - Token.ShortObject), depth)
    }
    switch (token) {
      case Token.Array:
        return yield* this.#array(this.count(), depth)
      case Token.ColumnArray: {
        const root = this.root()
        return yield* this.#columnArray(root, this.u32())
      }
      case Token.Object:
        return yield* this.#object(this.newInlineShape(), depth)
      case Token.ObjectAgain:
        return yield* this.#object(this.inlineShape(this.varint()), depth)
      case Token.Dictionary:
      case Token.ColumnDictionary:
        return yield* this.#dictionary(token === Token.ColumnDictionary, depth)
      case Token.Map:
        return yield* this.#map(depth)
      default:
        return yield* this.#set(depth)
    }
  }

  /** Whether a value may hold what is to be read in portions. */
  #isWorthwhile(token: number, depth: number): boolean {
    const isList =
      token === Token.ColumnArray ||
      token === Token.ColumnDictionary ||
      token === Token.Dictionary ||
      token === Token.Map ||
      token === Token.Set
    if (isList) return depth < LOOK_INTO || this.#isLong(token)
    const isObject =
      token === Token.Object ||
      token === Token.ObjectAgain ||
      token === Token.Array ||
      (token >= Token.ShortObject && token < Token.ShortArray + 16)
    return isObject && depth < LOOK_INTO
  }

  /** Looks ahead for a list's length. */
  #isLong(token: number): boolean {
    const { pos } = this
    this.pos++
    if (token === Token.Dictionary || token === Token.ColumnDictionary) this.byte()
    if (token === Token.ColumnDictionary || token === Token.ColumnArray) this.varint()
    const count = token === Token.ColumnArray ? this.u32() : this.varint()
    this.pos = pos
    return count >= LONG
  }

  /** How deep the parts of a list are: those of a long one are not looked into, unless they are long. */
  #below(count: number, depth: number): number {
    return count < LONG ? depth + 1 : LOOK_INTO
  }

  *#array(count: number, depth: number): Portions<unknown[]> {
    const array = newArrayFor(this, Type.Inline)
    const below = this.#below(count, depth)
    let at = 0
    for (let i = 0; i < count; i++) {
      const token = this.bytes[this.pos]!
      if (token === Token.Holes) at = holes(this, array, at)
      else if (this.#isWorthwhile(token, below)) array[at++] = yield* this.#part(below)
      else array[at++] = this.value()
      if (this.#isDue(PER_LOOK)) yield
    }
    return finished(this, array)
  }

  *#columnArray(column: ReadColumn, count: number): Portions<unknown[]> {
    if (count < LONG) return readElements(this, column, count)
    const array = newArrayFor(this, column.numbers ? Type.Double : column.only)
    let at = 0
    let portion = FIRST_PORTION
    for (let left = count; left > 0;) {
      const start = this.pace.now()
      const next = left < portion ? left : portion
      at = fill(this, column, next, array, at)
      left -= next
      const took = this.pace.now() - start
      if (took * 4 < this.pace.portionMs && portion < MAX_PORTION) portion *= 2
      else if (took > this.pace.portionMs && portion > 1) portion >>= 1
      if (this.#isDue(1)) yield
    }
    return finished(this, array)
  }

  *#object(
    list: { keys: readonly string[]; size: number; nullPrototype: boolean },
    depth: number,
  ): Portions<Record> {
    const object = this.newObject(list.nullPrototype)
    for (let i = 0; i < list.size; i++) {
      setOwn(object, list.keys[i]!, yield* this.#part(depth + 1))
      if (this.#isDue(PER_LOOK)) yield
    }
    return object
  }

  *#dictionary(columnar: boolean, depth: number): Portions<Record> {
    const object = this.newObject(this.byte() === 1)
    const column = columnar ? this.root() : undefined
    const count = this.count()
    if (column !== undefined) consume(this, column, count)
    const below = this.#below(count, depth)
    for (let i = 0; i < count; i++) {
      const key = this.key()
      if (column === undefined) setOwn(object, key, yield* this.#part(below))
      else if (
        nextType(this, column) !== Type.Inline ||
        !this.#isWorthwhile(this.bytes[this.pos]!, below)
      )
        setOwn(object, key, this.column(column))
      else {
        if (column.only === TAGGED) column.tag++
        setOwn(object, key, yield* this.#part(below))
      }
      if (this.#isDue(PER_LOOK)) yield
    }
    return object
  }

  *#map(depth: number): Portions<Map<unknown, unknown>> {
    const map = new MapConstructor<unknown, unknown>()
    if (this.tracked) this.register(map)
    const count = this.count()
    const below = this.#below(count, depth)
    for (let i = 0; i < count; i++) {
      const key = yield* this.#part(below)
      MapSet(map, key, yield* this.#part(below))
      if (this.#isDue(PER_LOOK)) yield
    }
    return map
  }

  *#set(depth: number): Portions<Set<unknown>> {
    const set = new SetConstructor<unknown>()
    if (this.tracked) this.register(set)
    const count = this.count()
    const below = this.#below(count, depth)
    for (let i = 0; i < count; i++) {
      SetAdd(set, yield* this.#part(below))
      if (this.#isDue(PER_LOOK)) yield
    }
    return set
  }
}
