import {
  ArrayBufferIsView,
  ArrayIsArray,
  BufferByteLength,
  DataViewBuffer,
  MapForEach,
  ObjectGetOwnPropertyDescriptor,
  ObjectGetPrototypeOf,
  ObjectKeys,
  JSONStringify,
  privateArray,
  RegExpExec,
  SafeSet,
  SetForEach,
  StringSlice,
  SymbolToStringTag,
  TypedArrayBuffer,
  TypedArrayTag,
} from '../../shared/primordials.js'

// The expression in the function: one at the top would be compiled in each context, and is rarely needed.
const isIdentifier = (key: string): boolean => RegExpExec(/^[A-Za-z_$][\w$]*$/, key) !== null

/** Of the path to what is nested too deep so much is shown. */
const LONG = 120

export interface Place {
  value: unknown
  path: string
}

/**
 * Where in `root` the value `wanted` stands, as a JavaScript expression that starts with `name`.
 *
 * Runs after encoding failed, so that encoding need not keep track. It runs no getter: for a value
 * that only a getter returns it gives the path of the nearest object that has one.
 */
export function pathOf(root: unknown, wanted: unknown, name: string): string {
  const search = new Search((value) => value === wanted)
  return search.find(root, name)?.path ?? search.behindGetter ?? name
}

/** Looks for values of one kind in others, breadth first. */
export class Search {
  /** Objects that were visited, and are not visited again. */
  seen: Set<unknown> = new SafeSet()
  /** More objects that need no visit. */
  clean: Set<unknown> | undefined
  /** Path of the first getter. */
  behindGetter: string | undefined

  constructor(private readonly isWanted: (value: unknown) => boolean) {}

  /** The first value of that kind in `root`, which is called `name`. */
  find(root: unknown, name: string): Place | undefined {
    const queue = privateArray<Place>()
    queue[0] = { value: root, path: name }
    let queued = 1
    const visit = (value: unknown, path: string): void => {
      const isObject = typeof value === 'object' && value !== null
      if (isObject || this.isWanted(value)) queue[queued++] = { value, path }
    }
    for (let i = 0; i < queued; i++) {
      const place = queue[i]!
      if (this.isWanted(place.value)) return place
      if (typeof place.value === 'object' && place.value !== null) this.visitParts(place, visit)
    }
    return undefined
  }

  private visitParts({ value, path }: Place, visit: Visit): void {
    if (this.seen.has(value) || this.clean?.has(value) === true) return
    this.seen.add(value)
    if (ArrayBufferIsView(value)) return visit(bufferOf(value), `${path}.buffer`)
    const getter = visitProperties(value as object, path, visit)
    this.behindGetter ??= getter
    visitEntries(value as object, path, visit)
  }
}

/** The start of a path that is too long to read. */
export function startOf(path: string): string {
  return path.length > LONG ? `${StringSlice(path, 0, LONG)}…` : path
}

/** All of a view that is carried besides its bytes. */
function bufferOf(view: ArrayBufferView): ArrayBufferLike {
  return TypedArrayTag(view) === undefined ? DataViewBuffer(view) : TypedArrayBuffer(view)
}

type Visit = (value: unknown, path: string) => void

/** @returns the path of the first getter, if there is one */
function visitProperties(object: object, path: string, visit: Visit): string | undefined {
  let getter: string | undefined
  const isArray = ArrayIsArray(object)
  const keys = ObjectKeys(object)
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!
    const step =
      isArray && +key >= 0 ? `[${key}]` : isIdentifier(key) ? `.${key}` : `[${JSONStringify(key)}]`
    const descriptor = ObjectGetOwnPropertyDescriptor(object, key)
    if (descriptor?.get !== undefined) getter ??= path + step
    else visit(descriptor?.value, path + step)
  }
  visitHidden(object, 'cause', path, visit)
  visitHidden(object, 'errors', path, visit)
  return getter
}

/** What errors have that cannot be enumerated. */
function visitHidden(object: object, key: string, path: string, visit: Visit): void {
  const property = ObjectGetOwnPropertyDescriptor(object, key)
  if (property !== undefined && property.enumerable === false)
    visit(property.value, `${path}.${key}`)
}

function visitEntries(object: object, path: string, visit: Visit): void {
  try {
    MapForEach(object as Map<unknown, unknown>, (value: unknown, key: unknown) => {
      visit(key, `${path} key`)
      visit(value, `${path}.get(${typeof key === 'string' ? JSONStringify(key) : typeof key})`)
    })
    return
  } catch {
    // Not a Map.
  }
  try {
    SetForEach(object as Set<unknown>, (value: unknown) => visit(value, `${path} element`))
  } catch {
    // Not a Set.
  }
}

function isArrayBuffer(value: unknown): boolean {
  try {
    BufferByteLength(value)
    return true
  } catch {
    return false
  }
}

/** What a value is, for an error message. */
export function describe(value: unknown): string {
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'symbol') return 'a symbol'
  // Others are not refused.
  if (ArrayBufferIsView(value)) return 'a view of a detached ArrayBuffer'
  if (isArrayBuffer(value)) return 'a detached ArrayBuffer'
  let prototype = value as object | null
  while (prototype !== null) {
    // Iterators have no constructor of their own, `Intl.Collator` is not called that.
    const tag = ObjectGetOwnPropertyDescriptor(prototype, SymbolToStringTag)?.value as unknown
    if (typeof tag === 'string' && tag !== '') return withArticle(tag)
    const owner = ObjectGetOwnPropertyDescriptor(prototype, 'constructor')?.value as unknown
    if (typeof owner === 'function') {
      const name = ObjectGetOwnPropertyDescriptor(owner, 'name')?.value as unknown
      if (typeof name === 'string' && name !== '') return withArticle(name)
    }
    prototype = ObjectGetPrototypeOf(prototype) as object | null
  }
  return 'an object'
}

function withArticle(name: string): string {
  switch (name[0]) {
    case 'A':
    case 'E':
    case 'I':
    case 'O':
      return `an ${name}`
    default:
      return `a ${name}`
  }
}
