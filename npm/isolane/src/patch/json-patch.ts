import { isArray, wrongType } from '../errors/invalid.js'
import type { PatchOperation, PathStep } from '../differ/operation.js'
import { shapeOf } from '../differ/late/scalars.js'
import { Shape } from '../differ/shape.js'
import { applyPatch } from './apply.js'
import { ChangeTree, type ChangeNode } from './change-tree.js'
import { areEqual, diff } from './diff.js'
import { patchError } from './errors.js'
import { parsePointer, pointerTo } from './json-pointer.js'
import { checkOperations } from './options.js'
import { valueAt } from '../differ/late/value-at.js'

/** An operation of JSON Patch (RFC 6902). */
export interface JsonPatchOperation {
  op: 'add' | 'remove' | 'replace' | 'move' | 'copy' | 'test'
  /** A JSON Pointer (RFC 6901). */
  path: string
  /** Of `move` and `copy`. */
  from?: string
  /** Of `add`, `replace` and `test`. */
  value?: unknown
}

/**
 * The same changes as a JSON Patch (RFC 6902). Its operations are made one after the other, each to what the
 * last one left.
 *
 * @param target what the operations are for; only needed where elements of arrays are told by keys
 * @throws {InvalidTypeError} what is no operation
 * @throws {PatchError} JSON has no such value or node: a Map, a Set, `undefined`; or a key needs the target
 */
export function toJsonPatch(
  operations: readonly PatchOperation[],
  target?: unknown,
): JsonPatchOperation[] {
  const checked = checkOperations('operations', operations)
  const isKeyed = checked.some(({ path }) =>
    path.some((step) => typeof step === 'object' && 'key' in step),
  )
  if (isKeyed) {
    if (target === undefined) {
      throw patchError([], 'must be given too: JSON Patch knows elements by their indexes only')
    }
    return toJsonPatch(diff(target, applyPatch(target, checked)))
  }
  const tree = new ChangeTree('last')
  tree.add(checked, 0)
  return [...jsonOperations(tree.root, [])]
}

/** Below first, and from the end: no index moves before it is used. */
function* jsonOperations(node: ChangeNode, path: PathStep[]): Generator<JsonPatchOperation> {
  const { action } = node
  if (action !== undefined) {
    const value = jsonValue(action.operation, path)
    // `add` to an object replaces what is there; to an array it inserts.
    const op = typeof path.at(-1) === 'string' ? 'add' : 'replace'
    yield { op, path: pointerTo(path), value }
    return
  }
  const deleted: number[] = []
  for (const { step, node: child } of node.children.values()) {
    if (child.action?.operation.op !== 'delete') yield* jsonOperations(child, [...path, step])
    else if (typeof step === 'number') deleted.push(step)
    else yield { op: 'remove', path: pointerTo([...path, step]) }
  }
  const indexes = new Set([...deleted, ...node.inserts.keys()])
  for (const index of [...indexes].sort((a, b) => b - a)) {
    const pointer = pointerTo([...path, index])
    if (deleted.includes(index)) yield { op: 'remove', path: pointer }
    for (const { operation } of (node.inserts.get(index) ?? []).toReversed()) {
      yield { op: 'add', path: pointer, value: jsonValue(operation, path) }
    }
  }
}

function jsonValue({ value }: PatchOperation, path: readonly PathStep[]): unknown {
  const refused = notJson(value, [...path])
  if (refused !== undefined) {
    throw patchError(refused.path, `becomes ${refused.what}, which JSON has not`)
  }
  return value
}

/** Where a value has something that JSON has not. */
function notJson(value: unknown, path: PathStep[]): { path: PathStep[]; what: string } | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return undefined
  if (Number.isFinite(value)) return undefined
  if (typeof value !== 'object') return { path, what: String(value) }
  const shape = shapeOf(value)
  if (shape !== Shape.Array && shape !== Shape.Record) {
    return { path, what: Object.prototype.toString.call(value).slice(8, -1) }
  }
  for (const [key, each] of Object.entries(value)) {
    const refused = notJson(each, [...path, shape === Shape.Array ? Number(key) : key])
    if (refused !== undefined) return refused
  }
  return undefined
}

/**
 * What a JSON Patch (RFC 6902) does to `target`, as operations. `test` is made here: the patch holds for this
 * target, and the operations do not test again.
 *
 * @throws {InvalidTypeError} what is no JSON Patch
 * @throws {PatchError} a pointer points to nothing, or a test fails
 */
export function fromJsonPatch(
  patch: readonly JsonPatchOperation[],
  target: unknown,
): PatchOperation[] {
  if (!isArray('patch', patch)) throw wrongType('patch', 'an array of operations', patch)
  let value = target
  for (let i = 0; i < patch.length; i++) value = made(patch[i]!, value, `patch[${i}]`)
  return diff(target, value)
}

function made(operation: JsonPatchOperation, value: unknown, what: string): unknown {
  if (typeof operation !== 'object' || operation === null) {
    throw wrongType(what, 'an operation', operation)
  }
  const path = parsePointer(value, operation.path, `${what}.path`)
  switch (operation.op) {
    case 'add':
      return added(value, path, operation.value)
    case 'remove':
      return removed(value, existing(value, path))
    case 'replace':
      return applyPatch(value, [{ op: 'set', path: existing(value, path), value: operation.value }])
    case 'copy': {
      const from = existing(value, parsePointer(value, operation.from, `${what}.from`))
      return added(value, path, valueAt(value, from))
    }
    case 'move': {
      const from = existing(value, parsePointer(value, operation.from, `${what}.from`))
      const moved = valueAt(value, from)
      const left = removed(value, from)
      // The pointer is one into what is left.
      return added(left, parsePointer(left, operation.path, `${what}.path`), moved)
    }
    case 'test':
      if (areEqual(valueAt(value, existing(value, path)), operation.value)) return value
      throw patchError(path, 'is not what the patch tests for')
    default:
      throw wrongType(
        `${what}.op`,
        `'add', 'remove', 'replace', 'move', 'copy' or 'test'`,
        operation.op,
      )
  }
}

function added(value: unknown, path: PathStep[], what: unknown): unknown {
  const isElement = typeof path.at(-1) === 'number'
  return applyPatch(value, [{ op: isElement ? 'insert' : 'set', path, value: what }])
}

function removed(value: unknown, path: PathStep[]): unknown {
  return path.length === 0 ? undefined : applyPatch(value, [{ op: 'delete', path }])
}

function existing(value: unknown, path: PathStep[]): PathStep[] {
  const parent = path.length === 0 ? undefined : valueAt(value, path.slice(0, -1))
  if (parent !== undefined && !Object.hasOwn(parent as object, path.at(-1) as string)) {
    throw patchError(path, 'is not there')
  }
  return path
}
