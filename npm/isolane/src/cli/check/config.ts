/** The file with rules that `--config` names. */

import { readFile } from 'node:fs/promises'
import { extname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { textOfError } from '../../errors/text.js'
import type { RulesConfig } from '../../check/index.js'
import { CommandError, ExitCode } from '../exit-codes.js'
import { fileError } from '../file-errors.js'
import { loaded } from '../loading.js'
import { oneLine } from '../messages.js'

/** @throws {CommandError} where it cannot be read, or has no rules */
export async function readConfig(file: string): Promise<RulesConfig> {
  const path = resolve(file)
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw fileError(ExitCode.WrongUse, `Cannot read ${file} (--config)`, error)
  })
  const config = extname(path) === '.json' ? parsed(file, text) : await imported(file, path)
  if (typeof config === 'object' && config !== null) return config
  throw new CommandError(ExitCode.WrongUse, `${file} (--config) exports no rules`, {
    hint: "export default { extends: 'recommended', rules: { … } }",
  })
}

function parsed(file: string, text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''))
  } catch (error) {
    const message = `${file} (--config) is not JSON: ${oneLine((error as Error).message)}`
    throw new CommandError(ExitCode.WrongUse, message, { cause: error })
  }
}

async function imported(file: string, path: string): Promise<unknown> {
  try {
    const loading = import(pathToFileURL(path).href) as Promise<{ default?: unknown }>
    return (await loaded(loading, `${file} (--config)`, ExitCode.WrongUse)).default
  } catch (error) {
    if (error instanceof CommandError) throw error
    const message = `Cannot load ${file} (--config): ${oneLine(textOfError(error))}`
    throw new CommandError(ExitCode.WrongUse, message, {
      hint: 'The module is imported as Node does it; --verbose shows the stack',
      cause: error,
    })
  }
}
