/**
 * Array work on every core, with the event loop free: a pool of V8 isolates inside this process.
 *
 * @module isolane
 */

export { engines } from './engines.js'
export { Pool } from './pool.js'
export type { PoolEvents } from './pool-events.js'
export { PublishedFunction, type Runnable } from './published.js'
export { SharedValue, type ShareOptions } from './shared.js'
export { move } from './move.js'
export * from './errors.js'
export type {
  AnyFunction,
  FunctionInModule,
  FunctionSource,
  FunctionText,
} from './function-source.js'
export type {
  AllOrNothing,
  BatchOutcome,
  IndexRange,
  ItemFailure,
  MapOutcome,
  OnError,
  OnTimeout,
} from './outcome.js'
export type { Items } from './items.js'
export type { LogEntry } from './logs.js'
export type {
  BatchOptions,
  CallOptions,
  CloseOptions,
  Engine,
  EngineName,
  FilterOptions,
  ForEachOptions,
  MapOptions,
  OutcomeOptions,
  PoolOptions,
  PublishOptions,
  SandboxOptions,
  Progress,
  StreamOptions,
} from './options.js'
export type { ElementArray, LogLevel } from './protocol.js'
export type { Histogram, PoolStats, WorkerStatus } from './stats.js'
export type { Context, Log, Mapper, Reducers, Task } from './types.js'
export type { Priority } from './wire.js'
export { version, versions, type Versions } from './versions.js'
