/** Errors of the checker. */

import { IsolaneError } from '../errors/errors.js'
import { textOfError } from '../errors/text.js'
import { writtenAt, type Diagnostic } from './diagnostic.js'

/** Findings that a message lists; the error has all. */
const MOST_TOLD = 10

/** A function was checked before it was published, and there are errors. */
export class CheckFailedError extends IsolaneError {
  override name = 'CheckFailedError'
  readonly code = 'ERR_ISOLANE_CHECK_FAILED'

  /** @internal */
  constructor(
    message: string,
    /** All findings, warnings too, in the order of the source. */
    readonly diagnostics: readonly Diagnostic[],
  ) {
    super(message)
  }
}

/** A rule that is a function threw. `cause` is what it threw. */
export class CheckRuleError extends IsolaneError {
  override name = 'CheckRuleError'
  readonly code = 'ERR_ISOLANE_CHECK_RULE'

  /** @internal */
  constructor(
    /** Its name. */
    readonly rule: string,
    /** The file that was checked, where there is one. */
    readonly filename: string | undefined,
    cause: unknown,
  ) {
    const where = filename === undefined ? '' : ` at ${filename}`
    super(`The rule '${rule}' threw${where}: ${textOfError(cause)}`, { cause })
  }
}

/** The error for a function that was refused. */
export function checkFailed(fn: string, diagnostics: readonly Diagnostic[]): CheckFailedError {
  const errors = diagnostics.filter(({ severity }) => severity === 'error')
  const told = errors.slice(0, MOST_TOLD).map(lineOf)
  const more = errors.length - told.length
  if (more > 0) told.push(`  … and ${more} more`)
  const count = errors.length === 1 ? 'one error' : `${errors.length} errors`
  const message = [`${fn} was refused by the checker, which found ${count}:`, ...told].join('\n')
  return new CheckFailedError(message, diagnostics)
}

/** Such as `  3:7 no-undef: 'limit' is not defined`. */
function lineOf(found: Diagnostic): string {
  const { filename, line, column, rule, message } = found
  const where = filename === undefined ? '' : `${filename}:`
  return `  ${where}${line}:${column}${writtenAt(found)} ${rule}: ${message}`
}
