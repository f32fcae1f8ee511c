/** The calls that judge one source. */

import { wrongType } from '../errors/invalid.js'
import { parsableText } from './function-text.js'
import type { Diagnostic, ReadOnlyProof } from './diagnostic.js'
import { checkOptions, type CheckOptions } from './options.js'
import { judgementOf, reportOf } from './source.js'

/**
 * Judges a source without running it, off the main thread.
 *
 * @param source a text; or a function, whose text is taken
 * @param options see {@link CheckOptions}; what `defineRules` gives will do
 * @returns what was found, in the order of the source. What cannot be parsed is a finding too, of `'syntax'`
 * @throws {InvalidTypeError | InvalidRangeError} `ERR_ISOLANE_INVALID_ARGUMENT`: an option is wrong, a rule
 *   of that name does not exist, or the function has no text that could be parsed: it is native or bound, a
 *   getter or setter, or a private method
 * @throws {CheckRuleError} `ERR_ISOLANE_CHECK_RULE`: a rule of your own threw
 * @throws {EngineUnavailableError} `ERR_ISOLANE_ENGINE_UNAVAILABLE`: the addon cannot be loaded
 */
export async function check(
  source: string | Function,
  options?: CheckOptions,
): Promise<Diagnostic[]> {
  return (await report(source, options, false)).diagnostics
}

/**
 * Whether a function is proven to write to nothing that it did not make, so that shared values can be served
 * to it unfrozen, which is faster; and if not, what stands in the way.
 *
 * @param source as of {@link check}
 * @param options as of {@link check}
 * @throws as {@link check}
 */
export async function explain(
  source: string | Function,
  options?: CheckOptions,
): Promise<ReadOnlyProof> {
  return (await report(source, options, true)).readOnly!
}

function report(source: unknown, options: unknown, explains: boolean) {
  const { form, ...checked } = checkOptions(options)
  const { language, filename, name, modules, maxDiagnostics, color, ...rules } = checked
  const own = { form, language, filename, name, modules, maxDiagnostics, color, explain: explains }
  const given = Object.entries(own).filter(([, value]) => value !== undefined)
  const text = textOf(source)
  const isFunction = typeof source === 'function'
  const defaults = isFunction ? { form: 'function' } : {}
  return reportOf(text, judgementOf(rules), { ...defaults, ...Object.fromEntries(given) })
}

function textOf(source: unknown): string {
  if (typeof source === 'function') return parsableText(source, 'source')
  if (typeof source === 'string') return source
  throw wrongType('source', 'a text or a function', source)
}
