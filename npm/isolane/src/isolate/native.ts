import type { valueOfGlobal } from './globals/late/globals.js'
import type { GlobalNatives } from './globals/host.js'
import type { DifferingCodec } from '../differ/differing-codec.js'
import type { Caps } from '../protocol.js'

/** What the engine gives the prelude. Captured here; user code never sees it. */
export interface Native extends Caps {
  writeLatin1(text: string, bytes: Uint8Array, offset: number): void
  readLatin1(bytes: Uint8Array, offset: number, length: number): string
  writeUtf16(text: string, bytes: Uint8Array, offset: number): void
  readUtf16(bytes: Uint8Array, offset: number, byteLength: number): string
  utf8Length(text: string): number
  writeUtf8(text: string, bytes: Uint8Array, offset: number): void
  readUtf8(bytes: Uint8Array, offset: number, length: number): string | undefined
  isLatin1(text: string): boolean
  isOpaque(value: object): boolean
  /** Where the function's code is that has led here, as `script:line:column`. */
  place(): string | undefined
  /** Whether text may become code in this context. */
  codegen: boolean
  /** Whether user code gets `WebAssembly`. */
  wasm: boolean
  /** The maximum of a WebAssembly memory, in its pages. */
  wasmPages: number
  /**
   * Takes bytes and memory mappings from the budget for as long as the result lives; `undefined`
   * where that is too much.
   */
  charge(bytes: number, mappings: number): ArrayBuffer | undefined
  /** Takes bytes from the budget until they are given back, or the isolate goes; whether it could. */
  hold(bytes: number): boolean
  /** Gives back what is held. */
  giveBack(bytes: number): void
  /** Has `make` give the value of a global when it is first read, and keeps it. */
  defer(name: string, make: () => unknown): void
  /** Whether user code gets the globals of the web. */
  hasGlobals: boolean
  /** Has `make` give the value of each of them when it is first read, and keeps it. */
  deferGlobals(make: (name: string) => unknown): void
  /** The function that the script of the globals gives, and what it takes beside its externals. */
  globals(): [(...externals: unknown[]) => typeof valueOfGlobal, GlobalNatives]
  /** The function that the codec's script gives: for its externals, the class. */
  codec(): (...externals: unknown[]) => typeof DifferingCodec
  /** Words that the engine and the driver exchange around a call; see `Control`. */
  control: ArrayBuffer
}
