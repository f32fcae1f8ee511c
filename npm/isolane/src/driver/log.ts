import { privateArray } from '../codec/shared/primordials.js'
import type { Caps, LogLevel, LogRecord } from '../protocol.js'
import { formatMessage } from './late/inspect.js'
import { Control, MARKER } from './contract.js'

/** Characters of one record. */
const MAX_TEXT = 1 << 16

const now = Date.now

/** What the functions of one chunk have logged, bounded. */
export class LogBuffer {
  #records = privateArray<LogRecord>()
  /** Records of the chunk, also those that have been taken early. */
  #count = 0
  #characters = 0
  #dropped = 0
  readonly #control: Int32Array
  readonly #maxRecords: number
  readonly #maxCharacters: number

  constructor(control: ArrayBuffer, { maxLogRecords, maxLogSize }: Caps) {
    this.#control = new Int32Array(control)
    this.#maxRecords = maxLogRecords
    this.#maxCharacters = maxLogSize
  }

  /** Formats and keeps one line; past the bounds it is only counted. */
  add(level: LogLevel, values: ArrayLike<unknown>): void {
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
    this.#count++
    this.#characters += text.length
    this.#records[this.#records.length] = [level, text, now()]
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
      records[records.length] = ['warn', `[truncated: ${this.#dropped} more records]`, now()]
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
