/** Values that the function finds as `shared.<name>`, from JSON files. */

import { readFile } from 'node:fs/promises'
import type { Pool, SharedValue } from '../../index.js'
import { codeOf, CommandError, ExitCode } from '../exit-codes.js'
import { fileError } from '../file-errors.js'
import type { SharedFile } from './arguments.js'

/** @throws {CommandError} where a file cannot be read or is no JSON */
export function shareFiles(pool: Pool, files: readonly SharedFile[]): Promise<SharedValue[]> {
  return Promise.all(files.map((file) => shareFile(pool, file)))
}

async function shareFile(pool: Pool, { name, path }: SharedFile): Promise<SharedValue> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw fileError(ExitCode.Input, `Cannot read ${path} (--share)`, error)
  })
  try {
    return await pool.share(name, bytes, { from: 'json' })
  } catch (error) {
    if (codeOf(error) !== 'ERR_ISOLANE_INVALID_JSON') throw error
    throw new CommandError(ExitCode.Input, `${path} (--share): ${(error as Error).message}`, {
      cause: error,
    })
  }
}
