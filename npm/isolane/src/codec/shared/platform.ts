/** What the platform lends the codec: string blocks in and out, and platform classes. */
export interface Platform {
  /** Writes `s`, all of whose code units are below 256, to `bytes` at `offset`. */
  writeLatin1(s: string, bytes: Uint8Array, offset: number): void
  /** The string of `length` Latin-1 bytes at `offset`. */
  readLatin1(bytes: Uint8Array, offset: number, length: number): string
  /** Writes `2 * s.length` little-endian bytes to `bytes` at `offset`. */
  writeUtf16(s: string, bytes: Uint8Array, offset: number): void
  /** The string of `byteLength` little-endian UTF-16 bytes at `offset`. */
  readUtf16(bytes: Uint8Array, offset: number, byteLength: number): string
  /** Bytes that `s` takes as UTF-8. */
  utf8Length(s: string): number
  /** Writes as many to `bytes` at `offset`. */
  writeUtf8(s: string, bytes: Uint8Array, offset: number): void
  /** The string of `length` bytes of UTF-8 at `offset`; undefined where they are none, or too many. */
  readUtf8(bytes: Uint8Array, offset: number, length: number): string | undefined
  /** Whether all code units of `s` are below 256. */
  isLatin1(s: string): boolean
  /** Host only: a Buffer over the same memory. Without it a Buffer arrives as Uint8Array. */
  toBuffer?(bytes: Uint8Array): Uint8Array
  /** Host only: whether `v` is a Buffer. */
  isBuffer?(v: unknown): boolean
  /** Whether `array` has enumerable named properties, without visiting its elements. */
  hasNamedKeys?(array: readonly unknown[]): boolean
  /** Whether `v` is a Promise, a Proxy or another object that only the engine can tell from a plain one. */
  isOpaque?(v: object): boolean
  /** Where memory can be shared: hands a shared buffer over and returns its id, below 2³². */
  shareBuffer?(buffer: SharedArrayBuffer): number
  /** The shared buffer of that id, or undefined. */
  sharedBuffer?(id: number): SharedArrayBuffer | undefined
  /** False where `new Function` is refused. */
  codegen: boolean
}
