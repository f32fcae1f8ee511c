import type { Charges } from '../charges.js'
import type { Native } from '../native.js'
import type { Turns } from '../turns.js'

/** What the script of the globals needs of the prelude's. */
export interface GlobalsHost {
  readonly native: Native
  readonly extra: GlobalNatives
  readonly charges: Charges
  readonly turns: Turns
}

/** What the engine gives the globals beside what it gives the prelude (`context/globals/mod.rs`). */
export interface GlobalNatives {
  /** Milliseconds since some time. */
  now(): number
  /** Has the engine call `task` when it runs microtasks. */
  enqueue(task: () => void): void
  /** Fills all of an array with random bytes; whether it could. */
  random(bytes: Uint8Array): boolean
  randomUuid(): string | undefined
  /** What an object is to `structuredClone`: see `Cloneable`. */
  kindOf(value: object): number
  /** Writes as much of a text as has room; `told` gets the code units read and the bytes written. */
  encodeInto(text: string, bytes: Uint8Array, told: Uint32Array): void
  /** The name of the encoding that a label means. */
  encodingOf(label: string): string | undefined
  /** The text of bytes; `null` where they are malformed and that is fatal, nothing where it is too long. */
  decode(bytes: Uint8Array, encoding: string, flags: number): string | null | undefined
  /** A decoder that keeps what is incomplete, as long as `owner` lives; nothing for want of memory. */
  openDecoder(owner: object, encoding: string, flags: number): number | undefined
  /** Goes on with a decoder, or ends with it. */
  decodeOn(
    decoder: number,
    bytes: Uint8Array,
    isLast: boolean,
    flags: number,
  ): string | null | undefined
  /** A URL as it is written; nothing where it is none. */
  parseUrl(input: string, base: string | undefined): string | undefined
  originOf(href: string): string
  /** Where the parts of a URL begin and end: a pair for each of `UrlPart`. */
  partsOfUrl(href: string): number[]
  /** A URL with another part; nothing where the part is refused. */
  changeUrl(href: string, part: number, value: string): string | undefined
  /** Names and values, in turn. */
  parseQuery(text: string): string[]
  writeQuery(pairs: readonly string[]): string | undefined
}

/** What an object is to `structuredClone`; `crates/isolane-v8/src/context/globals/kinds.rs` has the same. */
export const Cloneable = {
  Plain: 0,
  Array: 1,
  Date: 2,
  RegExp: 3,
  Map: 4,
  Set: 5,
  Number: 6,
  String: 7,
  Boolean: 8,
  BigInt: 9,
  ArrayBuffer: 10,
  SharedArrayBuffer: 11,
  View: 12,
  Error: 13,
  Refused: 14,
} as const
