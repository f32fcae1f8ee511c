import {
  ArrayIncludes,
  ArrayJoin,
  ObjectHasOwn,
  ObjectKeys,
  privateArray,
  TypeErrorConstructor,
} from '../../codec/shared/primordials.js'
import { ModuleError } from '../failure.js'
import type { UserFunction } from '../folding.js'

type Exports = Record<string, unknown>

/** Of names in an error, so many. */
const MOST_NAMES = 20

/**
 * The function that a module is for, in whichever way that was written.
 *
 * @param exported the exports of a CommonJS module, or a namespace
 * @param name the export that is meant; the main one without it
 * @param where the module, in errors
 */
export function exportedFunction(
  exported: unknown,
  name: string | undefined,
  where: string,
): UserFunction {
  const fn = name === undefined ? mainOf(exported, true) : namedOf(exported, name)
  if (typeof fn === 'function') return fn as UserFunction
  const what = name === undefined ? 'default export' : `export '${name}'`
  const message =
    fn === undefined
      ? `${where} has no ${what}; it has: ${namesOf(exported)}`
      : `The ${what} of ${where} is no function but of type ${typeof fn}`
  throw new ModuleError(new TypeErrorConstructor(message))
}

function mainOf(exported: unknown, isOutermost: boolean): unknown {
  if (!isObject(exported)) return exported
  const main = exported['default']
  if (typeof main === 'function') return main
  if (typeof exported['main'] === 'function') return exported['main']
  // Of a CommonJS module, Node and transpilers give all exports as the default one.
  return (isOutermost && isObject(main) ? mainOf(main, false) : undefined) ?? main
}

function namedOf(exported: unknown, name: string): unknown {
  if (!isObject(exported) && typeof exported !== 'function') return undefined
  const exports = exported as Exports
  const main = ownOf(exports, 'default')
  const isNested = isObject(main) || typeof main === 'function'
  return ownOf(exports, name) ?? (isNested ? ownOf(main as Exports, name) : undefined)
}

/** What every object inherits is no export. */
function ownOf(exports: Exports, name: string): unknown {
  return ObjectHasOwn(exports, name) ? exports[name] : undefined
}

function namesOf(exported: unknown): string {
  const names = privateArray<string>()
  addNames(exported, names)
  if (isObject(exported)) addNames(exported['default'], names)
  return names.length === 0 ? 'none' : ArrayJoin(names, ', ')
}

function addNames(exported: unknown, names: string[]): void {
  if (!isObject(exported)) return
  const keys = ObjectKeys(exported)
  for (let i = 0; i < keys.length && names.length < MOST_NAMES; i++) {
    const key = keys[i]!
    if (key !== '__esModule' && !ArrayIncludes(names, key)) names[names.length] = key
  }
}

function isObject(value: unknown): value is Exports {
  return typeof value === 'object' && value !== null
}
