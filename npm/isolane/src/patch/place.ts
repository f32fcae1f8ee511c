import { childOf } from '../differ/late/child.js'
import { shapeOf } from '../differ/late/scalars.js'
import type { PatchOperation, PathStep } from '../differ/operation.js'
import { Shape } from '../differ/shape.js'

/** Whether `value` has a node at a step, or (`op`) a place for what an operation does there. */
export function hasPlace(
  value: unknown,
  step: PathStep,
  op: PatchOperation['op'] | undefined,
): boolean {
  if (typeof value !== 'object' || value === null) return false
  const shape = shapeOf(value)
  if (typeof step === 'string') {
    return shape === Shape.Record && (op === 'set' || Object.hasOwn(value, step))
  }
  if (typeof step === 'number') {
    const { length } = value as unknown[]
    return shape === Shape.Array && (op === 'insert' ? step <= length : step < length)
  }
  if ('entry' in step) return shape === Shape.Map && (op === 'set' || isThere(value, step))
  if ('member' in step) return shape === Shape.Set
  return shape === Shape.Array && (op === 'insert' || isThere(value, step))
}

function isThere(value: object, step: PathStep): boolean {
  return childOf(value, step) !== undefined
}
