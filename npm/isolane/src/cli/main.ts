#!/usr/bin/env node
/** The command `isolane`: a command for each first word. */

import { version } from '../index.js'
import { codeOf, CommandError, ExitCode, exitCodeOf } from './exit-codes.js'
import { check } from './check/command.js'
import { fileError } from './file-errors.js'
import { CHECK_HELP, HELP, MAP_HELP } from './help.js'
import { map } from './map/command.js'
import { errorMessage } from './messages.js'
import { print } from './print.js'
import { nearestHint } from '../errors/nearest.js'

/** What a first word stands for. */
interface Command {
  help: string
  /** Gives the exit code. */
  run: (words: string[]) => Promise<number>
}

const COMMANDS = new Map<string, Command>([
  ['map', { help: MAP_HELP, run: map }],
  ['check', { help: CHECK_HELP, run: check }],
])

/** Commands that packages of their own bring, by name. */
const ELSEWHERE: ReadonlyMap<string, string> = new Map([['functions', '@isolane/functions']])

async function main(words: string[]): Promise<number> {
  const [name, ...rest] = words
  if (name === undefined) {
    process.stderr.write(HELP)
    return ExitCode.WrongUse
  }
  const command = COMMANDS.get(name)
  const other = command === undefined ? ofPackage(name) : undefined
  if (other !== undefined) return other(rest)
  const options = command === undefined ? words : rest
  const asked = answer(options, command?.help ?? HELP)
  if (asked !== undefined) {
    await print(asked)
    return ExitCode.Done
  }
  if (command === undefined) throw unknown(name)
  return command.run(rest)
}

/** The command of a package that builds on this one: `isolane functions` is `@isolane/functions/command`. */
function ofPackage(name: string): Command['run'] | undefined {
  if (!/^[a-z]+$/.test(name)) return undefined
  let path
  try {
    path = require.resolve(`@isolane/${name}/command`, { paths: [process.cwd(), __dirname] })
  } catch {
    return undefined
  }
  return (require(path) as { main: Command['run'] }).main
}

/** Whether an option is there that stands for itself. */
function asks(words: string[], ...options: string[]): boolean {
  const end = words.indexOf('--')
  return (end < 0 ? words : words.slice(0, end)).some((word) => options.includes(word))
}

/** What is told of the command itself, where that is asked for. */
function answer(options: string[], help: string): string | undefined {
  if (asks(options, '--version', '-v')) return `${version}\n`
  return asks(options, '--help', '-h') ? help : undefined
}

function unknown(name: string): CommandError {
  const lacking = ELSEWHERE.get(name)
  if (lacking !== undefined) {
    const message = `The command '${name}' is not installed`
    return new CommandError(ExitCode.WrongUse, message, { hint: `npm install ${lacking}` })
  }
  const names = [...COMMANDS.keys(), ...ELSEWHERE.keys()]
  return new CommandError(
    ExitCode.WrongUse,
    name.startsWith('-') ? `There is no option '${name}'` : `There is no command '${name}'`,
    { hint: nearestHint(name, names, 'isolane ') || `Commands: ${names.join(', ')}` },
  )
}

/** Whether the command has come to its end by itself. */
let isOver = false

/** Modules of users may leave timers and sockets behind, so the process does not end by itself. */
function exit(code: number): void {
  isOver = true
  process.stdout.write('', () => process.stderr.write('', () => process.exit(code)))
}

/** Ends with an error, which is told. */
function fail(error: unknown): void {
  process.stderr.write(errorMessage(error, process.argv.includes('--verbose')))
  exit(exitCodeOf(error))
}

// Where nothing is left to wait for, Node ends the process before we do: that is no success.
process.exitCode = ExitCode.Unavailable
// Nor is it one where a module of the user's ends it.
process.on('exit', (code) => {
  if (isOver || code !== ExitCode.Done) return
  process.exitCode = ExitCode.Unavailable
  const error = new CommandError(process.exitCode, 'A module has ended the process', {
    hint: 'process.exit() was called by a module that the command has loaded',
  })
  process.stderr.write(errorMessage(error, false))
})
process.stdout.on('error', (error) => {
  // Whoever reads it has had enough, as `head` does.
  if (codeOf(error) === 'EPIPE') exit(ExitCode.Done)
  else fail(fileError(ExitCode.Output, 'Cannot write standard output', error))
})
main(process.argv.slice(2)).then(exit, fail)
