/** `isolane check`: functions in files are judged before they run. */

import { checkFiles, rules, type FileReport, type RuleInfo } from '../../check/index.js'
import { counted } from '../../errors/text.js'
import { version } from '../../index.js'
import { hasColours, painter, type Paint } from '../colours.js'
import { codeOf, CommandError, ExitCode } from '../exit-codes.js'
import { print } from '../print.js'
import { readCheckArguments, type CheckArguments } from './arguments.js'
import { readConfig } from './config.js'
import { asGithub } from './github.js'
import { asJson } from './json.js'
import { asText } from './pretty.js'
import { asSarif } from './sarif.js'
import { told, type Told } from './told.js'

const FORMATS: Record<CheckArguments['format'], (told: Told, paint: Paint) => string> = {
  pretty: asText,
  json: asJson,
  github: asGithub,
  sarif: asSarif,
}

/** Behind messages that begin so. */
const HINTS_OF_FILES: readonly (readonly [string, string])[] = [
  [
    'There is no file',
    "Patterns are quoted, so that the shell leaves them alone: 'functions/**/*.js'",
  ],
  ['The folder ', 'Files with other extensions are named, or matched by a pattern of their own'],
]

/** @returns the exit code @throws {CommandError} where nothing could be judged */
export async function check(words: string[]): Promise<number> {
  const args = readCheckArguments(words)
  if (args.lists) {
    await print(listed(rules(), args.format))
    return ExitCode.Done
  }
  const colours = args.format === 'pretty' && hasColours(process.stdout)
  const reports = await reportsOf(args, colours)
  if (reports.length === 0) throw nothingLeft(args)
  const all = told(reports, { rules: rules(), version }, args.quiet)
  await print(FORMATS[args.format](all, painter(colours)))
  return exitCode(all, args.maxWarnings)
}

async function reportsOf(args: CheckArguments, color: boolean): Promise<FileReport[]> {
  const { patterns, engine, preset, ignore, explain, config, suppressions } = args
  const base = config === undefined ? preset : await readConfig(config)
  try {
    return await checkFiles(patterns, {
      ...(base === undefined ? {} : { extends: base }),
      ...(engine === undefined ? {} : { engine }),
      ...(suppressions ? {} : { allowSuppressions: false }),
      rules: args.rules,
      ignore,
      explain,
      color,
    })
  } catch (error) {
    throw withHint(error, config)
  }
}

/** To judge nothing is no success. */
function nothingLeft({ ignore }: CheckArguments): CommandError {
  const patterns = ignore.map((pattern) => `'${pattern}'`).join(', ')
  return new CommandError(ExitCode.WrongUse, `--ignore leaves no file to judge: ${patterns}`, {
    hint: 'Patterns of --ignore begin in the folder that the command runs in, as those of FILE',
  })
}

/** What is wrong is on the command line or in its file of rules. */
function withHint(error: unknown, config: string | undefined): unknown {
  if (codeOf(error) !== 'ERR_ISOLANE_INVALID_ARGUMENT') return error
  const { message } = error as Error
  const ofFile = HINTS_OF_FILES.find(([beginning]) => message.startsWith(beginning))
  const hint = ofFile?.[1] ?? 'isolane check --rules lists the rules and their options'
  const where = config === undefined || ofFile !== undefined ? '' : `${config}: `
  return new CommandError(ExitCode.WrongUse, where + message, { hint, cause: error })
}

function exitCode({ errors, warnings, unread }: Told, maxWarnings: number): number {
  if (unread > 0) return ExitCode.WrongUse
  if (errors === 0 && warnings <= maxWarnings) return ExitCode.Done
  if (errors === 0) {
    const count = `${counted(warnings, 'warning')} ${warnings === 1 ? 'is' : 'are'}`
    process.stderr.write(`isolane: ${count} more than --max-warnings ${maxWarnings}\n`)
  }
  return ExitCode.SomeFailed
}

function listed(all: readonly RuleInfo[], format: CheckArguments['format']): string {
  if (format === 'json') return `${JSON.stringify(all, null, 2)}\n`
  const width = Math.max(...all.map(({ name }) => name.length))
  const lines = all.map(({ name, summary, severities, options }) => {
    const judged = Object.entries(severities).map(([preset, severity]) => `${preset} ${severity}`)
    const rest = [judged.join(', '), ...(options === null ? [] : [`options: ${options}`])]
    return [
      `${name.padEnd(width)}  ${summary}`,
      ...rest.map((text) => `${' '.repeat(width)}  ${text}`),
    ]
  })
  return `${lines.flat().join('\n')}\n`
}
