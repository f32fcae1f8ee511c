/** What a module's text asks for, for those who put modules together. */

import { linkError } from './link-error.js'
import { ask } from '../addon/failure.js'
import { binding } from '../addon/native.js'
import { wrongType } from '../errors/invalid.js'

/** A module that a text asks for. */
export interface ModuleRequest {
  specifier: string
  /** `'resolve'` is `require.resolve`, `'import()'` an import that runs when it is reached. */
  kind: 'require' | 'resolve' | 'import' | 'export' | 'import()'
  /** Where, from 1. */
  line: number
  /** From 1. */
  column: number
  /** Whether the text has an answer to its absence: the request stands in a `try`, or only looks. */
  optional: boolean
}

/** What {@link moduleRequests} gives. */
export interface ModuleRequests {
  /** One function expression, CommonJS, or an ES module. */
  form: 'function' | 'commonjs' | 'module'
  /** In the order of the text. */
  requests: ModuleRequest[]
  /** Whether it may ask for more, by names that it computes. */
  computes: boolean
}

/**
 * How a text is written that is to be the entry of a function made of modules, and which modules it asks for.
 * Nothing is run. Loads the addon.
 *
 * @param source a function expression, CommonJS, or an ES module
 * @throws {SourceError} `ERR_ISOLANE_SOURCE`: it does not compile
 * @throws {InvalidTypeError} `ERR_ISOLANE_INVALID_ARGUMENT`: it is no string
 * @throws {EngineUnavailableError} where the addon cannot be loaded
 */
export function moduleRequests(source: string): ModuleRequests {
  if (typeof source !== 'string') throw wrongType('source', 'a string', source)
  const addon = binding()
  const answer = ask('read a module', () => addon.moduleRequests('source', source))
  const { told, fault } = JSON.parse(answer) as { told?: ModuleRequests; fault?: unknown }
  if (told !== undefined) return told
  throw linkError('source', JSON.stringify(fault), 'v8')
}
