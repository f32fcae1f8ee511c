/**
 * The command `isolane functions`.
 *
 * @module
 */

import type { Pool } from 'isolane'
import type { RulesConfig } from 'isolane/check'

import { FunctionRegistry } from '../registry/registry.js'
import { argumentsOf, CommandError, ExitCode, type OptionName, type Preset } from './arguments.js'
import { COMMANDS } from './commands.js'
import { HELP } from './help.js'
import { storeOf, withoutEdits } from './opening.js'

/**
 * Does what the words after `isolane functions` say.
 *
 * @returns the exit code
 */
export async function main(words: readonly string[]): Promise<number> {
  try {
    return await run(words)
  } catch (error) {
    const { message, code } = error as Error & { code?: string }
    const isOurs = error instanceof CommandError || String(code).startsWith('ERR_ISOLANE_')
    const text = isOurs ? message.replaceAll(/\s*\n\s*/g, ' ') : (error as Error).stack
    process.stderr.write(`isolane: ${text}\n`)
    if (error instanceof CommandError) return error.exitCode
    if (code === 'ERR_ISOLANE_INVALID_ARGUMENT') return ExitCode.WrongUse
    return String(code).startsWith('ERR_ISOLANE_STORE_') ? ExitCode.Store : ExitCode.Refused
  }
}

async function run(words: readonly string[]): Promise<number> {
  const given = argumentsOf(words)
  const command = COMMANDS.get(given.command)
  if (given.help || given.command === '') {
    const stream = given.help ? process.stdout : process.stderr
    stream.write(HELP)
    return given.help ? ExitCode.Done : ExitCode.WrongUse
  }
  if (command === undefined) {
    const names = [...COMMANDS.keys()].join(', ')
    const message = `There is no command 'functions ${given.command}'; there are ${names}`
    throw new CommandError(ExitCode.WrongUse, message)
  }
  requireOperands(given.command, command.operands, given.operands.length)
  refuseOthers(given.command, command.options, given.given)
  const store = withoutEdits(storeOf(given.store ?? process.env.ISOLANE_STORE))
  const pool = given.load || command.calls ? await newPool(given.rules) : undefined
  const registry = new FunctionRegistry(pool, { store, ...rulesOf(given.rules) })
  try {
    await registry.ready
    const tell = (line: string, value: unknown) =>
      void process.stdout.write(`${given.json ? JSON.stringify(value) : line}\n`)
    return await command.run({ ...given, registry, tell })
  } finally {
    await registry.close()
    await pool?.close()
  }
}

/** By default those that are recommended for the pool. */
function rulesOf(preset: Preset | undefined): { rules?: RulesConfig | false } {
  if (preset === undefined) return {}
  return { rules: preset !== 'none' && { extends: preset } }
}

/** Of the engine that the rules are for. */
async function newPool(preset: Preset | undefined): Promise<Pool> {
  const { Pool: PoolClass } = await import('isolane')
  return new PoolClass(preset === 'recommended-node' ? { engine: 'node' } : {})
}

function requireOperands(command: string, operands: readonly string[], count: number): void {
  const least = operands.filter((each) => !each.startsWith('[')).length
  if (count >= least && count <= operands.length) return
  const use = ['isolane functions', command, ...operands].join(' ')
  throw new CommandError(ExitCode.WrongUse, `Use: ${use}`)
}

/** Options of every command. */
const COMMON: readonly OptionName[] = ['store', 'json', 'help']

/** @throws {CommandError} one of the options is another command's, and would do nothing here */
function refuseOthers(
  command: string,
  options: readonly OptionName[],
  given: readonly OptionName[],
): void {
  const known = [...options, ...COMMON]
  const other = given.find((each) => !known.includes(each))
  if (other === undefined) return
  const names = known.map((each) => `--${each}`).join(', ')
  const message = `'${command}' has no option --${other}; its options are ${names}`
  throw new CommandError(ExitCode.WrongUse, message)
}
