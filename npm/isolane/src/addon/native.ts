import { closeSync, openSync } from 'node:fs'

import type { Attachment } from '../codec/index.js'
import { EngineUnavailableError } from '../errors/errors.js'
import type { Caps, Engine } from '../protocol.js'

/** The addon, as the public modules of `crates/isolane/src/lib.rs` export it. */
export interface Binding {
  /** Names the wire that it speaks. */
  wireId(): string
  engines(): Engine[]
  v8Version(): string | null
  parallelism(): number
  /** Reads modules, which `texts` has as a `ModuleTable`, on a thread beside this one, for who links them next. */
  readModules(
    entry: string,
    texts: readonly string[],
    builtins: readonly string[],
    packages: string | undefined,
  ): Promise<void>
  /** `ModuleRequests` of an entry's text, or why there are none (`LinkFault`), as JSON. */
  moduleRequests(id: string, source: string): string
  /** Resolves with what a checker finds in a text, as JSON; options are JSON too. */
  check(source: string, options: string): Promise<string>
  /** Resolves with the tree of a text, as ESTree has it, or with its errors of syntax, as JSON. */
  parseEstree(source: string, options: string): Promise<string>
  /** Describes the checker's rules, as JSON. */
  checkRules(): string
  /** A few lines of a text with a place marked, which is given in UTF-16. */
  frame(source: string, start: number, end: number, color: boolean): string
  NativePool: new (options: NativeOptions, notify: () => void) => NativePool
  NodeWorker: new (
    pool: number,
    slot: number,
    generation: number,
    lanes: number,
    heapUsed: number,
    wake: () => void,
  ) => NodeWorker
  NativePayload: new (length: number) => NativePayload
  NativeSplitter: new (kind: number) => NativeSplitter
}

/** How a pool is made, checked; `crates/isolane/src/options.rs`. */
export interface NativeOptions extends Caps {
  engine: Engine
  threads: number
  /** Bytes. */
  memoryLimit: number
  maxContexts: number
  eval: boolean
  wasm: boolean
  globals: boolean
  /** Calls that a Node Worker may run at once. */
  concurrency: number
  maxQueue?: number
  maxLostWorkers?: number
  recycleAfterTasks?: number
  /** Bytes. */
  recycleAbove?: number
  /** Bytes. */
  maxResult?: number
  niceIncrement: number
  /** Whether this thread's code sets the environment of the process. */
  ownsEnvironment: boolean
  name: string
}

/** A pool as the addon has it; `crates/isolane/src/pool_class.rs`. */
export interface NativePool {
  /** By which Node Workers find the pool. */
  readonly number: number
  /** A Node Worker is gone; without a reason, for want of memory. */
  giveUp(slot: number, generation: number, reason?: string): void
  /** `form` is a `FunctionForm`; `preamble` is what the source finds around it, in one line. */
  define(
    name: string,
    source: string,
    preamble: string,
    form: number,
    tenant: string | undefined,
    stateful: boolean,
    fresh: boolean,
  ): number
  /**
   * Links modules, which `texts` has as a `ModuleTable`, and what they ask for of `builtins`, and of packages that the folder `packages` sees. Returns a key, or as JSON why they cannot be
   * linked (a `LinkFault`).
   */
  defineModules(
    name: string,
    entry: string,
    texts: readonly string[],
    exported: string | undefined,
    builtins: readonly string[],
    packages: string | undefined,
    tenant: string | undefined,
    stateful: boolean,
    fresh: boolean,
  ): number | string
  /** `filename` is an absolute path, which a worker reads that first needs it. */
  defineFile(
    name: string,
    filename: string,
    exported: string | undefined,
    tenant: string | undefined,
    stateful: boolean,
    fresh: boolean,
  ): number
  /** Whether a file has changed that a function was read from. */
  isStale(key: number): boolean
  /** The line and column in the author's text of a place in what was made of it. */
  authorPlace(path: string, line: number, column: number): number[] | null
  releaseFunction(key: number): void
  /** How many items of a function one worker takes at once, though others are idle; 0 while that is unknown. */
  unsplitItems(key: number): number
  /** Takes all that was put into a payload, which has nothing any more. */
  share(name: string, payload: NativePayload): number
  releaseShared(key: number): void
  /**
   * `attachments` are what the commands refer to, if to anything, in this order. A `Uint8Array` is copied. An
   * `ArrayBuffer` is lent until the job has ended: nobody else may hold one that is read, use one that
   * is written, or detach either.
   */
  submit(batch: Uint8Array, length: number, attachments?: readonly Attachment[]): void
  /** `items` are copied or lent, as {@link submit} says; of a text a piece, whose `count` and `stride` are of no account. */
  appendItems(job: number, items: Attachment, count: number, stride: number, sealed: boolean): void
  /** No more workers run what came with a job that is a warm-up; with `stop`, none goes on. */
  forgetWarmUp(job: number, stop: boolean): void
  /** `externals` gets a `Uint8Array` for each large payload, an `ArrayBuffer` for each attachment. */
  drain(inbox: Uint8Array, externals: Attachment[], polling: boolean): number
  status(): string
  stats(): string
  resetStats(): void
  close(force: boolean): void
  destroy(): void
}

/** What a shared value is encoded to, as it comes; `crates/isolane/src/payload_class.rs`. */
export interface NativePayload {
  /** Bytes are copied. */
  put(bytes: Uint8Array): void
}

/** Finds the items of a text that comes in pieces; `crates/isolane/src/splitter_class.rs`. */
export interface NativeSplitter {
  /** Fills `numbers` (`Found`). Returns why there can be no more items, if so. */
  push(piece: Uint8Array, numbers: Float64Array): string | null
  /** The text has ended. */
  finish(numbers: Float64Array): string | null
}

/** A function as the addon keeps it. */
export interface FunctionText {
  name: string
  source: string
  /** What the source finds around it, in one line. */
  preamble: string
  /** A `FunctionForm`. */
  form: number
  /** Whether it is loaded for this call alone. */
  fresh: boolean
}

/** A Node Worker's place in a pool, as `crates/isolane/src/worker_class.rs` has it. */
export interface NodeWorker {
  /** Word 0: how many calls are to stop; word 1 + lane: whether that one is. */
  interrupts(): ArrayBuffer
  /** Returns a `Step`. Fills the `Frame`, and the input where it has room. Waits up to `patience` milliseconds. */
  next(frame: Float64Array, input: Uint8Array, patience: number): number
  read(lane: number, input: Uint8Array): void
  /** What came beside the input. */
  attachments(lane: number): ArrayBuffer[]
  functionText(lane: number, second: boolean): FunctionText
  /** The place of what a specifier means in a module of a function that has been asked for; -1 for nothing. */
  resolveModule(functionId: number, from: number, specifier: string): number
  selection(lane: number): { names: string[]; ids: number[] }
  sharedValue(lane: number, index: number): Uint8Array
  unselect(): void
  /** Why shared values are frozen for the call, where nobody has been told yet. */
  guardReason(lane: number): string | null
  /** Copies what the output refers to that finishes next. */
  attach(lane: number, attachments: readonly Uint8Array[]): void
  /** Reports the call as well. `takesMore`: there is room for another now. False: the Worker has been given up. */
  finish(
    lane: number,
    status: number,
    output: Uint8Array,
    logs: Uint8Array,
    cutLogs: number,
    cutErrors: number,
    takesMore: boolean,
  ): boolean
  /** Hands log records on at once. */
  log(lane: number, records: Uint8Array): void
  /** Returns ids of shared values to let go. */
  rest(heapUsed: number): number[]
}

let loaded: Binding | undefined

/**
 * Loads the addon at first use, so that `require('isolane')` costs nothing and cannot fail.
 *
 * @throws {EngineUnavailableError} where there is none, or one of another build
 */
export function binding(): Binding {
  if (loaded !== undefined) return loaded
  const { addon, own } = load()
  assertSameWire(addon, own)
  return (loaded = addon)
}

function load(): { addon: Binding; own: string } {
  try {
    return { addon: require('../native/binding.js'), own: ownWireId() }
  } catch (error) {
    if (error instanceof EngineUnavailableError) throw error
    const code = wantOfDescriptor(error)
    if (code !== undefined) {
      throw new EngineUnavailableError(
        `The native part of isolane could not be loaded, for want of a file descriptor (${code}). ` +
          `Close files or sockets, raise the limit (\`ulimit -n\`), or make the first pool earlier`,
        { cause: error },
      )
    }
    throw new EngineUnavailableError(
      `The native part of isolane could not be loaded for ${process.platform}-${process.arch}. ` +
        `Install the platform package (npm install with optional dependencies), or build from ` +
        `source: \`npm start\` in the repository`,
      { cause: error },
    )
  }
}

/** The code of the system's refusal, if that is why `error` was thrown. */
function wantOfDescriptor(error: unknown): string | undefined {
  const refusal = (cause: unknown): string | undefined => {
    const { code } = cause as { code?: unknown }
    return code === 'EMFILE' || code === 'ENFILE' ? code : undefined
  }
  const code = refusal(error)
  if (code !== undefined) return code
  // Since Node 24 `require` says instead that it could not read a package.json.
  try {
    closeSync(openSync(__filename, 'r'))
    return undefined
  } catch (cause) {
    return refusal(cause)
  }
}

function ownWireId(): string {
  try {
    return require('../wire-id.json')
  } catch (error) {
    throw new EngineUnavailableError(
      'The JavaScript of isolane has no wire-id.json, so its build was not finished. Install the ' +
        'package again, or in the repository build it: `npm run build`',
      { cause: error },
    )
  }
}

/**
 * Sides that speak different wires misread each other, and calls hang. `own` is what the build wrote
 * (`scripts/lib/wire-id.mjs`); an addon that does not name its wire is older than these names.
 */
function assertSameWire({ wireId }: Partial<Binding>, own: string): void {
  const its = wireId?.() ?? 'an older one'
  if (its === own) return
  const version = own.slice(0, own.lastIndexOf('+'))
  throw new EngineUnavailableError(
    `The native part of isolane is not of the same build as its JavaScript: the addon is ${its}, ` +
      `the JavaScript ${own}. Install isolane and its platform package in one version ` +
      `(\`npm install isolane@${version}\` with optional dependencies), or in the repository build ` +
      `both: \`npm run build\``,
  )
}
