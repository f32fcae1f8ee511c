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
export { WarmUpError, type WarmUpFailure } from './warming/errors.js'
export { WarmUp } from './warming/warm-up.js'
export {
  AbortError,
  BadPayloadError,
  DataCloneError,
  EngineUnavailableError,
  FunctionError,
  InvalidJsonError,
  ItemTooLargeError,
  InvalidRangeError,
  InvalidTypeError,
  IsolaneError,
  ItemError,
  MemoryLimitError,
  NeverSettlesError,
  PoolClosedError,
  QueueFullError,
  QueueTimeoutError,
  ResultTooLargeError,
  SourceError,
  StackOverflowError,
  TimeoutError,
  WorkerLostError,
} from './errors/errors.js'
export { CheckFailedError, CheckRuleError } from './check/errors.js'
export { ModuleCycleError, ModuleLoadError, ModuleNotFoundError } from './errors/module-errors.js'
export type { FunctionOfModules, ModuleText } from './functions/module-table.js'
export { moduleRequests, type ModuleRequest, type ModuleRequests } from './functions/requests.js'
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
export type { JsonText, TextFormat } from './values/text.js'
export type { FromText, IntoText, TextSource } from './pool/text-calls.js'
export type { LogEntry, LogPlace } from './addon/log-entry.js'
export type { CallTiming } from './addon/stopwatch.js'
export type {
  CallTrace,
  FunctionPublishedMessage,
  WorkerLostMessage,
  WorkerMessage,
  WorkerReplacedMessage,
} from './calls/channels.js'
export type { CallName } from './addon/call-name.js'
export type {
  BatchOptions,
  CallOptions,
  FilterOptions,
  ForEachOptions,
  MapOptions,
  OutcomeOptions,
  PublishOptions,
  Progress,
  ReduceOptions,
  RunOptions,
  StreamOptions,
  StreamProgress,
  TimingOptions,
  WarmOptions,
} from './options/call.js'
export type { CloseOptions, EngineName, PoolOptions, SandboxOptions } from './options/pool.js'
export type { ElementArray, Engine, LogLevel, Priority } from './protocol.js'
export type { CallStatus, Histogram, PoolStats, PoolStatus, WorkerStatus } from './pool/stats.js'
export type { Context, Log, Mapper, Reducers, Task } from './functions/types.js'
export type {
  ElementKeys,
  ElementStep,
  EntryStep,
  KeyValue,
  MemberStep,
  PatchOperation,
  Path,
  PathStep,
} from './differ/operation.js'
export { applyPatch } from './patch/apply.js'
export type { OnConflict, PatchChange, PatchConflict } from './patch/conflicts.js'
export { diff, type DiffOptions } from './patch/diff.js'
export { PatchConflictError, PatchError } from './patch/errors.js'
export { fromJsonPatch, toJsonPatch, type JsonPatchOperation } from './patch/json-patch.js'
export type { PatchOptions, PatchOutcome, PatchTask } from './patch/task.js'
export { mergePatches, type MergedPatches, type MergeOptions } from './patch/merge.js'
export { version, versions, type Versions } from './pool/versions.js'
