/** Errors of functions that are in modules, or made of them. */

import { IsolaneError } from './errors.js'

/** A function cannot be had from its module, or modules: no such file or export, or a module fails. */
export class ModuleLoadError extends IsolaneError {
  override name = 'ModuleLoadError'
  readonly code = 'ERR_ISOLANE_MODULE'

  /** @internal */
  constructor(
    fn: string,
    reason: string,
    options: ErrorOptions,
    /** Id of the module that failed, where the function is made of modules. */
    readonly module: string | undefined = undefined,
  ) {
    super(`${fn} cannot be loaded: ${reason}`, options)
  }
}

/** Modules of a function require one another, so that none could be evaluated first. */
export class ModuleCycleError extends IsolaneError {
  override name = 'ModuleCycleError'
  readonly code = 'ERR_ISOLANE_MODULE_CYCLE'

  /** @internal */
  constructor(
    fn: string,
    reason: string,
    /** Ids: each requires the next, and the last is the first. */
    readonly chain: readonly string[],
  ) {
    super(`${fn} cannot be loaded: ${reason}`)
  }
}

/** A module of a function asks for one that is not among them. */
export class ModuleNotFoundError extends IsolaneError {
  override name = 'ModuleNotFoundError'
  readonly code = 'ERR_ISOLANE_MODULE_NOT_FOUND'

  /** @internal */
  constructor(
    fn: string,
    reason: string,
    /** What is asked for. */
    readonly specifier: string,
    /** Id of the module that asks; `undefined` for the entry. */
    readonly importer: string | undefined,
    /** What may have been meant, the nearest first. */
    readonly nearest: readonly string[],
  ) {
    super(`${fn} cannot be loaded: ${reason}`)
  }
}
