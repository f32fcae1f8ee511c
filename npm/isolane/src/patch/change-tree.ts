import type { OnConflict, PatchChange, PatchConflict } from './conflicts.js'
import { valueAt } from '../differ/late/value-at.js'
import { areEqual } from './diff.js'
import { PatchError } from './errors.js'
import { hasPlace } from './place.js'
import { stepKey } from './step-key.js'
import type { Path, PathStep, PatchOperation } from '../differ/operation.js'

/** A change with its place among all. */
export interface Placed extends PatchChange {
  readonly order: number
}

const NONE: Placed[] = []

/** Changes at a node and below it. */
export class ChangeNode {
  /** What becomes of the node itself: `set`, `delete`, or an `insert` by key or of a member. */
  action: Placed | undefined
  /** Where it goes among the elements of its array. */
  move: Placed | undefined
  /** By {@link stepKey}. */
  readonly children = new Map<string, { step: PathStep; node: ChangeNode }>()
  /** New elements of an array, by the index that they come before. */
  readonly inserts = new Map<number, Placed[]>()

  /** How elements of an array are told here, as {@link wayOf} names it; several ways are rare. */
  private way: string | undefined
  private hasWays = false

  get isEmpty(): boolean {
    return (
      this.action === undefined &&
      this.move === undefined &&
      this.children.size === 0 &&
      this.inserts.size === 0
    )
  }

  /** The changes at the node and below it, in no order. */
  *changes(): Generator<Placed> {
    if (this.action !== undefined) yield this.action
    if (this.move !== undefined) yield this.move
    for (const list of this.inserts.values()) yield* list
    for (const { node } of this.children.values()) yield* node.changes()
  }

  child(step: PathStep): ChangeNode {
    const key = stepKey(step)
    let child = this.children.get(key)
    if (child === undefined) {
      child = { step, node: new ChangeNode() }
      this.children.set(key, child)
      const way = wayOf(step)
      this.hasWays ||= this.way !== undefined && way !== this.way
      this.way = way
    }
    return child.node
  }

  /** Changes of elements that are told another way: by indexes, or by another property. */
  toldOtherwise(step: PathStep): Placed[] {
    const way = wayOf(step)
    if (way === undefined || (!this.hasWays && (this.way ?? way) === way)) return NONE
    return [...this.children.values()]
      .filter((child) => (wayOf(child.step) ?? way) !== way)
      .flatMap(({ node }) => [...node.changes()])
  }

  clear(): void {
    this.action = this.move = undefined
    this.children.clear()
    this.inserts.clear()
  }
}

/**
 * The operations of several patches of one value, merged: at most one change for each node. Patches are
 * added in the order of return; see `mergePatches` for what comes of two that change the same node.
 */
export class ChangeTree {
  readonly root = new ChangeNode()
  readonly conflicts: PatchConflict[] = []
  #order = 0

  constructor(private readonly onConflict: Exclude<OnConflict, 'reject'>) {}

  /** @param patch the index of what has these operations */
  add(operations: readonly PatchOperation[], patch: number): void {
    const lengths = new Map<string, Placed[]>()
    for (const operation of operations) {
      const change = { patch, operation, order: this.#order++ }
      if (!isOfLength(operation)) {
        this.#addOne(change)
        continue
      }
      // What changes the length of an array is one change, with its indexes.
      const key = pathKey(operation.path.slice(0, -1))
      const list = lengths.get(key)
      if (list === undefined) lengths.set(key, [change])
      else list.push(change)
    }
    for (const changes of lengths.values()) this.#addLengths(changes)
  }

  /** In the order in which they can be applied. */
  operations(): PatchOperation[] {
    const changes = [...this.root.changes()].sort((a, b) => a.order - b.order)
    return changes.map(({ operation }) => operation)
  }

  #addAt(node: ChangeNode, change: Placed): void {
    if (change.operation.op === 'move') {
      const earlier = [node.move, node.action?.operation.op === 'delete' ? node.action : undefined]
      if (!this.#overwrites(change, earlier.filter(isThere))) return
      if (node.action?.operation.op === 'delete') node.action = undefined
      node.move = change
      return
    }
    // A new value says nothing of where the element is.
    const { move } = node
    const keepsPlace = change.operation.op === 'set'
    const earlier = [...node.changes()].filter((each) => !(keepsPlace && each === move))
    if (!this.#overwrites(change, earlier)) return
    node.clear()
    if (keepsPlace) node.move = move
    node.action = change
  }

  #addOne(change: Placed): void {
    const node = this.#walk([change], change.operation.path)
    if (node !== undefined) this.#addAt(node, change)
  }

  /** Inserts and deletes by index, of one array: two patches that change its length disagree. */
  #addLengths(changes: readonly Placed[]): void {
    const first = changes[0]!
    const array = this.#walk(changes, first.operation.path.slice(0, -1))
    if (array === undefined) return
    const others = [...lengthChanges(array)].filter(({ patch }) => patch !== first.patch)
    if (others.length > 0) {
      if (areSameChanges(others, changes) || !this.#overwrites(first, others)) return
      drop(array, others)
    }
    for (const change of changes) {
      const index = change.operation.path.at(-1) as number
      if (change.operation.op === 'delete') {
        this.#addAt(array.child(index), change)
        continue
      }
      const list = array.inserts.get(index)
      if (list === undefined) array.inserts.set(index, [change])
      else list.push(change)
    }
  }

  /** The node at a path of the changes; nothing where they are not to be made. */
  #walk(changes: readonly Placed[], path: Path): ChangeNode | undefined {
    const [change] = changes as [Placed]
    for (;;) {
      const place = this.#goTo(changes, path)
      if (place === undefined || place.fits) return place?.node
      // The change is one of the original, which is not there any more.
      if (!this.#overwrites(change, [...place.node.changes()])) return undefined
      place.node.clear()
    }
  }

  /**
   * The node at a path, or the one that was set to something in which the changes have no place. Nothing
   * where they are not to be made.
   */
  #goTo(changes: readonly Placed[], path: Path): { node: ChangeNode; fits: boolean } | undefined {
    const [change] = changes as [Placed]
    let node = this.root
    /** What was set at or above the node, as far as it is known. */
    let replaced: { by: ChangeNode; value: unknown } | undefined
    for (let i = 0; ; i++) {
      const { action } = node
      if (action !== undefined && i < change.operation.path.length) {
        if (action.operation.op !== 'delete') replaced = { by: node, value: action.operation.value }
        else if (this.#overwrites(change, [action])) node.action = undefined
        else return undefined
      }
      const ends = i === path.length
      if (replaced !== undefined) {
        const steps = ends ? changes.map(({ operation }) => operation) : [change.operation]
        const fits = steps.every((each) => this.#fits(node, replaced!.value, each, i))
        if (!fits) return { node: replaced.by, fits }
      }
      if (ends) return { node, fits: true }
      const step = path[i]!
      if (replaced !== undefined) replaced = { ...replaced, value: valueAt(replaced.value, [step]) }
      const otherwise = node.toldOtherwise(step).filter(({ patch }) => patch !== change.patch)
      if (otherwise.length > 0) {
        if (!this.#overwrites(change, otherwise)) return undefined
        drop(node, otherwise)
      }
      node = node.child(step)
    }
  }

  /** Whether an operation has a place in a value that was set at its path up to `depth`. */
  #fits(node: ChangeNode, value: unknown, operation: PatchOperation, depth: number): boolean {
    const step = operation.path[depth]
    if (step === undefined) return true
    const isLast = depth === operation.path.length - 1
    // What another change has added there counts too.
    const isAdded = node.children.get(stepKey(step))?.node.action !== undefined
    return hasPlace(value, step, isLast ? operation.op : undefined) || isAdded
  }

  /** Whether `later` is to take the place of `earlier` changes. Tells those that disagree. */
  #overwrites(later: Placed, earlier: readonly Placed[]): boolean {
    const conflicts = earlier.filter((each) => each.patch !== later.patch && !agree(each, later))
    const told = conflicts.map((each) => ({
      path: later.operation.path,
      earlier: { patch: each.patch, operation: each.operation },
      later: { patch: later.patch, operation: later.operation },
    }))
    const { onConflict } = this
    const isKept = told.map((each) => {
      return (typeof onConflict === 'function' ? onConflict(each) : onConflict) === 'first'
    })
    // One that is to be kept keeps all: the later change cannot be made by halves.
    const kept = isKept.includes(true) ? 'earlier' : 'later'
    for (const each of told) this.conflicts.push({ ...each, kept })
    return kept === 'later'
  }
}

function pathKey(path: Path): string {
  return JSON.stringify(path.map(stepKey))
}

/** Whether it is one of the array that its path ends in. */
function isOfLength({ op, path }: PatchOperation): boolean {
  return typeof path.at(-1) === 'number' && (op === 'insert' || op === 'delete')
}

function agree(a: Placed, b: Placed): boolean {
  const [one, other] = [a.operation, b.operation]
  return (
    one.op === other.op &&
    one.path.length === other.path.length &&
    one.path.every((step, i) => stepKey(step) === stepKey(other.path[i]!)) &&
    Object.is(one.after, other.after) &&
    areSureEqual(one.value, other.value)
  )
}

/** Of a value with a cycle nobody can say. */
function areSureEqual(a: unknown, b: unknown): boolean {
  try {
    return areEqual(a, b)
  } catch (error) {
    if (error instanceof PatchError) return false
    throw error
  }
}

/** How a step tells an element of an array. */
function wayOf(step: PathStep): string | undefined {
  if (typeof step === 'number') return ''
  return typeof step === 'object' && 'key' in step ? `.${step.key}` : undefined
}

function areSameChanges(some: readonly Placed[], others: readonly Placed[]): boolean {
  if (some.length !== others.length) return false
  const sorted = [...some].sort((a, b) => a.order - b.order)
  return sorted.every((each, i) => agree(each, others[i]!))
}

function* lengthChanges(array: ChangeNode): Generator<Placed> {
  for (const list of array.inserts.values()) yield* list
  for (const { step, node } of array.children.values()) {
    if (typeof step === 'number' && node.action?.operation.op === 'delete') yield node.action
  }
}

/** Takes changes away that are right below a node, or further down. */
function drop(node: ChangeNode, dropped: readonly Placed[]): void {
  const gone = new Set(dropped)
  for (const [index, list] of node.inserts) {
    const left = list.filter((each) => !gone.has(each))
    if (left.length === 0) node.inserts.delete(index)
    else node.inserts.set(index, left)
  }
  for (const [key, { node: child }] of node.children) {
    if (child.action !== undefined && gone.has(child.action)) child.action = undefined
    if (child.move !== undefined && gone.has(child.move)) child.move = undefined
    drop(child, dropped)
    if (child.isEmpty) node.children.delete(key)
  }
}

function isThere<T>(value: T | undefined): value is T {
  return value !== undefined
}
