import {
  MathMin,
  privateArray,
  StringCharCodeAt,
  TypedArrayLength,
} from '../../codec/shared/primordials.js'

/** What is wrong with a text, and the byte at which that shows. */
export interface JsonFault {
  at: number
  reason: string
}

const QUOTE = 0x22
const COMMA = 0x2c
const MINUS = 0x2d
const COLON = 0x3a
const ARRAY = 0x5b
const BACKSLASH = 0x5c
const OBJECT = 0x7b
/** What closes a bracket stands two behind it. */
const TO_CLOSING = 2

/**
 * Looks for the first byte of `bytes[start]` up to `bytes[end]` that makes it no JSON, of one value. Brackets
 * are kept in a list and not on the stack, however deep they are.
 */
export function findFault(bytes: Uint8Array, start: number, end: number): JsonFault | undefined {
  return new Finder(bytes, start, MathMin(end, TypedArrayLength(bytes))).find()
}

class Finder {
  #at: number
  #reason = ''

  constructor(
    private readonly bytes: Uint8Array,
    start: number,
    private readonly end: number,
  ) {
    this.#at = start
  }

  find(): JsonFault | undefined {
    if (this.#value() && this.#at < this.end) this.#no('something follows the value')
    return this.#reason === '' ? undefined : { at: this.#at, reason: this.#reason }
  }

  /** A value with the white space around it; whether it is one. */
  #value(): boolean {
    const open = privateArray<number>()
    for (;;) {
      const byte = this.#skip()
      if (byte === OBJECT || byte === ARRAY) {
        this.#at++
        if (this.#skip() !== byte + TO_CLOSING) {
          open[open.length] = byte
          if (byte === OBJECT && !this.#key()) return false
          continue
        }
        this.#at++
      } else if (!this.#scalar(byte)) return false
      const isMore = this.#close(open)
      if (isMore !== true) return isMore === undefined
    }
  }

  /** What follows a value: true for another one, `undefined` for the end of all, false for a fault. */
  #close(open: number[]): boolean | undefined {
    for (;;) {
      const byte = this.#skip()
      if (open.length === 0) return undefined
      const bracket = open[open.length - 1]!
      if (byte === COMMA) {
        this.#at++
        return bracket === OBJECT ? this.#key() : true
      }
      if (byte !== bracket + TO_CLOSING)
        return this.#no('a comma or the closing bracket is missing')
      this.#at++
      open.length--
    }
  }

  #key(): boolean {
    if (this.#skip() !== QUOTE) return this.#no('a key in double quotes is missing')
    if (!this.#string()) return false
    if (this.#skip() !== COLON) return this.#no('a colon is missing')
    this.#at++
    return true
  }

  #scalar(byte: number): boolean {
    if (byte === QUOTE) return this.#string()
    if (byte === MINUS || isDigit(byte)) return this.#number()
    if (byte === 0x74) return this.#word('true')
    if (byte === 0x66) return this.#word('false')
    if (byte === 0x6e) return this.#word('null')
    return this.#no('a value is missing')
  }

  #word(word: string): boolean {
    for (let i = 0; i < word.length; i++) {
      if (this.#byte() !== StringCharCodeAt(word, i)) return this.#no('a value is missing')
      this.#at++
    }
    return true
  }

  #number(): boolean {
    if (this.#byte() === MINUS) this.#at++
    if (this.#byte() === 0x30) this.#at++
    else if (!this.#digits()) return false
    if (this.#byte() === 0x2e) {
      this.#at++
      if (!this.#digits()) return false
    }
    if ((this.#byte() | 0x20) !== 0x65) return true
    this.#at++
    if (this.#byte() === MINUS || this.#byte() === 0x2b) this.#at++
    return this.#digits()
  }

  #digits(): boolean {
    if (!isDigit(this.#byte())) return this.#no('a digit is missing')
    while (isDigit(this.#byte())) this.#at++
    return true
  }

  #string(): boolean {
    this.#at++
    for (;;) {
      const byte = this.#byte()
      if (byte === QUOTE) {
        this.#at++
        return true
      }
      if (byte < 0) return this.#no('the text ends inside a string')
      if (byte < 0x20) return this.#no('a control character in a string is not escaped')
      if (byte === BACKSLASH) {
        if (!this.#escape()) return false
      } else if (byte < 0x80) this.#at++
      else if (!this.#character(byte)) return this.#no('this is not UTF-8')
    }
  }

  #escape(): boolean {
    this.#at++
    const byte = this.#byte()
    if (byte === 0x75) {
      this.#at++
      for (let i = 0; i < 4; i++, this.#at++) {
        if (!isHex(this.#byte()))
          return this.#no('an escape of four hexadecimal digits is incomplete')
      }
      return true
    }
    if (!isEscape(byte)) return this.#no('there is no such escape')
    this.#at++
    return true
  }

  /** A character of several bytes; whether it is UTF-8 as Unicode has it. */
  #character(first: number): boolean {
    const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2
    if (first < 0xc2 || first > 0xf4) return false
    let low = 0x80
    let high = 0xbf
    if (first === 0xe0) low = 0xa0
    else if (first === 0xed) high = 0x9f
    else if (first === 0xf0) low = 0x90
    else if (first === 0xf4) high = 0x8f
    for (let i = 1; i < length; i++) {
      const next = this.#at + i < this.end ? this.bytes[this.#at + i]! : -1
      if (next < low || next > high) return false
      low = 0x80
      high = 0xbf
    }
    this.#at += length
    return true
  }

  /** The next byte that is no white space. */
  #skip(): number {
    for (;;) {
      const byte = this.#byte()
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return byte
      this.#at++
    }
  }

  /** The next byte; -1 at the end. */
  #byte(): number {
    return this.#at < this.end ? this.bytes[this.#at]! : -1
  }

  #no(reason: string): false {
    this.#reason = reason
    return false
  }
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39
}

function isHex(byte: number): boolean {
  const lower = byte | 0x20
  return isDigit(byte) || (lower >= 0x61 && lower <= 0x66)
}

/** `"`, `\\`, `/`, b, f, n, r, t. */
function isEscape(byte: number): boolean {
  return (
    byte === QUOTE ||
    byte === BACKSLASH ||
    byte === 0x2f ||
    byte === 0x62 ||
    byte === 0x66 ||
    byte === 0x6e ||
    byte === 0x72 ||
    byte === 0x74
  )
}
