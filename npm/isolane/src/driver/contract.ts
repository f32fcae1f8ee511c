import type { Codec } from '../codec/codec.js'
import type { Caps } from '../protocol.js'

/** What the engine gives the prelude. Captured here; user code never sees it. */
export interface Native extends Caps {
  writeLatin1(text: string, bytes: Uint8Array, offset: number): void
  readLatin1(bytes: Uint8Array, offset: number, length: number): string
  writeUtf16(text: string, bytes: Uint8Array, offset: number): void
  readUtf16(bytes: Uint8Array, offset: number, byteLength: number): string
  isLatin1(text: string): boolean
  isOpaque(value: object): boolean
  /** Whether text may become code in this context. */
  codegen: boolean
  /** Whether user code gets `WebAssembly`. */
  wasm: boolean
  /** The maximum of a WebAssembly memory, in its pages. */
  wasmPages: number
  /** Takes bytes from the budget for as long as the result lives; `undefined` where that is too much. */
  charge(bytes: number): object | undefined
  /** Has `make` give the value of a global when it is first read, and keeps it. */
  defer(name: string, make: () => unknown): void
  /** The function that the codec's script gives: for its externals, the class. */
  codec(): (...externals: unknown[]) => typeof Codec
  /** Words that the engine and the driver exchange around a call; see {@link Control}. */
  control: ArrayBuffer
}

/** Bounds what is awaited, on a platform whose functions may wait for timers and I/O. */
export interface AwaitLimit {
  /** A promise is to be awaited. Returns whether no more may be, for now. */
  await(): boolean
  /** A promise has settled, or is not awaited any more; `count` of them. */
  settled(count: number): void
  /** Whether the call that runs is to stop. */
  isInterrupted(): boolean
  /** Adds to the context that functions get. */
  extendContext(context: object): void
}
/** Stands at the end of a text that was cut. */
export const MARKER = '… [truncated]'

/** Indices into {@link Native.control}, as 32-bit words. The engine knows the same numbers. */
export const Control = {
  /** Out: a `Status`. */
  Status: 0,
  /** Out: 1 when log records wait to be taken. */
  Logs: 1,
  /** Out: log records that were shortened or dropped; the engine sets it back. */
  CutLogs: 2,
  /** Out: errors that were shortened. */
  CutErrors: 3,
  /** Out: buffers that the output of a call refers to. */
  Attachments: 4,
} as const
