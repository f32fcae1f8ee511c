import type { Path, PathStep } from '../differ/operation.js'
import { wrongType } from '../errors/invalid.js'
import { patchError } from './errors.js'

/** The JSON Pointer (RFC 6901) to a node of arrays and objects. */
export function pointerTo(path: Path): string {
  return path.map((step, i) => `/${escaped(step, path.slice(0, i + 1))}`).join('')
}

function escaped(step: PathStep, path: Path): string {
  if (typeof step === 'object') throw patchError(path, 'is no node of JSON')
  return String(step).replaceAll('~', '~0').replaceAll('/', '~1')
}

/**
 * The path that a JSON Pointer means in `value`: its last step may be new.
 *
 * @throws {InvalidTypeError} it is no pointer
 * @throws {PatchError} it leads through what is not there
 */
export function parsePointer(value: unknown, pointer: unknown, what: string): PathStep[] {
  const isPointer = typeof pointer === 'string' && (pointer === '' || pointer.startsWith('/'))
  if (!isPointer || /~(?![01])/.test(pointer)) throw wrongType(what, 'a JSON Pointer', pointer)
  const path: PathStep[] = []
  let at = value
  for (const token of pointer.split('/').slice(1)) {
    if (typeof at !== 'object' || at === null) throw patchError(path, 'has nothing below it')
    const name = token.replaceAll('~1', '/').replaceAll('~0', '~')
    const step = Array.isArray(at) ? indexOf(name, at.length, path) : name
    path.push(step)
    at = Object.hasOwn(at, step) ? (at as Record<PropertyKey, unknown>)[step] : undefined
  }
  return path
}

/** `-` is the place behind the last element. */
function indexOf(name: string, length: number, path: PathStep[]): number {
  if (name === '-') return length
  const index = Number(name)
  if (/^(0|[1-9][0-9]*)$/.test(name) && index <= length) return index
  throw patchError([...path, name], `is not there; the array has ${length} elements`)
}
