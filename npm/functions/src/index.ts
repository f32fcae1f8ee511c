/**
 * Functions by name, for services that run them in a pool of isolane: published, versioned, rolled back, and the
 * same in every process.
 *
 * @module @isolane/functions
 */

export { FunctionCalls } from './calls/function-calls.js'
export type { NamedReducers } from './calls/reducers.js'
export type { Check } from './changes/check.js'
export type { ChangeNote } from './changes/draft.js'
export type { Publication } from './changes/publications.js'
export type { DataBus } from './data/bus.js'
export { DataCache, type DataCacheOptions } from './data/cache.js'
export type { Clock } from './data/clock.js'
export type { Data } from './data/data.js'
export type { DataOptions, LoadContext } from './data/options.js'
export type { DebugDiagnostic, DebugEnvelope } from './debug/debug.js'
export type { DebugOptions } from './debug/options.js'
export type { DataEvents, DataStatus, LoadInfo } from './data/status.js'
export {
  CheckFailedError,
  DataLoadError,
  DataUnavailableError,
  DependentError,
  type Diagnostic,
  FallbackError,
  FunctionCycleError,
  FunctionInUseError,
  FunctionNotFoundError,
  FunctionWarmUpError,
  InvalidArgumentError,
  InvalidSourceError,
  MissingFunctionError,
  RegistryClosedError,
  RegistryError,
  StoreConflictError,
  StoreCorruptError,
  StoreUnavailableError,
  VersionConflictError,
  VersionNotFoundError,
} from './errors/errors.js'
export type {
  BatchEnvelope,
  CallFacts,
  CallStatus,
  Envelope,
  Trigger,
} from './envelope/envelope.js'
export type { CallEvent } from './envelope/call-event.js'
export type { CallTimes } from './envelope/attempt-times.js'
export type { Fault } from './envelope/faults.js'
export { type HttpHead, toHttp } from './envelope/http.js'
export type {
  EnvelopeBatchOptions,
  EnvelopeCallOptions,
  EnvelopeOptions,
} from './envelope/options.js'
export type {
  EnvelopePatchOptions,
  NamedTask,
  PatchEnvelope,
  PatchedData,
  PatchTaskFacts,
} from './envelope/patch.js'
export { RETRIED, type Retries } from './envelope/retries.js'
export type { CallContext, CallOperation } from './interceptors/context.js'
export type { Interceptor } from './interceptors/interceptors.js'
export type { Rejected } from './loading/in-force.js'
export type { Level, Logger, LogRecord } from './logs/logger.js'
export type { LogOptions } from './logs/options.js'
export type { Sample } from './logs/sampling.js'
export type { ChangeEvent, RegistryEvents, VersionEvent } from './registry/events.js'
export type { RegistryHealth } from './registry/health.js'
export type { FunctionDetails, FunctionInfo, PublishResult, VersionInfo } from './registry/info.js'
export type { RegistryOptions } from './registry/options.js'
export type { ChangeOptions, PublishAllOptions, PublishOptions } from './registry/publishing.js'
export { type CheckAllOptions, FunctionRegistry } from './registry/registry.js'
export type { FunctionReport } from './registry/reports.js'
export { hashOf } from './store/hash.js'
export { memory } from './store/memory.js'
export { mirror } from './store/mirror.js'
export type {
  Change,
  ChangeInfo,
  Edit,
  Entry,
  EntryInForce,
  FunctionRecord,
  FunctionStore,
  Head,
  HistoryQuery,
  Reading,
  SourceForm,
  Unwatch,
  VersionRef,
} from './store/store.js'
export { EMPTY } from './store/store.js'
export { tiered, type Cache, type Tiers } from './store/tiered.js'
export type { Samples, Warm, WarmSet } from './warming/options.js'
