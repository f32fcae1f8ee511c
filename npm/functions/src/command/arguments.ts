import { parseArgs } from 'node:util'

/** Exit codes of the command, which its help lists. */
export const ExitCode = { Done: 0, Refused: 1, WrongUse: 2, Store: 3 } as const

/** An end of the command that is told by a line, without a stack. */
export class CommandError extends Error {
  constructor(
    readonly exitCode: number,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}

/** What sources are judged by. */
export type Preset = (typeof PRESETS)[number]

const PRESETS = ['recommended', 'recommended-node', 'strict', 'none'] as const

/** What the words after `isolane functions` say. */
export interface Arguments {
  readonly command: string
  readonly operands: readonly string[]
  readonly store: string | undefined
  readonly prefix: string | undefined
  readonly tag: string | undefined
  readonly note: string | undefined
  readonly author: string | undefined
  readonly input: string | undefined
  readonly source: string | undefined
  readonly to: number | undefined
  readonly ifVersion: number | undefined
  readonly limit: number | undefined
  readonly timeout: number | undefined
  readonly rules: Preset | undefined
  readonly json: boolean
  readonly load: boolean
  readonly remove: boolean
  readonly yes: boolean
  readonly help: boolean
  /** All options that were given. */
  readonly given: readonly OptionName[]
}

/** An option, without its dashes. */
export type OptionName = keyof typeof OPTIONS

const OPTIONS = {
  store: { type: 'string' },
  prefix: { type: 'string' },
  tag: { type: 'string' },
  note: { type: 'string' },
  author: { type: 'string' },
  input: { type: 'string' },
  source: { type: 'string' },
  to: { type: 'string' },
  'if-version': { type: 'string' },
  limit: { type: 'string' },
  timeout: { type: 'string' },
  rules: { type: 'string' },
  json: { type: 'boolean' },
  load: { type: 'boolean' },
  remove: { type: 'boolean' },
  yes: { type: 'boolean', short: 'y' },
  help: { type: 'boolean', short: 'h' },
} as const

/** @throws {CommandError} they are no use of the command */
export function argumentsOf(words: readonly string[]): Arguments {
  const { values, positionals } = parsed(words)
  const { store, prefix, tag, note, author, input, source } = values
  const [command = '', ...operands] = positionals
  return {
    command,
    operands,
    store,
    prefix,
    tag,
    note,
    author,
    input,
    source,
    to: number('--to', values.to),
    ifVersion: number('--if-version', values['if-version']),
    limit: number('--limit', values.limit),
    timeout: number('--timeout', values.timeout),
    rules: preset(values.rules),
    json: values.json ?? false,
    load: values.load ?? false,
    remove: values.remove ?? false,
    yes: values.yes ?? false,
    help: values.help ?? false,
    given: Object.keys(values) as OptionName[],
  }
}

function parsed(words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], options: OPTIONS, allowPositionals: true })
  } catch (error) {
    throw new CommandError(ExitCode.WrongUse, (error as Error).message.split('. ')[0]!)
  }
}

function number(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw new CommandError(ExitCode.WrongUse, `${option} must be a number; got '${text}'`)
}

function preset(text: string | undefined): Preset | undefined {
  const found = PRESETS.find((each) => each === text)
  if (found !== undefined || text === undefined) return found
  const message = `--rules must be one of ${PRESETS.join(', ')}; got '${text}'`
  throw new CommandError(ExitCode.WrongUse, message)
}
