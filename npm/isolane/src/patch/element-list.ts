import { isSame } from '../differ/late/scalars.js'
import { patchError } from './errors.js'
import type { Placed } from './change-tree.js'
import type { ElementStep, KeyValue, PatchOperation, PathStep } from '../differ/operation.js'

/** An element, linked to those before and behind it. */
export interface ListElement {
  value: unknown
  /** Whether it has not been deleted. */
  isThere: boolean
  /** Whether the array had no element there. */
  isHole: boolean
  previous: ListElement
  next: ListElement
}

/** The elements of an array while some are inserted, deleted and moved. */
export class ElementList {
  /** Stands before the first and behind the last. */
  readonly #ends: ListElement
  readonly #original: ListElement[] = []
  /** By property, and by the key that elements have there. */
  readonly #byKey = new Map<string, Map<unknown, ListElement>>()

  constructor(
    list: readonly unknown[],
    private readonly path: readonly PathStep[],
  ) {
    const ends = { value: undefined, isThere: true, isHole: false } as ListElement
    this.#ends = ends.previous = ends.next = ends
    for (let i = 0; i < list.length; i++) {
      const element = newElement(list[i], !(i in list))
      this.#original.push(element)
      link(element, ends.previous)
    }
  }

  /** The element that had an index, or has a key. */
  at(step: number | ElementStep): ListElement {
    const element =
      typeof step === 'number' ? this.#original[step] : this.#keyed(step.key).get(step.is)
    if (element !== undefined) return element
    const why = `is not there; the array has ${this.#original.length} elements`
    throw patchError([...this.path, step], why)
  }

  insertByIndex(inserts: ReadonlyMap<number, readonly Placed[]>): void {
    for (const [index, changes] of inserts) {
      // At the end, where it is the length.
      const next = index === this.#original.length ? this.#ends : this.at(index)
      for (const { operation } of changes) link(newElement(operation.value, false), next.previous)
    }
  }

  /** Inserts or moves an element that is told by a key. */
  place({ op, path, after }: PatchOperation, value: unknown): void {
    const { key, is } = path.at(-1) as ElementStep
    // Behind itself is where it is.
    if (op === 'move' && isSame(after, is)) return
    const known = this.#keyed(key)
    let element = known.get(is)
    if (op === 'insert' && element?.isThere === true) {
      throw patchError(path, 'is there already')
    }
    if (op === 'insert') known.set(is, (element = newElement(value, false)))
    else if (element === undefined) throw patchError(path, 'is not there')
    else unlink(element)
    link(element, this.#anchor(known, after))
  }

  values(): unknown[] {
    const values: unknown[] = []
    for (let each = this.#ends.next; each !== this.#ends; each = each.next) {
      if (!each.isThere) continue
      if (each.isHole && each.value === undefined) values.length++
      else values.push(each.value)
    }
    return values
  }

  /** What an element is placed behind: the last one, where what is named has gone. */
  #anchor(known: ReadonlyMap<unknown, ListElement>, after: KeyValue): ListElement {
    if (after === null) return this.#ends
    const anchor = known.get(after)
    return anchor?.isThere === true ? anchor : this.#ends.previous
  }

  #keyed(name: string): Map<unknown, ListElement> {
    let known = this.#byKey.get(name)
    if (known === undefined) {
      this.#byKey.set(name, (known = new Map()))
      for (const element of this.#original) {
        const { value } = element
        if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) continue
        known.set((value as Record<string, unknown>)[name], element)
      }
    }
    return known
  }
}

function newElement(value: unknown, isHole: boolean): ListElement {
  return { value, isThere: true, isHole } as ListElement
}

function link(element: ListElement, previous: ListElement): void {
  element.previous = previous
  element.next = previous.next
  element.next.previous = previous.next = element
}

function unlink({ previous, next }: ListElement): void {
  previous.next = next
  next.previous = previous
}
