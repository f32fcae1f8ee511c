import { inspect, TextDecoder, types } from 'node:util'
import type { Platform } from './shared/platform.js'
import {
  TypedArrayBuffer,
  TypedArrayByteOffset,
  Uint8ArrayConstructor,
  uncurryThis,
} from './shared/primordials.js'

/** Methods of Buffer that Node does not type: they skip the encoding dispatch of `toString`. */
interface RawBuffer {
  latin1Write(this: Uint8Array, s: string, offset: number): number
  latin1Slice(this: Uint8Array, start: number, end: number): string
  ucs2Write(this: Uint8Array, s: string, offset: number): number
  ucs2Slice(this: Uint8Array, start: number, end: number): string
  utf8Write(this: Uint8Array, s: string, offset: number): number
}

const { latin1Write, latin1Slice, ucs2Write, ucs2Slice, utf8Write } =
  Buffer.prototype as unknown as RawBuffer
const { byteLength: sizeOf } = Buffer
const Decoder = TextDecoder
const decode = uncurryThis(TextDecoder.prototype.decode)
/** Made when it is first needed. */
let decoder: InstanceType<typeof TextDecoder> | undefined

/** V8 compiles this to a constant for strings it stores in one byte per unit. */
const WIDE = /[^\0-\xff]/

/** What `inspect` shows of an array with elements only, when it is told to show no element. */
const ELEMENTS_ONLY = /^[^[]*\[ \.\.\. \d+ more items? \]$/
const NO_ELEMENTS = { maxArrayLength: 0, depth: 0, customInspect: false } as const

function codegenAllowed(): boolean {
  try {
    return new Function('return true')() as boolean
  } catch {
    return false
  }
}

/** The codec's platform on a Node host. */
export const nodePlatform: Platform = {
  writeLatin1(s, bytes, offset) {
    latin1Write.call(bytes, s, offset)
  },
  readLatin1: (bytes, offset, length) => latin1Slice.call(bytes, offset, offset + length),
  writeUtf16(s, bytes, offset) {
    ucs2Write.call(bytes, s, offset)
  },
  readUtf16: (bytes, offset, byteLength) => ucs2Slice.call(bytes, offset, offset + byteLength),
  utf8Length: (s) => sizeOf(s, 'utf8'),
  writeUtf8(s, bytes, offset) {
    utf8Write.call(bytes, s, offset)
  },
  readUtf8(bytes, offset, length) {
    try {
      decoder ??= new Decoder('utf-8', { fatal: true, ignoreBOM: true })
      const start = TypedArrayByteOffset(bytes) + offset
      return decode(decoder, new Uint8ArrayConstructor(TypedArrayBuffer(bytes), start, length))
    } catch {
      return undefined
    }
  },
  isLatin1: (s) => !WIDE.test(s),
  toBuffer(bytes) {
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  },
  isBuffer: (v) => Buffer.isBuffer(v),
  // Node asks the engine for an array's other keys, and shows what it got only here.
  hasNamedKeys: (array) => !ELEMENTS_ONLY.test(inspect(array, NO_ELEMENTS)),
  isOpaque: (v) => types.isPromise(v) || types.isProxy(v) || types.isGeneratorObject(v),
  codegen: codegenAllowed(),
}
