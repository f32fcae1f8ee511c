/** Why the modules of a function cannot be linked, from the addon to the error that the caller gets. */

import { isBuiltin } from 'node:module'
import { EngineUnavailableError, InvalidRangeError, SourceError } from '../errors/errors.js'
import { ModuleCycleError, ModuleLoadError, ModuleNotFoundError } from '../errors/module-errors.js'
import type { Engine } from '../protocol.js'
import { FN } from './source.js'

/** As `crates/isolane/src/modules/mod.rs` tells it; `message` is a sentence without a full stop. */
type LinkFault = { message: string } & (
  | { kind: 'table' | 'file' | 'failed' }
  | { kind: 'export'; module: string }
  | { kind: 'missing'; specifier: string; importer?: string; nearest: string[] }
  | { kind: 'cycle'; chain: string[] }
  | { kind: 'syntax'; line: number; column: number }
)

/**
 * The error of a function whose modules cannot be linked.
 *
 * @param fault a {@link LinkFault}, as JSON
 * @param what names the argument that is the function
 * @param packages of modules that come as data: the folder in which packages were sought; `null` for none
 */
export function linkError(
  name: string,
  fault: string,
  engine: Engine,
  what: string = FN,
  packages?: string | null,
): Error {
  const told = JSON.parse(fault) as LinkFault
  const { message } = told
  switch (told.kind) {
    case 'missing': {
      const { specifier, importer, nearest } = told
      const hint = hintOf(told, engine, packages)
      return new ModuleNotFoundError(name, message + hint, specifier, importer, nearest)
    }
    case 'cycle':
      return new ModuleCycleError(name, message, told.chain)
    case 'syntax': {
      const { line, column } = told
      const options = { cause: new SyntaxError(message) }
      return new SourceError(`${name} does not compile: ${message}`, line, column, options)
    }
    case 'export':
      return new ModuleLoadError(name, message, {}, told.module)
    case 'file':
      return new ModuleLoadError(name, message, {})
    case 'table':
      return new InvalidRangeError(`${what}.${message}`)
    default:
      return new EngineUnavailableError(`${name} cannot be loaded: ${message}`)
  }
}

/** What may help where a specifier means nothing. */
function hintOf(
  { specifier, nearest }: { specifier: string; nearest: readonly string[] },
  engine: Engine,
  packages: string | null | undefined,
): string {
  if (engine !== 'node' && isBuiltin(specifier)) {
    return `. It is a module of Node's: pass engine: 'node' to the pool`
  }
  if (packages === undefined || nearest.length > 0 || !isPackage(specifier)) return ''
  if (packages === null) {
    return `. If it is a package: functions find those with engine: 'node', or bundled into their text`
  }
  return `. No package of that name is installed in ${packages}, or above it: npm install it there`
}

function isPackage(specifier: string): boolean {
  return /^(?:@[^/.\s:]+\/)?[^/.@#\s:][^\s:]*$/.test(specifier)
}
