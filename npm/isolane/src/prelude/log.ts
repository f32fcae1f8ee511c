import type { LogLevel, LogRecord } from '../protocol.js'
import { formatMessage } from './inspect.js'
import { Control } from './native.js'

/** Records a chunk may log before the rest is dropped and counted. */
const MAX_RECORDS = 1000
/** Characters a chunk may log in all. */
const MAX_CHARACTERS = 1 << 20
/** Characters of one record. */
const MAX_TEXT = 1 << 16

const now = Date.now

/** What the functions of one chunk have logged, bounded. */
export class LogBuffer {
  #records: LogRecord[] = []
  /** Records of the chunk, also those that have been taken early. */
  #count = 0
  #characters = 0
  #dropped = 0
  readonly #control: Int32Array

  constructor(control: ArrayBuffer) {
    this.#control = new Int32Array(control)
  }

  /** Formats and keeps one line; past the bounds it is only counted. */
  add(level: LogLevel, values: ArrayLike<unknown>): void {
    this.#control[Control.Logs] = 1
    if (this.#count >= MAX_RECORDS || this.#characters >= MAX_CHARACTERS) {
      this.#dropped++
      return
    }
    let text = formatMessage(values)
    if (text.length > MAX_TEXT) text = `${cut(text, MAX_TEXT)}… [truncated]`
    this.#count++
    this.#characters += text.length
    this.#records[this.#records.length] = [level, text, now()]
  }

  /** Gives up what has come so far, of a chunk that goes on. */
  takeEarly(): LogRecord[] {
    const records = this.#records
    this.#records = []
    this.#control[Control.Logs] = this.#dropped > 0 ? 1 : 0
    return records
  }

  /** Gives the records up, with a last one that counts what was dropped. */
  take(): LogRecord[] {
    const records = this.#records
    if (this.#dropped > 0) {
      records[records.length] = ['warn', `[truncated: ${this.#dropped} more records]`, now()]
    }
    this.#records = []
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
