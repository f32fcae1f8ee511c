/** Functions in files: which export is meant, in whichever way the module was written. */

import { pathToFileURL } from 'node:url'
import { ModuleError } from '../driver/failure.js'
import type { UserFunction } from '../driver/folding.js'
import { exportedFunction } from '../driver/late/exported.js'
import type { ModuleAddress } from '../protocol.js'

/** Imports a module, and gives the function at this address in it. Rejects with a {@link ModuleError}. */
export async function importFunction({ filename, name }: ModuleAddress): Promise<UserFunction> {
  return exportedFunction(await importFile(filename), name, filename)
}

async function importFile(filename: string): Promise<Record<string, unknown>> {
  try {
    return (await import(pathToFileURL(filename).href)) as Record<string, unknown>
  } catch (error) {
    throw new ModuleError(error)
  }
}
