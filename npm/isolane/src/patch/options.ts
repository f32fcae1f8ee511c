import { InvalidTypeError } from '../errors/errors.js'
import { isArray, wrongType } from '../errors/invalid.js'
import { callChecks } from '../options/call.js'
import { checker, modeOrFunction, oneOf, type Check } from '../options/check.js'
import type { DiffOptions } from './diff.js'
import { isKeyValue } from '../differ/late/scalars.js'
import type { MergeOptions } from './merge.js'
import { stepKey } from './step-key.js'
import type { PatchOptions } from './task.js'
import type { Path, PatchOperation, PathStep } from '../differ/operation.js'

const checkKey: Check = (what, value) => {
  if (typeof value === 'string' && value !== '') return
  const expected = 'the name of a property, or an object of such names by path'
  if (typeof value !== 'object' || value === null || isArray(what, value)) {
    throw wrongType(what, expected, value)
  }
  for (const [path, name] of Object.entries(value)) {
    if (typeof name !== 'string' || name === '') {
      throw wrongType(`${what}['${path}']`, 'the name of a property', name)
    }
  }
}

export const checkPaths: Check = (what, value) => {
  if (!isArray(what, value)) throw wrongType(what, 'an array of paths', value)
  for (let i = 0; i < value.length; i++) checkPath(`${what}[${i}]`, value[i])
}

export const checkDiffOptions = checker<DiffOptions>('diff', { key: checkKey, paths: checkPaths })

const checkOnConflict = modeOrFunction('last', 'first', 'reject')

export const checkMergeOptions = checker<MergeOptions>('mergePatches', {
  onConflict: checkOnConflict,
})

export const checkPatchOptions = checker<PatchOptions>('options', {
  ...callChecks,
  key: checkKey,
  onConflict: checkOnConflict,
  onError: oneOf('omit', 'reject'),
  onTimeout: oneOf('partial', 'reject'),
})

/** @throws {InvalidTypeError} */
export function checkOperations(what: string, list: unknown): readonly PatchOperation[] {
  if (!isArray(what, list)) throw wrongType(what, 'an array of operations', list)
  for (let i = 0; i < list.length; i++) checkOperation(`${what}[${i}]`, list[i])
  return list as PatchOperation[]
}

function checkOperation(what: string, value: unknown): void {
  if (typeof value !== 'object' || value === null) throw wrongType(what, 'an operation', value)
  const { op, path, after } = value as Partial<PatchOperation>
  if (op !== 'set' && op !== 'delete' && op !== 'insert' && op !== 'move') {
    throw wrongType(`${what}.op`, `'set', 'delete', 'insert' or 'move'`, op)
  }
  checkPath(`${what}.path`, path)
  const last = (path as Path).at(-1)
  if (last === undefined && op !== 'set') {
    throw new InvalidTypeError(`${what}: the root can be set, and nothing else`)
  }
  if (op === 'set' || op === 'delete') return
  const isElement = typeof last === 'object' && 'key' in last
  if (isElement && after !== undefined) return
  if (isElement) throw wrongType(`${what}.after`, 'the key of another element, or null', after)
  const isInsert =
    op === 'insert' && (typeof last === 'number' || (typeof last === 'object' && 'member' in last))
  if (!isInsert) {
    throw new InvalidTypeError(
      `${what}: '${op}' is for elements of arrays${op === 'insert' ? ' and members of Sets' : ' that have keys'}`,
    )
  }
}

/** Paths without those that others cover. */
export function uncovered(paths: readonly Path[]): readonly Path[] {
  const keys = paths.map((path) => path.map(stepKey))
  return paths.filter((_, i) => !keys.some((other, j) => i !== j && covers(other, keys[i]!, j < i)))
}

/** Of two that are the same only one covers the other. */
function covers(other: readonly string[], path: readonly string[], isFirst: boolean): boolean {
  if (other.length > path.length || (other.length === path.length && !isFirst)) return false
  return other.every((step, i) => step === path[i])
}

function checkPath(what: string, path: unknown): void {
  if (!isArray(what, path)) throw wrongType(what, 'an array of steps', path)
  for (let i = 0; i < path.length; i++) checkStep(`${what}[${i}]`, path[i] as PathStep)
}

function checkStep(what: string, step: unknown): void {
  if (typeof step === 'string') return
  if (typeof step === 'number' && Number.isInteger(step) && step >= 0) return
  if (typeof step === 'object' && step !== null) {
    const { key, is, entry, member } = step as Record<string, unknown>
    if ('key' in step && typeof key === 'string' && isKeyValue(is)) return
    if (!('key' in step) && 'entry' in step && isKeyValue(entry)) return
    if (!('key' in step) && 'member' in step && isKeyValue(member)) return
  }
  throw wrongType(
    what,
    'a property (a string), an index (an integer from 0), or { key, is }, { entry } or { member }',
    step,
  )
}
