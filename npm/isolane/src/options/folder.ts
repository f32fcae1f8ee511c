import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { InvalidTypeError } from '../errors/errors.js'

/**
 * The folder that functions are resolved from, as an absolute path.
 *
 * @throws {InvalidTypeError} where there is none
 */
export function checkedFolder(folder: string | undefined): string {
  const path = resolve(folder ?? '.')
  if (folder !== undefined && !statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw new InvalidTypeError(`resolveFrom must be a folder that exists; got '${folder}'`)
  }
  return path
}
