import { patchError, type PatchError } from './errors.js'
import type { ChangeNode, Placed } from './change-tree.js'
import { ElementList, type ListElement } from './element-list.js'
import { shapeOf } from '../differ/late/scalars.js'
import { Shape } from '../differ/shape.js'
import type { ElementStep, EntryStep, MemberStep, PathStep } from '../differ/operation.js'

/** `value` with the changes of a tree. What has none is the same object as before. */
export function applyTree(value: unknown, root: ChangeNode): unknown {
  return new Application().at(value, root, [])
}

class Application {
  /** Objects that have been copied: one with two paths would become two. */
  readonly #copied = new Set<object>()

  at(value: unknown, node: ChangeNode, path: PathStep[]): unknown {
    const { action } = node
    if (action?.operation.op === 'delete') {
      throw patchError(path, 'cannot be deleted: it is the root')
    }
    return this.#below(action === undefined ? value : action.operation.value, node, path)
  }

  /** `value`, with the changes below a node. */
  #below(value: unknown, node: ChangeNode, path: PathStep[]): unknown {
    if (node.children.size === 0 && node.inserts.size === 0) return value
    if (typeof value !== 'object' || value === null) {
      throw patchError(
        path,
        `is ${value === null ? 'null' : `a ${typeof value}`}, which has nothing below it`,
      )
    }
    if (this.#copied.has(value)) {
      throw patchError(path, 'is changed, and is the same object as another node that is')
    }
    this.#copied.add(value)
    switch (shapeOf(value)) {
      case Shape.Array:
        return this.#array(value as unknown[], node, path)
      case Shape.Map:
        return this.#map(value as Map<unknown, unknown>, node, path)
      case Shape.Set:
        return changedSet(value as Set<unknown>, node, path)
      case Shape.Record:
        return this.#record(value as Record<string, unknown>, node, path)
      default:
        throw patchError(path, 'is a value that can only be set as a whole')
    }
  }

  #record(value: Record<string, unknown>, node: ChangeNode, path: PathStep[]): object {
    if (node.inserts.size > 0) throw patchError(path, 'is no array, so nothing can be inserted')
    // A property `__proto__` is one as others are, where there is no prototype.
    const copy = withoutPrototype(value)
    for (const { step, node: child } of node.children.values()) {
      if (typeof step !== 'string') throw wrongStep(path, step, 'an object')
      const has = Object.hasOwn(value, step)
      const { action } = child
      if (action?.operation.op === 'delete') {
        if (!has) throw patchError([...path, step], 'cannot be deleted: it is not there')
        delete copy[step]
      } else if (!has && action === undefined) {
        throw patchError([...path, step], 'is not there')
      } else {
        copy[step] = this.at(has ? value[step] : undefined, child, [...path, step])
      }
    }
    return withPrototype(copy, value)
  }

  #map(value: Map<unknown, unknown>, node: ChangeNode, path: PathStep[]): object {
    const copy = new Map(value)
    for (const { step, node: child } of node.children.values()) {
      if (!isStep<EntryStep>(step, 'entry')) throw wrongStep(path, step, 'a Map')
      const { entry } = step
      const has = value.has(entry)
      const { action } = child
      if (action?.operation.op === 'delete') {
        if (!has) throw patchError([...path, step], 'cannot be deleted: it is not there')
        copy.delete(entry)
      } else if (!has && action === undefined) {
        throw patchError([...path, step], 'is not there')
      } else {
        copy.set(entry, this.at(value.get(entry), child, [...path, step]))
      }
    }
    return copy
  }

  #array(value: unknown[], node: ChangeNode, path: PathStep[]): unknown[] {
    const list = new ElementList(value, path)
    const placed: { change: Placed; value?: unknown }[] = []
    for (const { step, node: child } of node.children.values()) {
      const { action, move } = child
      if (typeof step !== 'number' && !isStep<ElementStep>(step, 'key')) {
        throw wrongStep(path, step, 'an array')
      }
      const below = [...path, step]
      if (action?.operation.op === 'insert') {
        placed.push({ change: action, value: this.at(undefined, child, below) })
      } else {
        this.#element(list.at(step), child, below)
      }
      if (move !== undefined) placed.push({ change: move })
    }
    list.insertByIndex(node.inserts)
    placed.sort((a, b) => a.change.order - b.change.order)
    for (const { change, value: made } of placed) list.place(change.operation, made)
    return list.values()
  }

  #element(element: ListElement, node: ChangeNode, path: PathStep[]): void {
    if (node.action?.operation.op === 'delete') element.isThere = false
    else element.value = this.at(element.value, node, path)
  }
}

function changedSet(value: Set<unknown>, node: ChangeNode, path: PathStep[]): Set<unknown> {
  const copy = new Set(value)
  for (const { step, node: child } of node.children.values()) {
    const op = child.action?.operation.op
    if (!isStep<MemberStep>(step, 'member') || (op !== 'insert' && op !== 'delete')) {
      throw wrongStep(path, step, 'a Set, whose members come and go and do nothing else')
    }
    if (op === 'insert') copy.add(step.member)
    else copy.delete(step.member)
  }
  return copy
}

function withoutPrototype(value: object): Record<string, unknown> {
  return Object.setPrototypeOf({ ...value }, null) as Record<string, unknown>
}

function isStep<T extends object>(step: PathStep, name: keyof T & string): step is PathStep & T {
  return typeof step === 'object' && name in step
}

function wrongStep(path: readonly PathStep[], step: PathStep, what: string): PatchError {
  return patchError([...path, step], `is no step into ${what}`)
}

/** Gives a copy without prototype that of the original: of plain objects, and of those that have none. */
function withPrototype(copy: object, original: object): object {
  return Object.setPrototypeOf(copy, Object.getPrototypeOf(original) as object | null) as object
}
