/** What a context does for values that are another's, which the built-ins there made. */

import {
  ArrayConstructor,
  ErrorConstructor,
  FunctionConstructor,
  FunctionHasInstance,
  ObjectConstructor,
  ObjectDefineProperty,
  ObjectGetPrototypeOf,
  privateArray,
  RangeErrorConstructor,
  SymbolHasInstance,
  TypeErrorConstructor,
} from '../../codec/shared/primordials.js'

/**
 * Has `instanceof` find what was made elsewhere to be what it is: an instance of a class here, where
 * `prototypes` has the prototype of the same class there. They are in the order in which
 * `freezeBuiltIns` gives them.
 */
export function answerInstanceof(prototypes: readonly object[]): void {
  const classes = privateArray<Function>()
  classes[0] = ObjectConstructor
  classes[1] = ArrayConstructor
  classes[2] = FunctionConstructor
  classes[3] = ErrorConstructor
  classes[4] = TypeErrorConstructor
  classes[5] = RangeErrorConstructor
  for (let i = 0; i < classes.length; i++) answerFor(classes[i]!, prototypes[i]!)
}

function answerFor(Class: Function, prototype: object): void {
  const { hasInstance } = {
    hasInstance(this: unknown, value: unknown): boolean {
      if (FunctionHasInstance(this, value)) return true
      // A class that inherits this has no instances elsewhere.
      return this === Class && inherits(value, prototype)
    },
  }
  const descriptor = { value: hasInstance, writable: true, enumerable: false, configurable: true }
  try {
    ObjectDefineProperty(Class, SymbolHasInstance, descriptor)
  } catch {
    // A function has frozen its built-ins, and keeps the answer that they give.
  }
}

function inherits(value: unknown, prototype: object): boolean {
  if ((typeof value !== 'object' || value === null) && typeof value !== 'function') return false
  let link = ObjectGetPrototypeOf(value) as object | null
  while (link !== null && link !== prototype) link = ObjectGetPrototypeOf(link) as object | null
  return link !== null
}
