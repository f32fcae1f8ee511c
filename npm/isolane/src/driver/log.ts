import { ArrayIncludes, privateArray } from '../codec/shared/primordials.js'
import { LOG_LEVELS, PLACES, type Caps, type LogLevel, type LogRecord } from '../protocol.js'
import { formatMessage } from './late/inspect.js'
import { Control, MARKER } from './contract.js'

/** Characters of one record. */
const MAX_TEXT = 1 << 16

const now = Date.now

/** In a record, outside of items. */
const NO_ITEM = -1

/** What the functions of one chunk have logged, bounded. */
export class LogBuffer {
  /** The item that is being computed: its index in the whole input, or -1. */
  itemNow: () => number = () => NO_ITEM
  #records = privateArray<LogRecord>()
  /** Records of the chunk, also those that have been taken early. */
  #count = 0
  #characters = 0
  #dropped = 0
  readonly #control: Int32Array
  readonly #maxRecords: number
  readonly #maxCharacters: number
  /** Levels whose records say where they were logged. */
  readonly #placed = privateArray<LogLevel>()
  readonly #placeNow: () => string | undefined

  /** @param placeNow where the code is that logs, as `script:line:column` */
  constructor(
    control: ArrayBuffer,
    { maxLogRecords, maxLogSize, placeLevel }: Caps,
    placeNow: () => string | undefined,
  ) {
    this.#control = new Int32Array(control)
    this.#maxRecords = maxLogRecords
    this.#maxCharacters = maxLogSize
    this.#placeNow = placeNow
    for (let i = placeLevel; i < LOG_LEVELS.length; i++) {
      this.#placed[this.#placed.length] = LOG_LEVELS[i]!
    }
  }

  /**
   * Formats and keeps one line; past the bounds it is only counted.
   *
   * @param isNote whether no function has logged it
   */
  add(level: LogLevel, values: ArrayLike<unknown>, isNote = false): void {
    this.#control[Control.Logs] = 1
    const room = this.#maxCharacters - this.#characters
    if (this.#count >= this.#maxRecords || room <= 0) {
      this.#control[Control.CutLogs]!++
      this.#dropped++
      return
    }
    let text = formatMessage(values)
    const longest = room < MAX_TEXT ? room : MAX_TEXT
    if (text.length > longest) {
      this.#control[Control.CutLogs]!++
      text = `${cut(text, longest)}${MARKER}`
    }
    const place = isNote ? '' : this.#placeOf(level)
    this.#count++
    this.#characters += text.length + place.length
    this.#records[this.#records.length] = isNote
      ? [level, text, now(), NO_ITEM, place, true]
      : [level, text, now(), this.itemNow(), place]
  }

  #placeOf(level: LogLevel): string {
    const isPlaced = (this.#control[Control.Kind]! & PLACES) !== 0
    return isPlaced || ArrayIncludes(this.#placed, level) ? (this.#placeNow() ?? '') : ''
  }

  /** Keeps a line that no function has logged, where there is room. */
  note(level: LogLevel, text: string): void {
    const hasRoom = text.length <= this.#maxCharacters - this.#characters
    if (hasRoom && this.#count < this.#maxRecords) this.add(level, ['%s', text], true)
  }

  /** Gives up what has come so far, of a chunk that goes on. */
  takeEarly(): LogRecord[] {
    const records = this.#records
    this.#records = privateArray()
    this.#control[Control.Logs] = this.#dropped > 0 ? 1 : 0
    return records
  }

  /** Gives the records up, with a last one that counts what was dropped. */
  take(): LogRecord[] {
    const records = this.#records
    if (this.#dropped > 0) {
      const text = `[truncated: ${this.#dropped} more records]`
      records[records.length] = ['warn', text, now(), NO_ITEM, '']
    }
    this.#records = privateArray()
    this.#count = 0
    this.#characters = 0
    this.#dropped = 0
    this.#control[Control.Logs] = 0
    return records
  }
}

const apply = Reflect.apply
const slice = String.prototype.slice
const cut = (text: string, length: number): string => apply(slice, text, [0, length]) as string
