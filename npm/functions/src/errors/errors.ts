/**
 * The errors of this package. The `code` is stable and tells the kind; what a call of a function rejects with
 * is the pool's.
 *
 * | code | class | when |
 * | --- | --- | --- |
 * | `ERR_ISOLANE_INVALID_ARGUMENT` | {@link InvalidArgumentError} | an option or argument is wrong |
 * | `ERR_ISOLANE_FUNCTION_NOT_FOUND` | {@link FunctionNotFoundError} | no function has this name |
 * | `ERR_ISOLANE_VERSION_NOT_FOUND` | {@link VersionNotFoundError} | the function never had this version |
 * | `ERR_ISOLANE_VERSION_CONFLICT` | {@link VersionConflictError} | another version is in force than `ifVersion` says |
 * | `ERR_ISOLANE_CHECK_FAILED` | {@link CheckFailedError} | the checker found errors |
 * | `ERR_ISOLANE_SOURCE` | {@link InvalidSourceError} | the text does not compile |
 * | `ERR_ISOLANE_MODULE_CYCLE` | {@link FunctionCycleError} | functions require one another |
 * | `ERR_ISOLANE_MODULE_NOT_FOUND` | {@link MissingFunctionError} | a function requires one that is not published |
 * | `ERR_ISOLANE_DEPENDENT` | {@link DependentError} | a function that requires this one would break |
 * | `ERR_ISOLANE_IN_USE` | {@link FunctionInUseError} | others require the function that is to go |
 * | `ERR_ISOLANE_STORE_UNAVAILABLE` | {@link StoreUnavailableError} | the store is out of reach, or does not answer in time |
 * | `ERR_ISOLANE_STORE_CORRUPT` | `StoreCorruptError` | what is stored makes no sense |
 * | `ERR_ISOLANE_STORE_CONFLICT` | `StoreConflictError` | a store's answer to a commit at another head |
 * | `ERR_ISOLANE_PEER_MISSING` | `PeerMissingError` | a package is needed that is not installed |
 * | `ERR_ISOLANE_FALLBACK` | {@link FallbackError} | the option `fallback` threw |
 * | `ERR_ISOLANE_HOST` | any | in an envelope: code around the call threw, and its error has no code |
 * | `ERR_ISOLANE_DATA_UNAVAILABLE` | {@link DataUnavailableError} | data has never been loaded, or is too old to be used |
 * | `ERR_ISOLANE_WARM_UP` | {@link FunctionWarmUpError} | isolates could not be warmed with a function |
 * | `ERR_ISOLANE_DATA_LOAD` | {@link DataLoadError} | a load of data failed: late, refused, too large, or given up |
 * | `ERR_ISOLANE_REGISTRY_CLOSED` | {@link RegistryClosedError} | the registry has been closed |
 *
 * @module
 */

import { inspect, types } from 'node:util'

export { StoreConflictError, StoreCorruptError } from './store-errors.js'

/** Base of the errors that are not about an argument. */
export abstract class RegistryError extends Error {
  /** Tells the kind; stable. */
  abstract readonly code: string
}

/** An option or argument is of a wrong type, or out of its range. */
export class InvalidArgumentError extends TypeError {
  override name = 'InvalidArgumentError'
  readonly code = 'ERR_ISOLANE_INVALID_ARGUMENT'
}

/** `what` must be `expected` but is `value`. */
export function wrong(what: string, expected: string, value: unknown): InvalidArgumentError {
  return new InvalidArgumentError(`${what} must be ${expected}; got ${textOf(value)}`)
}

function textOf(value: unknown): string {
  const limits = { depth: 0, breakLength: Infinity, maxStringLength: 80, customInspect: false }
  return inspect(value, limits)
}

/** No function of this name is in force. */
export class FunctionNotFoundError extends RegistryError {
  override name = 'FunctionNotFoundError'
  readonly code = 'ERR_ISOLANE_FUNCTION_NOT_FOUND'

  /** @internal */
  constructor(
    /** What was asked for. */
    readonly functionName: string,
    /** Names that may have been meant, the nearest first. */
    readonly nearest: readonly string[],
  ) {
    super(`No function is published as '${functionName}'${orMeant(nearest)}`)
  }
}

/** A function has never had this version. */
export class VersionNotFoundError extends RegistryError {
  override name = 'VersionNotFoundError'
  readonly code = 'ERR_ISOLANE_VERSION_NOT_FOUND'

  /** @internal */
  constructor(
    readonly functionName: string,
    readonly version: number,
    /** The highest that it has had. */
    readonly latest: number,
  ) {
    const has = latest === 0 ? 'it has never had any' : `it has had versions 1 to ${latest}`
    super(`'${functionName}' has no version ${version}; ${has}`)
  }
}

/** Somebody else has published meanwhile: another version is in force than the caller went by. Nothing is lost. */
export class VersionConflictError extends RegistryError {
  override name = 'VersionConflictError'
  readonly code = 'ERR_ISOLANE_VERSION_CONFLICT'

  /** @internal */
  constructor(
    readonly functionName: string,
    /** What `ifVersion` said; 0 for no function. */
    readonly expected: number,
    /** What is in force; 0 for no function. */
    readonly actual: number,
    message = conflictOf(functionName, expected, actual),
  ) {
    super(message)
  }

  /** @internal Another version is in force than `ifVersion` says. */
  static ofVersion(name: string, expected: number, actual: number, latest: number) {
    const message = conflictOf(name, expected, actual, latest)
    return new VersionConflictError(name, expected, actual, message)
  }

  /** @internal A name that another function is to have is that of a function already. */
  static ofTakenName(name: string, actual: number): VersionConflictError {
    const message = `'${name}' is taken: its version ${actual} is in force. Unpublish it first, or choose another name`
    return new VersionConflictError(name, 0, actual, message)
  }
}

function conflictOf(name: string, expected: number, actual: number, latest = Infinity): string {
  if (actual === 0) {
    return (
      `No function is published as '${name}', so it is not at version ${expected}. ` +
      'To publish it in spite of that, pass ifVersion: 0'
    )
  }
  const again = `try again with ifVersion: ${actual}`
  if (expected === 0) {
    return `'${name}' is published already, at version ${actual}. Look at get('${name}'), and ${again}`
  }
  if (expected > latest) {
    return `'${name}' is at version ${actual}, and has never had version ${expected}; ${again}`
  }
  return (
    `'${name}' is at version ${actual}, not ${expected}: somebody else has changed it. ` +
    `Look at diff('${name}', ${expected}, ${actual}), and ${again}`
  )
}

/** Something that a checker has found in a source. */
export interface Diagnostic {
  readonly rule: string
  readonly severity: 'error' | 'warn'
  readonly message: string
  /** What to write instead. */
  readonly help?: string | null
  /** From 1; columns count UTF-16 units. */
  readonly line?: number
  readonly column?: number
  /** The line in question, with the place marked. */
  readonly frame?: string
  /** Where its author wrote it, in what the source was compiled from. */
  readonly original?: { readonly file: string; readonly line: number; readonly column: number }
}

/** The checker found errors. */
export class CheckFailedError extends RegistryError {
  override name = 'CheckFailedError'
  readonly code = 'ERR_ISOLANE_CHECK_FAILED'

  /** @internal */
  constructor(
    readonly functionName: string,
    /** All that was found, warnings too. */
    readonly diagnostics: readonly Diagnostic[],
  ) {
    const errors = diagnostics.filter(({ severity }) => severity === 'error')
    const [first] = errors
    const where = first?.original === undefined ? '' : `${first.original.file}, `
    const { line, column } = first?.original ?? first ?? {}
    const place = line === undefined ? '' : ` (${where}line ${line}, column ${column})`
    const more = errors.length > 1 ? `, and ${errors.length - 1} more` : ''
    super(`'${functionName}' fails its check: ${first?.message} [${first?.rule}]${place}${more}`)
  }
}

/** A text does not compile. */
export class InvalidSourceError extends RegistryError {
  override name = 'InvalidSourceError'
  readonly code = 'ERR_ISOLANE_SOURCE'

  /** @internal */
  constructor(
    readonly functionName: string,
    reason: string,
    /** From 1; 0 where there is no place. */
    readonly line: number,
    readonly column: number,
  ) {
    const place = line === 0 ? '' : ` (line ${line}, column ${column})`
    super(`'${functionName}' does not compile: ${reason}${place}`)
  }
}

/** Functions require one another, so that none could be loaded first. */
export class FunctionCycleError extends RegistryError {
  override name = 'FunctionCycleError'
  readonly code = 'ERR_ISOLANE_MODULE_CYCLE'

  /** @internal */
  constructor(
    /** Names: each requires the next, and the last is the first. */
    readonly chain: readonly string[],
  ) {
    super(
      `Functions require one another: ${chain.join(' -> ')}. Move what they share into a function ` +
        `of its own`,
    )
  }
}

/** A function requires one that is not published. */
export class MissingFunctionError extends RegistryError {
  override name = 'MissingFunctionError'
  readonly code = 'ERR_ISOLANE_MODULE_NOT_FOUND'

  /** @internal */
  constructor(
    /** What the text asks for. */
    readonly specifier: string,
    /** Names from the function in question to the one that asks. */
    readonly chain: readonly string[],
    readonly nearest: readonly string[],
  ) {
    super(
      `${chain.join(' -> ')} requires '${specifier}', which is not published${orMeant(nearest)}`,
    )
  }
}

/** With the change, a function that requires what is changed could not be loaded; so nothing was changed. */
export class DependentError extends RegistryError {
  override name = 'DependentError'
  readonly code = 'ERR_ISOLANE_DEPENDENT'

  /** @internal */
  constructor(
    /** The names that were to change. */
    readonly functionNames: readonly string[],
    /** The one that would break. */
    readonly dependent: string,
    cause: Error,
  ) {
    super(
      `With this change of ${functionNames.map((name) => `'${name}'`).join(', ')}, '${dependent}' ` +
        `cannot be loaded: ${cause.message}`,
      { cause },
    )
  }
}

/** Functions in force require the one that is to go. */
export class FunctionInUseError extends RegistryError {
  override name = 'FunctionInUseError'
  readonly code = 'ERR_ISOLANE_IN_USE'

  /** @internal */
  constructor(
    readonly functionName: string,
    readonly dependents: readonly string[],
  ) {
    const shown = dependents.slice(0, 10).map((name) => `'${name}'`)
    const more = dependents.length > 10 ? ` and ${dependents.length - 10} more` : ''
    super(`'${functionName}' is required by ${shown.join(', ')}${more}; change these first`)
  }
}

/** The store is out of reach, or did not answer in time. Functions go on as they are. */
export class StoreUnavailableError extends RegistryError {
  override name = 'StoreUnavailableError'
  readonly code = 'ERR_ISOLANE_STORE_UNAVAILABLE'
}

/** A call failed, and so did the function of its option `fallback`, with the `cause`. */
export class FallbackError extends RegistryError {
  override name = 'FallbackError'
  readonly code = 'ERR_ISOLANE_FALLBACK'

  /** @internal */
  constructor(
    cause: unknown,
    /** Why the call failed. */
    readonly failure: Error,
  ) {
    super(
      `The fallback failed: ${errorFrom(cause).message}. The call had failed: ${failure.message}`,
      {
        cause,
      },
    )
  }
}

/** What was thrown, as an error. */
export function errorFrom(thrown: unknown): Error {
  if (thrown instanceof Error || types.isNativeError(thrown)) return thrown
  return new Error(`not an Error was thrown: ${textOf(thrown)}`, { cause: thrown })
}

/** There is no data of this name that could be used: none has ever been loaded, or what there is is too old. */
export class DataUnavailableError extends RegistryError {
  override name = 'DataUnavailableError'
  readonly code = 'ERR_ISOLANE_DATA_UNAVAILABLE'

  /** @internal */
  constructor(
    readonly dataName: string,
    /** Why the last load failed, if it did. */
    cause: unknown,
    /** What comes of it now, or would. */
    outlook: string,
  ) {
    const reason = cause instanceof Error ? `: ${cause.message}` : ''
    super(
      `The data '${dataName}' is not there${reason}. ${outlook}`,
      ...(cause === undefined ? [] : [{ cause }]),
    )
  }
}

/** Isolates could not be warmed with a version: they could not load it, or it failed for a sample. */
export class FunctionWarmUpError extends RegistryError {
  override name = 'FunctionWarmUpError'
  readonly code = 'ERR_ISOLANE_WARM_UP'

  /** @internal */
  constructor(
    readonly functionName: string,
    readonly version: number,
    /** What the function failed with. */
    cause: Error,
    /** Index of the sample that failed; `undefined` where it was not about one. */
    readonly sample: number | undefined,
  ) {
    const place = sample === undefined ? '' : `, sample ${sample}`
    super(`'${functionName}@${version}' could not be warmed${place}: ${cause.message}`, { cause })
  }
}

/** A load of data came to nothing. What there was before is still used. */
export class DataLoadError extends RegistryError {
  override name = 'DataLoadError'
  readonly code = 'ERR_ISOLANE_DATA_LOAD'

  /** @internal */
  constructor(
    readonly dataName: string,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(`The data '${dataName}' was not loaded: ${reason}`, options)
  }
}

/** The registry has been closed. */
export class RegistryClosedError extends RegistryError {
  override name = 'RegistryClosedError'
  readonly code = 'ERR_ISOLANE_REGISTRY_CLOSED'

  /** @internal */
  constructor() {
    super('The registry has been closed')
  }
}

function orMeant(nearest: readonly string[]): string {
  if (nearest.length === 0) return ''
  return `; did you mean ${nearest.map((name) => `'${name}'`).join(' or ')}?`
}
