import { Kind, type Brand } from '../kinds.js'
import {
  FunctionToString,
  ObjectGetOwnPropertyDescriptor,
  StringIncludes,
  StringStartsWith,
  SymbolToStringTag,
} from '../../shared/primordials.js'

/** Built-in classes that no payload carries, besides whole namespaces of them, by the tag of their prototype. */
const REFUSED = [
  'FinalizationRegistry',
  'Array Iterator',
  'Map Iterator',
  'Set Iterator',
  'String Iterator',
  'RegExp String Iterator',
  'Segmenter String Iterator',
  'Iterator Helper',
  'DisposableStack',
  'AsyncDisposableStack',
]
const REFUSED_NAMESPACES = ['Intl.', 'Temporal.', 'WebAssembly.']

const always = () => true

/**
 * The brand of a prototype that is none of this context's: of a built-in class in another context, of
 * one that no payload carries, or null for a class of the user's. The name only says which test is
 * asked; nothing is what it is by its name, but errors and what is refused.
 */
export function brandOfStranger(prototype: object, testable: readonly Brand[]): Brand | null {
  const tag = tagOf(prototype)
  if (tag !== undefined && isRefused(tag)) return { name: tag, kind: Kind.Opaque, test: always }
  const name = tag ?? nativeName(prototype)
  for (let i = 0; i < testable.length; i++) if (testable[i]!.name === name) return testable[i]!
  if (tag !== undefined) return null
  if (name === 'Error') return { name, kind: Kind.Error, test: always }
  // The end of a chain.
  return name === 'Object' ? { name, kind: Kind.Record, test: always } : null
}

/** `Symbol.toStringTag` as built-in prototypes have it: that of typed arrays is a getter, older classes have none. */
function tagOf(prototype: object): string | undefined {
  const property = ObjectGetOwnPropertyDescriptor(prototype, SymbolToStringTag)
  // They can be configured, but for those of a context that lends.
  const isBuiltIn = property !== undefined && property.writable === false
  return isBuiltIn && typeof property.value === 'string' ? property.value : undefined
}

/** The name of a built-in constructor whose prototype this is. */
function nativeName(prototype: object): unknown {
  const owner = ObjectGetOwnPropertyDescriptor(prototype, 'constructor')?.value as unknown
  if (typeof owner !== 'function') return undefined
  if (ObjectGetOwnPropertyDescriptor(owner, 'prototype')?.value !== prototype) return undefined
  return StringIncludes(FunctionToString(owner), '[native code]')
    ? (ObjectGetOwnPropertyDescriptor(owner, 'name')?.value as unknown)
    : undefined
}

function isRefused(tag: string): boolean {
  for (let i = 0; i < REFUSED.length; i++) if (REFUSED[i] === tag) return true
  for (let i = 0; i < REFUSED_NAMESPACES.length; i++) {
    if (StringStartsWith(tag, REFUSED_NAMESPACES[i]!)) return true
  }
  return false
}
