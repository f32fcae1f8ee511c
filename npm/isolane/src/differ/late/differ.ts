import { MAX_DEPTH } from '../../codec/shared/format.js'
import {
  ArrayToSpliced,
  MapForEach,
  ObjectGetPrototypeOf,
  ObjectHasOwn,
  ObjectKeys,
  privateArray,
  SafeMap,
  SafeSet,
  SetForEach,
} from '../../codec/shared/primordials.js'
import type { ElementKeys, KeyValue, Path, PathStep, PatchOperation } from '../operation.js'
import { ArrayDiffer } from './array-differ.js'
import { childOf, isComparable, keyBefore } from './child.js'
import { Refused } from '../refused.js'
import { Shape } from '../shape.js'
import { areEqualScalars, isKeyValue, isSame, shapeOf } from './scalars.js'

/** Objects that are compared before equal ones are remembered: few values refer to one object by many paths. */
const REMEMBER_AFTER = 100_000

/** The path of the root. */
const WHOLE: readonly Path[] = [[]]

/** Thrown where only equality was asked and there is none. */
const DIFFERENT = { toString: () => 'different' }

/**
 * Looks for what changed from one value to another. Runs where the values are, in isolates too, so it asks
 * no built-in that a function can replace. Getters and traps of the values run as reading them does.
 */
export class Differ {
  /** Without a prototype; see {@link finished}. */
  readonly #operations = privateArray<PatchOperation>()
  /** Steps from the root to what is being compared. */
  readonly #path = privateArray<PathStep>()
  readonly #arrays: ArrayDiffer
  /** Objects that changed, with the path by which that was seen. */
  readonly #changed = new SafeMap<object, Path>()
  /** Objects that have not changed, by what they are now; only those seen after a while. */
  readonly #unchanged = new SafeMap<object, object>()
  #compared = 0
  /** While above 0, the first difference is thrown. */
  #probes = 0

  constructor(keys: ElementKeys | undefined) {
    this.#arrays = new ArrayDiffer(this, keys)
  }

  /** Compares what is at the paths of two values, and below. */
  compareAll(before: unknown, after: unknown, paths: readonly Path[] = WHOLE): void {
    for (let i = 0; i < paths.length; i++) this.compare(before, after, paths[i]!)
  }

  /** `path` goes on from the current one. */
  private compare(before: unknown, after: unknown, path: Path): void {
    const depth = this.#path.length
    if (depth === path.length || !isObject(before) || !isObject(after)) {
      return this.value(before, after)
    }
    const step = path[depth]!
    const old = childOf(before, step)
    const now = childOf(after, step)
    if (!isComparable(before, after, step)) return this.value(before, after)
    if (old === undefined && now === undefined) return
    if (now === undefined) return this.delete(step)
    if (old === undefined) return this.#added(after, step, now.value)
    this.#path[depth] = step
    this.compare(old.value, now.value, path)
    this.#path.length = depth
  }

  #added(after: object, step: PathStep, value: unknown): void {
    if (typeof step !== 'object' || 'entry' in step) return this.setBelow(step, value)
    if ('member' in step) return this.insert(step, value)
    this.insert(step, value, keyBefore(after as unknown[], step))
  }

  /** The operations so far. */
  finished(): PatchOperation[] {
    return ArrayToSpliced(this.#operations, this.#operations.length) as PatchOperation[]
  }

  /** Compares two values at the current path. */
  value(before: unknown, after: unknown): void {
    if (isSame(before, after)) return
    if (!isObject(before) || !isObject(after)) return this.set(after)
    const shape = shapeOf(before)
    if (shape !== shapeOf(after) || !haveSameClass(before, after)) return this.set(after)
    if (shape === Shape.Scalar) {
      if (!areEqualScalars(before, after)) this.set(after)
      return
    }
    if (this.#path.length > MAX_DEPTH)
      throw this.refused(`is nested deeper than ${MAX_DEPTH} levels, or a cycle`)
    const remembers = ++this.#compared > REMEMBER_AFTER
    if (remembers && this.#unchanged.get(before) === after) return
    const count = this.#operations.length
    this.#inside(shape, before, after)
    if (this.#operations.length > count) this.#mark(before)
    else if (remembers) this.#unchanged.set(before, after)
  }

  #inside(shape: Shape, before: object, after: object): void {
    switch (shape) {
      case Shape.Array:
        return this.#arrays.compare(before as unknown[], after as unknown[])
      case Shape.Map:
        return this.#map(before as Map<unknown, unknown>, after as Map<unknown, unknown>)
      case Shape.Set:
        return this.#set(before as Set<unknown>, after as Set<unknown>)
      default:
        return this.#record(before as Record<string, unknown>, after as Record<string, unknown>)
    }
  }

  /** Whether two values are equal. */
  areEqual(before: unknown, after: unknown): boolean {
    const depth = this.#path.length
    this.#probes++
    try {
      this.value(before, after)
      return true
    } catch (error) {
      if (error !== DIFFERENT) throw error
      this.#path.length = depth
      return false
    } finally {
      this.#probes--
    }
  }

  /** Compares two values one step below the current path. */
  below(step: PathStep, before: unknown, after: unknown): void {
    if (isSame(before, after)) return
    const depth = this.#path.length
    this.#path[depth] = step
    this.value(before, after)
    this.#path.length = depth
  }

  set(value: unknown): void {
    this.#add({ op: 'set', path: this.#pathTo(), value })
  }

  setBelow(step: PathStep, value: unknown): void {
    this.#add({ op: 'set', path: this.#pathTo(step), value })
  }

  delete(step: PathStep): void {
    this.#add({ op: 'delete', path: this.#pathTo(step) })
  }

  /** @param after for elements that are told by a key */
  insert(step: PathStep, value: unknown, after?: KeyValue): void {
    const path = this.#pathTo(step)
    this.#add(
      after === undefined ? { op: 'insert', path, value } : { op: 'insert', path, value, after },
    )
  }

  move(step: PathStep, after: KeyValue): void {
    this.#add({ op: 'move', path: this.#pathTo(step), after })
  }

  /** The current path, of which one must not write to. */
  get path(): readonly PathStep[] {
    return this.#path
  }

  refused(why: string): Refused {
    return new Refused(this.#pathTo(), why)
  }

  #pathTo(step?: PathStep): PathStep[] {
    const depth = this.#path.length
    if (step === undefined) return ArrayToSpliced(this.#path, depth) as PathStep[]
    this.#path[depth] = step
    const path = ArrayToSpliced(this.#path, depth + 1) as PathStep[]
    this.#path.length = depth
    return path
  }

  #add(operation: PatchOperation): void {
    if (this.#probes > 0) throw DIFFERENT
    this.#operations[this.#operations.length] = operation
  }

  /** An object that changed can be told by one path only: what has two would become two objects. */
  #mark(before: object): void {
    if (this.#changed.has(before)) {
      throw this.refused('has changed, and is the same object as another node of the value')
    }
    this.#changed.set(before, this.#pathTo())
  }

  #record(before: Record<string, unknown>, after: Record<string, unknown>): void {
    const keys = ObjectKeys(after)
    const old = ObjectKeys(before)
    if (areSameKeys(keys, old)) {
      for (let i = 0; i < keys.length; i++) this.below(keys[i]!, before[keys[i]!], after[keys[i]!])
      return
    }
    let common = 0
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i]!
      const value = after[key]
      if (ObjectHasOwn(before, key)) {
        common++
        this.below(key, before[key], value)
      } else {
        this.setBelow(key, value)
      }
    }
    if (old.length === common) return
    for (let i = 0; i < old.length; i++) if (!ObjectHasOwn(after, old[i]!)) this.delete(old[i]!)
  }

  #map(before: Map<unknown, unknown>, after: Map<unknown, unknown>): void {
    const old = new SafeMap<unknown, unknown>()
    const entries = new SafeMap<unknown, unknown>()
    let areKeys = true
    MapForEach(before, (value: unknown, key: unknown) => {
      areKeys &&= isKeyValue(key)
      old.set(key, value)
    })
    MapForEach(after, (value: unknown, key: unknown) => {
      areKeys &&= isKeyValue(key)
      entries.set(key, value)
    })
    // An object is another one on the other side: as a key it tells nothing.
    if (!areKeys) return this.set(after)
    entries.forEach((value, key) => {
      const step = { entry: key as KeyValue }
      if (old.has(key)) this.below(step, old.get(key), value)
      else this.setBelow(step, value)
    })
    old.forEach((_, key) => {
      if (!entries.has(key)) this.delete({ entry: key as KeyValue })
    })
  }

  #set(before: Set<unknown>, after: Set<unknown>): void {
    const old = new SafeSet<unknown>()
    const members = new SafeSet<unknown>()
    let areKeys = true
    SetForEach(before, (member: unknown) => {
      areKeys &&= isKeyValue(member)
      old.add(member)
    })
    SetForEach(after, (member: unknown) => {
      areKeys &&= isKeyValue(member)
      members.add(member)
    })
    if (!areKeys) return this.set(after)
    members.forEach((member) => {
      if (!old.has(member)) this.insert({ member: member as KeyValue }, member)
    })
    old.forEach((member) => {
      if (!members.has(member)) this.delete({ member: member as KeyValue })
    })
  }
}

/** In the same order, as of nearly all objects that have not changed. */
function areSameKeys(some: readonly string[], others: readonly string[]): boolean {
  if (some.length !== others.length) return false
  for (let i = 0; i < some.length; i++) if (some[i] !== others[i]) return false
  return true
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** Objects of another class, and those without one, are no change of properties. */
function haveSameClass(before: object, after: object): boolean {
  return (ObjectGetPrototypeOf(before) === null) === (ObjectGetPrototypeOf(after) === null)
}
