import { Console } from 'node:console'
import * as util from 'node:util'

import { type Level, LEVELS, type Logger, type LogRecord } from './logger.js'

const COLOURS = {
  trace: 'gray',
  debug: 'gray',
  info: 'green',
  warn: 'yellow',
  error: 'red',
} as const satisfies Record<Level, string>

/** Only since Node 20.12. */
const { styleText } = util as Partial<Pick<typeof util, 'styleText'>>

/** What moves the cursor of a terminal, turns the direction of a text, or begins a line of its own. */
const CONTROLS = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu

/** Lines on standard output, which is not touched before there is one: JSON, or for people where that is a terminal. */
export function lines(): Logger {
  let out: Console | undefined
  const write = (level: Level, record: LogRecord, message: string) => {
    const format = process.stdout.isTTY ? forPeople : asJson
    // Node's console lets no stream that fails end the process.
    out ??= new Console(process.stdout)
    out.log('%s', format(level, record, message))
  }
  const writers = LEVELS.map((level) => [level, write.bind(undefined, level)])
  return Object.fromEntries(writers) as Logger
}

/** @internal */
export function asJson(level: Level, record: LogRecord, msg: string): string {
  return JSON.stringify({ time: new Date(), level, msg, ...record })
}

/** @internal `time LEVEL [name@version] text (file:line)`, in colours where Node has them, unless `NO_COLOR` is set. */
export function forPeople(level: Level, record: LogRecord, message: string): string {
  const { function: name, version, file, line } = record
  const [first, ...others] = message.split('\n').map((each) => each.replace(CONTROLS, escaped))
  const place = file === undefined ? '' : ` (${file.replace(CONTROLS, escaped)}:${line})`
  const text = [`${first}${place}`, ...others]
  const word = level.toUpperCase().padEnd(5)
  return `${new Date().toISOString()} ${coloured(level, word)} [${name}@${version}] ${text.join('\n    ')}`
}

function coloured(level: Level, word: string): string {
  if (styleText === undefined || process.env['NO_COLOR']) return word
  return styleText(COLOURS[level], word)
}

function escaped(control: string): string {
  return control === '\t' ? control : `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`
}
