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
  NativePool: new (options: NativeOptions, notify: () => void) => NativePool
  NodeWorker: new (
    pool: number,
    slot: number,
    generation: number,
    lanes: number,
    heapUsed: number,
    wake: () => void,
  ) => NodeWorker
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
  /** `form` is a `FunctionForm`. */
  define(
    name: string,
    source: string,
    form: number,
    tenant: string | undefined,
    stateful: boolean,
  ): number
  releaseFunction(key: number): void
  share(name: string, value: Uint8Array): number
  releaseShared(key: number): void
  /**
   * `attachments` are what the commands refer to, if to anything, in this order. A `Uint8Array` is copied. An
   * `ArrayBuffer` is lent until the job has ended: nobody else may hold one that is read, use one that
   * is written, or detach either.
   */
  submit(batch: Uint8Array, length: number, attachments?: readonly Attachment[]): void
  /** `items` are copied or lent, as {@link submit} says. */
  appendItems(job: number, items: Attachment, count: number, stride: number): void
  /** `externals` gets a `Uint8Array` for each large payload, an `ArrayBuffer` for each attachment. */
  drain(inbox: Uint8Array, externals: Attachment[], polling: boolean): number
  status(): string
  stats(): string
  resetStats(): void
  close(force: boolean): void
  destroy(): void
}

/** A function as the addon keeps it. */
export interface FunctionText {
  name: string
  source: string
  /** A `FunctionForm`. */
  form: number
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
  selection(lane: number): { names: string[]; ids: number[] }
  sharedValue(lane: number, index: number): Uint8Array
  unselect(): void
  /** Copies what the output refers to that finishes next. */
  attach(lane: number, attachments: readonly Uint8Array[]): void
  /** False: the Worker has been given up. */
  finish(
    lane: number,
    status: number,
    output: Uint8Array,
    logs: Uint8Array,
    cutLogs: number,
    cutErrors: number,
  ): boolean
  report(): void
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
    throw new EngineUnavailableError(
      `The native part of isolane could not be loaded for ${process.platform}-${process.arch}. ` +
        `Install the platform package (npm install with optional dependencies), or build from ` +
        `source: \`npm start\` in the repository`,
      { cause: error },
    )
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
