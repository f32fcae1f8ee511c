import { inspect } from 'node:util'

import type { LogEntry } from 'isolane'

import type { DebugEnvelope } from '../debug/debug.js'
import { CommandError, ExitCode } from './arguments.js'
import type { Request } from './commands.js'
import { textOf } from './files.js'
import { findingLine } from './findings.js'

/** Milliseconds that a call may take where nothing else is said. */
const TIMEOUT_MS = 30_000

/** Calls a function afresh: what it gives goes to the standard output, what it logs to the standard error. */
export async function debug(request: Request): Promise<number> {
  const { registry, tell, json, input, source, timeout = TIMEOUT_MS, operands } = request
  if (input === '-' && source === '-') {
    throw new CommandError(
      ExitCode.WrongUse,
      '--input and --source cannot both be the standard input',
    )
  }
  const value = input === undefined ? undefined : jsonOf(input, await textOf(input))
  const options = {
    timeout,
    ...(source === undefined ? {} : { source: await textOf(source) }),
  }
  const envelope = await registry.debug(operands[0]!, value, options)
  const { ok, data, error } = envelope
  if (json) tell('', plain(envelope))
  else {
    sayAll(envelope)
    if (ok) tell(inspect(data, { depth: Infinity, maxArrayLength: Infinity }), data)
  }
  if (!ok) throw error!
  return ExitCode.Done
}

function jsonOf(file: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new CommandError(ExitCode.WrongUse, `${file} is not JSON: ${(error as Error).message}`)
  }
}

function sayAll({ logs, logsOmitted, diagnostics, error }: DebugEnvelope): void {
  const lines = [
    ...diagnostics.map((each) => findingLine(each.function, each)),
    ...logs.map(logLine),
  ]
  if (logsOmitted > 0) lines.push(`(${logsOmitted} lines more)`)
  // What the function threw, with the lines of its text.
  if (error?.cause instanceof Error) lines.push(error.cause.stack ?? error.cause.message)
  for (const line of lines) process.stderr.write(`${line}\n`)
}

function logLine({ level, message, place }: LogEntry): string {
  const where = place === undefined ? '' : ` (${place.file}:${place.line})`
  return `${level.toUpperCase().padEnd(5)} ${message}${where}`
}

/** An error has no JSON of its own. */
function plain({ error, ...rest }: DebugEnvelope): object {
  if (error === undefined) return rest
  const { name, message, stack } = error
  return { ...rest, error: { name, message, stack } }
}
