/**
 * What the host and the isolates agree on: the words that cross between them as numbers. Used by
 * the host and bundled into the prelude, so that the two sides cannot drift apart. Rust carries
 * most of these numbers without looking at them (`CallKind` in `isolane-core`); those that it looks
 * at are in `crates/isolane-driver/src/protocol.rs`.
 */

/** What runs a pool's functions: `'v8'`, isolates of an embedded V8; `'node'`, Node's Workers. */
export type Engine = 'v8' | 'node'

/** Which of the calls that wait goes first. Low ones are not starved: every eighth turn is theirs. */
export type Priority = 'low' | 'normal' | 'high'

/** Priorities as numbers on the wire. */
export const PRIORITIES: Readonly<Record<Priority, number>> = { low: 0, normal: 1, high: 2 }

/** What the driver does with the items of a chunk. */
export const Operation = {
  /** One call, `fn(arg, context)`; answers with its result. */
  Run: 0,
  /** `fn(item, index, context)`; answers with the results. */
  Map: 1,
  /** As `Map`; answers with nothing. */
  ForEach: 2,
  /** As `Map`; answers with one byte an item, 1 where the result was truthy. */
  Filter: 3,
  /** Maps by the second function where there is one, folds by the first; answers with `[partial]`. */
  Reduce: 4,
  /** Folds partial results, given as one array of payloads; answers with the value. */
  Combine: 5,
  /** One call over an item, `[item, index]`: `fn(item, index, context)`; answers with its result. */
  Item: 6,
  /**
   * One call over a copy of the target (a shared value named {@link TARGET}), given what is to be
   * compared (`DiffScope`): `fn(copy, context)`; answers with what changed, or with a `DiffRefusal`.
   */
  Patch: 7,
} as const

/** Name of the shared value that functions do not see: no other has an empty one. */
export const TARGET = ''

/** How a call ended, as the driver tells the engine. */
export const Status = { Done: 0, Failed: 1, Pending: 2, Interrupted: 3 } as const

/** Element kind 0: values in the codec's format. The others are raw memory of a typed array. */
export const CODEC = 0

/** Element kind of results that are what functions have changed of their items: `PatchOperation[]` each. */
export const CHANGES = 32

/**
 * Element kinds of items and results that are JSON text: elements of one array, or one a line. How the
 * items of a chunk lie is in `crates/isolane/src/text/source.rs`.
 */
export const TextKind = { Json: 64, Ndjson: 65 } as const

/** Bit of an output kind that is text: each result stands in an object, as from `Promise.allSettled`. */
export const SETTLED = 2

/** Whether a kind is text. */
export function isText(kind: number): boolean {
  return kind >= TextKind.Json
}

/** The typed arrays that cross as raw memory; the kind on the wire is the index here plus one. */
export const ELEMENT_KINDS = [
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
  ...newerKinds(),
]

/** `Float16Array`, which hosts before Node 24 lack. Last, so that the other kinds keep their number. */
function newerKinds(): Float32ArrayConstructor[] {
  const { Float16Array } = globalThis as { Float16Array?: Float32ArrayConstructor }
  return Float16Array === undefined ? [] : [Float16Array]
}

/** A typed array of any kind; `Float16Array` where the host has it. */
export type ElementArray = InstanceType<(typeof ELEMENT_KINDS)[number]>

/**
 * How much of a shared value is frozen; first byte of its payload. `Objects`: all but the elements
 * of arrays; `AsNeeded`: all, unless each function of the realm is proven to leave it as it is;
 * `Encoded`: functions do not see it, and it is decoded anew for each copy that they get.
 */
export const FreezeMode = { Deep: 0, Objects: 1, Nothing: 2, AsNeeded: 3, Encoded: 4 } as const

/** What encodes a shared value; second byte of its payload. Either is the codec's in the end. */
export const SharedForm = { Value: 0, JsonText: 1, Json: 2, Ndjson: 3 } as const

/** Bytes before the encoded value in a shared value's payload: mode, form, and padding. */
export const SHARED_HEAD = 8

/** Bytes in a word of a header. */
export const WORD = 4

/** Parts of a chunk's input, payloads of an outcome and of the wire start at multiples of this. */
export const ALIGNMENT = 8

/** The next offset at which a part or payload can start. */
export function align(offset: number): number {
  return (offset + ALIGNMENT - 1) & -ALIGNMENT
}

/** What went wrong in a chunk, as the prelude tells the host. */
export interface FailureRecord {
  /**
   * `throw`: the function threw; `clone`: its result cannot be carried; `pending`: its promise can
   * never settle; `load`: its source does not compile; `module`: it cannot be had from its module;
   * `crash`: something that it left behind ended the thread; `exit`: it called `process.exit`; `json`:
   * the text of the item is not JSON; `changes`: what it changed cannot be told.
   */
  kind: 'throw' | 'clone' | 'pending' | 'load' | 'module' | 'crash' | 'exit' | 'json' | 'changes'
  /** Index of the failing item in the whole input, or -1 where there is none. */
  index: number
  /**
   * What was thrown (an Error arrives as an Error); for `clone`, what cannot be carried; for `json`, the
   * reason; for `changes`, a `DiffRefusal`.
   */
  error: unknown
  /** `clone`: where in the result, with indices as of the chunk. */
  path?: string
  /** `clone`: index of the chunk's first item. */
  first?: number
  /** `load` and `module`: id of the module that it is about, where the function is made of modules. */
  module?: string | undefined
  /** `load`: line and column of a syntax error in the function's own text, from 1. `json`: in the whole text. */
  line?: number
  column?: number
  /** `json`: the byte in the whole text. */
  offset?: number
}

/**
 * The head of what a chunk answers with where the call wants an outcome, in words of 32 bits: the
 * number of blocks and of failures. Then, for each block of results: index of its first item in the
 * chunk, number of items, length of its payload; for each failure: index of the item, length of its
 * payload (0 where only the fact is told), and where items are text three more: where its text begins in
 * the whole (the lower word first), and how long it is. The payloads follow, each at a multiple of 8 bytes: of
 * a block, the results in the form that the operation gives them; of a failure, a record.
 */
export const OUTCOME_HEADER_WORDS = 2

/** Bit of a call's kind: what it has finished may be asked for after a termination. */
export const SALVAGE = 1 << 24

/** Bit of a call's kind: all lines that are logged for it say where. */
export const PLACES = 1 << 25

/**
 * First byte of a failure that the isolate could only tell as text; the text follows, in UTF-8. The
 * codec's version bytes are others.
 */
export const PLAIN_TEXT = 0xff

/**
 * First byte of a failure that is about the text in which items were looked for; after seven more follow
 * byte, line, column and index as doubles, and the reason, in UTF-8.
 */
export const INVALID_JSON = 0xfe

/** First byte of a failure that is about what a function is made of; a `LinkFault` follows, as JSON. */
export const LINK_FAULT = 0xfd

/**
 * How a function's text is to be read. `Source`: as strict code, or as sloppy code where it is no strict
 * code; `Strict` and `Sloppy`: as that alone; `Module`: as where it is (a {@link ModuleAddress});
 * `Modules`: as what it is made of; `Files`: as what is at
 * its address, and all that imports.
 */
export const FunctionForm = {
  Source: 0,
  Module: 1,
  Strict: 2,
  Sloppy: 3,
  Modules: 4,
  Files: 5,
} as const

/** How the text of a module is to be read; `Builtin`: it has none, being the engine's. */
export const ModuleFormat = { CommonJs: 0, Module: 1, Expression: 2, Json: 3, Builtin: 4 } as const

/** By syntax alone, since the isolate's built-ins may be the user's and a method's name may change. */
export const FIRST_PROPERTY = '(o=>{for(const k in o)return o[k]})'

/** Where a function is, as JSON in its text. */
export interface ModuleAddress {
  /** An absolute path. */
  filename: string
  /** The export; the default export without it. */
  name?: string
}

/** How much a chunk may tell beside its results. What is above is cut off, marked and counted. */
export interface Caps {
  /** Log records of a chunk. */
  maxLogRecords: number
  /** Characters of a chunk's log records in all. */
  maxLogSize: number
  /** Bytes of an encoded error. */
  maxErrorSize: number
  /** The least level, as a place in {@link LOG_LEVELS}, whose records say where they were logged. */
  placeLevel: number
}

/**
 * One line that a function logged: level, text, milliseconds since the epoch, index of the item in the whole input
 * (-1 outside of items), and where, as `script:line:column` (empty where that is not told). A note is none of a
 * function's: with it the pool explains itself.
 */
export type LogRecord = [
  level: LogLevel,
  text: string,
  time: number,
  item: number,
  place: string,
  isNote?: boolean,
]

/** Severity of a log record. */
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error'

/** Severities of log records, the least first. */
export const LOG_LEVELS: readonly LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error']

/** Resource name of the prelude in stack traces; its frames are not the function's. No function's begins so. */
export const PRELUDE_NAME = 'isolane/prelude'

/** Prefix of a function's resource name in stack traces, before its own name. */
export const FUNCTION_PREFIX = 'isolane:'
