/** How errors are told: one line, then what to do about it. */

import { inspect } from 'node:util'
import { textOfError } from '../errors/text.js'
import { CommandError } from './exit-codes.js'

/** Ends with a line break. With `verbose` the error follows with its stack and its cause. */
export function errorMessage(error: unknown, verbose: boolean): string {
  const isOurs = error instanceof CommandError
  const line = oneLine(isOurs ? error.message : describe(error))
  const hint = isOurs && error.hint !== undefined ? `  hint: ${error.hint}\n` : ''
  const details = verbose ? `${inspect(isOurs ? (error.cause ?? error) : error)}\n` : ''
  return `isolane: ${line}\n${hint}${details}`
}

/** Errors of isolane have messages that stand alone. */
function describe(error: unknown): string {
  const { code, message } = Object(error) as { code?: unknown; message?: unknown }
  const isKnown = String(code).startsWith('ERR_ISOLANE_') && typeof message === 'string'
  return isKnown ? message : textOfError(error)
}

/** Without what follows an empty line, such as the lines of a source. */
export function oneLine(text: string): string {
  return text.split('\n\n', 1)[0]!.replaceAll(/\s*\n\s*/g, ' ')
}
