/** The words behind a command's name, and how wrong ones are refused. */

import { parseArgs, type ParseArgsConfig } from 'node:util'
import { nearestHint } from '../errors/nearest.js'
import { codeOf, CommandError, ExitCode } from './exit-codes.js'

type Options = NonNullable<ParseArgsConfig['options']>

/** Options by name, and the other words. */
type Parsed<T extends Options> = ReturnType<
  typeof parseArgs<{ options: T; allowPositionals: true }>
>

/** The words of one command. */
export class CommandLine {
  /** @param command as it is called */
  constructor(private readonly command: string) {}

  /** @throws {CommandError} for what is no option of it */
  parse<const T extends Options>(args: string[], options: T): Parsed<T> {
    try {
      return parseArgs({ args, options, allowPositionals: true })
    } catch (error) {
      if (!String(codeOf(error)).startsWith('ERR_PARSE_ARGS')) throw error
      const { message } = error as Error
      const unknown = /^Unknown option '--?([^'=]*)/.exec(message)?.[1]
      if (unknown === undefined) throw this.wrong(message.split('. ')[0]!)
      const hint = nearestHint(unknown, [...Object.keys(options), 'help', 'version'], '--')
      throw this.wrong(`There is no option '${unknown.length > 1 ? '--' : '-'}${unknown}'`, hint)
    }
  }

  /** An error that is to be thrown. */
  wrong(message: string, hint = ''): CommandError {
    const seeHelp = `isolane ${this.command} --help lists what there is`
    return new CommandError(ExitCode.WrongUse, message, { hint: hint || seeHelp })
  }

  filled(what: string, value: string | undefined): string | undefined {
    if (value === '') throw this.wrong(`${what} is empty`)
    return value
  }

  oneOf<T extends string>(
    what: string,
    allowed: readonly T[],
    value: string | undefined,
  ): T | undefined {
    if (value === undefined || allowed.includes(value as T)) return value as T | undefined
    throw this.wrong(
      `${what} must be one of ${allowed.join(', ')}; got '${value}'`,
      nearestHint(value, allowed),
    )
  }

  integer(what: string, least: number, most: number, text: string | undefined) {
    if (text === undefined) return undefined
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
    if (value >= least && value <= most) return value
    throw this.wrong(`${what} must be an integer from ${least} to ${most}; got '${text}'`)
  }
}
