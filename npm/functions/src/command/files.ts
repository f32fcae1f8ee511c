import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'

import type { FunctionFiles } from '../folder/files.js'
import { CommandError, ExitCode } from './arguments.js'

/**
 * The text of a file, or for `-` of the standard input.
 *
 * @throws {CommandError} it cannot be read
 */
export async function textOf(file: string): Promise<string> {
  try {
    return await (file === '-' ? text(process.stdin) : readFile(file, 'utf8'))
  } catch (error) {
    throw new CommandError(ExitCode.WrongUse, (error as Error).message, { cause: error })
  }
}

/**
 * Writes a function's file, unless it is what it is to be. Gives whether it was written.
 *
 * @throws {CommandError} it cannot be written
 */
export async function isWritten(
  files: FunctionFiles,
  name: string,
  source: string,
): Promise<boolean> {
  try {
    if ((await files.read(name)) === source) return false
    await files.write(name, source)
    return true
  } catch (error) {
    const message = `'${name}' cannot be written into ${files.folder}: ${(error as Error).message}`
    throw new CommandError(ExitCode.WrongUse, message, { cause: error })
  }
}
