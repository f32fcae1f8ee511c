/** WebAssembly modules as bytes. */

const HEAD = [0, 97, 115, 109, 1, 0, 0, 0]
const TYPE_VOID = [1, 4, 1, 96, 0, 0]
const TYPE_I32 = [1, 5, 1, 96, 0, 1, 127]
const FUNCTION = [3, 2, 1, 0]
const EXPORT_F = [7, 5, 1, 1, 102, 0, 0]
const MEMORY = [5, 3, 1, 0, 1]
const EXPORT_M = [7, 5, 1, 1, 109, 2, 0]

const MODULES = {
  empty: HEAD,
  memory: [...HEAD, ...MEMORY, ...EXPORT_M],
  /** A memory with a minimum of 256 MiB. */
  largeMemory: [...HEAD, 5, 4, 1, 0, 0x80, 0x20, ...EXPORT_M],
  forEver: [...HEAD, ...TYPE_VOID, ...FUNCTION, ...EXPORT_F, 10, 9, 1, 7, 0, 3, 64, 12, 0, 11, 11],
  recursion: [...HEAD, ...TYPE_VOID, ...FUNCTION, ...EXPORT_F, 10, 6, 1, 4, 0, 16, 0, 11],
  /** Grows its memory by 100 pages a call. */
  growing: [
    ...HEAD,
    ...TYPE_I32,
    ...FUNCTION,
    ...MEMORY,
    ...EXPORT_F,
    10,
    9,
    1,
    7,
    0,
    65,
    228,
    0,
    64,
    0,
    11,
  ],
  /** Exports what it imports as `a.b`. */
  importing: [...HEAD, ...TYPE_VOID, 2, 7, 1, 1, 97, 1, 98, 0, 0, ...EXPORT_F],
  /** A table of 1000 functions. */
  table: [...HEAD, 4, 5, 1, 0x70, 0, 0xe8, 7, 7, 5, 1, 1, 116, 1, 0],
}

/** Bytes of one of them as an expression. */
export const wasmModule = (name) => `new Uint8Array([${MODULES[name]}])`

/** Bytes of any, now and then with a wrong one, or with a MiB that means nothing. */
export function wasmBytes(random) {
  const bytes = [...random.pick(Object.values(MODULES))]
  if (random.chance(0.1)) {
    const section = [0, 0x82, 0x80, 0x40, 1, 97]
    return `(() => { const b = new Uint8Array(${bytes.length + section.length} + 2 ** 20); b.set([${[...bytes, ...section, random.integer(0, 255)]}]); return b })()`
  }
  if (random.chance(0.2)) bytes[random.integer(0, bytes.length - 1)] = random.integer(0, 255)
  return `new Uint8Array([${bytes}])`
}
