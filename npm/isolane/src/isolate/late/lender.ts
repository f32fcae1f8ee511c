/**
 * A context in which values are made that others borrow. No user code is evaluated here; but who has a
 * value comes by the built-ins behind it, and calls them. So all that can be reached is frozen, and
 * nothing there makes code of text, which would run here.
 */

const { freeze, getOwnPropertyDescriptor, getPrototypeOf } = Object
const { deleteProperty, ownKeys } = Reflect

/** They are made when one asks for them. Only the global object leads to them, and nothing to that. */
const DEFERRED: readonly PropertyKey[] = ['Intl', 'WebAssembly']

/** What `RegExp` tells of the last match, whoever made it. */
const LAST_MATCH = /^(\$.|input|lastMatch|lastParen|leftContext|rightContext)$/

/** The type library has not heard of them. */
interface Iterators {
  from(iterable: object): { map(fn: () => unknown): object }
  concat?(): object
}

/** Freezes the built-ins. Gives prototypes by which borrowers know what they borrow. */
export function freezeBuiltIns(): readonly object[] {
  // Of each kind one, since no global leads to what they inherit from.
  const kinds = [() => {}, function* () {}, async () => {}, async function* () {}]
  for (const kind of kinds) deleteProperty(getPrototypeOf(kind) as object, 'constructor')
  for (const key of ownKeys(RegExp)) {
    if (typeof key === 'string' && LAST_MATCH.test(key)) deleteProperty(RegExp, key)
  }
  const { Iterator } = globalThis as unknown as { Iterator: Iterators }
  const hidden: unknown[] = [
    ...kinds,
    // Instances have accessors of their own, which are the same functions in all.
    new Error(''),
    [].values(),
    Iterator.from([]).map(() => 0),
    Iterator.from({ next: () => ({ done: true }) }),
    Iterator.concat?.(),
    ''[Symbol.iterator](),
    ''.matchAll(/x/g),
    new Map().keys(),
    new Set().keys(),
  ]
  const globals = ownKeys(globalThis).filter((key) => !DEFERRED.includes(key))
  freezeAll([...hidden, ...globals.map((key) => (globalThis as Record<PropertyKey, unknown>)[key])])
  return freeze([
    Object.prototype,
    Array.prototype,
    Function.prototype,
    Error.prototype,
    TypeError.prototype,
    RangeError.prototype,
  ])
}

/** Freezes `roots` and all that can be reached from them, but for the global object. */
function freezeAll(roots: readonly unknown[]): void {
  const seen = new Set<unknown>([globalThis])
  const todo: object[] = []
  const visit = (value: unknown) => {
    const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function'
    if (!isObject || seen.has(value)) return
    seen.add(value)
    todo.push(value as object)
  }
  roots.forEach(visit)
  for (let object = todo.pop(); object !== undefined; object = todo.pop()) {
    visit(getPrototypeOf(object))
    for (const key of ownKeys(object)) {
      const { value, get, set } = getOwnPropertyDescriptor(object, key)!
      visit(value)
      visit(get)
      visit(set)
    }
    freeze(object)
  }
}
