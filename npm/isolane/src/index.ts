/**
 * Array work on every core, with the event loop free: a pool of V8 isolates inside this process.
 *
 * @module isolane
 */

export { engines } from './pool/engines.js'
export { Pool } from './pool/pool.js'
export type { PoolEvents } from './pool/events.js'
export { PublishedFunction, type Runnable } from './functions/published.js'
export { SharedValue, type ShareOptions } from './values/shared.js'
export { move } from './values/move.js'
export {
  AbortError,
  BadPayloadError,
  DataCloneError,
  EngineUnavailableError,
  FunctionError,
  InvalidRangeError,
  InvalidTypeError,
  IsolaneError,
  MemoryLimitError,
  ModuleLoadError,
  NeverSettlesError,
  PoolClosedError,
  QueueFullError,
  QueueTimeoutError,
  ResultTooLargeError,
  SourceError,
  TimeoutError,
  WorkerLostError,
} from './errors/errors.js'
export type {
  AnyFunction,
  FunctionInModule,
  FunctionSource,
  FunctionText,
} from './functions/source.js'
export type {
  AllOrNothing,
  BatchOutcome,
  IndexRange,
  ItemFailure,
  MapOutcome,
  OnError,
  OnTimeout,
} from './options/outcome.js'
export type { Items } from './values/items.js'
export type { LogEntry } from './pool/logs.js'
export type {
  BatchOptions,
  CallOptions,
  FilterOptions,
  ForEachOptions,
  MapOptions,
  OutcomeOptions,
  PublishOptions,
  Progress,
  StreamOptions,
} from './options/call.js'
export type { CloseOptions, EngineName, PoolOptions, SandboxOptions } from './options/pool.js'
export type { ElementArray, Engine, LogLevel, Priority } from './protocol.js'
export type { Histogram, PoolStats, WorkerStatus } from './pool/stats.js'
export type { Context, Log, Mapper, Reducers, Task } from './functions/types.js'
export { version, versions, type Versions } from './pool/versions.js'
