/** What classes of the web have beyond those of the language. */

import {
  ObjectDefineProperty,
  ObjectGetOwnPropertyDescriptor,
  privateArray,
  ReflectApply,
  ReflectOwnKeys,
  SymbolIterator,
  SymbolToStringTag,
  TypeErrorConstructor,
} from '../../../codec/shared/primordials.js'

type Interface = abstract new (...args: never[]) => object

/** Gives a class its name, which bundling takes away, its tag, and members that are enumerable. */
export function asInterface(given: object, name: string): void {
  const Interface = given as Interface
  ObjectDefineProperty(Interface, 'name', { value: name, configurable: true })
  enumerateMembers(Interface)
  enumerateMembers(Interface.prototype)
  ObjectDefineProperty(Interface.prototype, SymbolToStringTag, { value: name, configurable: true })
}

function enumerateMembers(holder: object): void {
  const keys = ReflectOwnKeys(holder)
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!
    if (typeof key === 'symbol' || key === 'constructor') continue
    const descriptor = ObjectGetOwnPropertyDescriptor(holder, key)!
    // Those of every function.
    if (typeof holder === 'function' && (key === 'length' || key === 'name' || key === 'prototype'))
      continue
    descriptor.enumerable = true
    ObjectDefineProperty(holder, key, descriptor)
  }
}

/** Refuses a call that has fewer arguments than it needs. */
export function needArguments(given: number, needed: number, what: string): void {
  if (given >= needed) return
  throw new TypeErrorConstructor(
    `${what} needs ${needed === 1 ? '1 argument' : `${needed} arguments`}; got ${given}`,
  )
}

/** Options as the web takes them: an object, or nothing. */
export function optionsOf(given: unknown, what: string): Record<string, unknown> {
  if (given === undefined || given === null) return NO_OPTIONS
  if (typeof given === 'object' || typeof given === 'function') {
    return given as Record<string, unknown>
  }
  throw new TypeErrorConstructor(`the options of ${what} must be an object`)
}

const NO_OPTIONS = { __proto__: null } as unknown as Record<string, unknown>

/** The values that an iterable of the function's gives, asked as the language asks it. */
export function listOf(iterable: unknown, what: string): unknown[] {
  const method = (iterable as Record<symbol, unknown> | undefined | null)?.[SymbolIterator]
  if (typeof method !== 'function') throw new TypeErrorConstructor(`${what} must be iterable`)
  const iterator = ReflectApply(method, iterable, []) as { next: Function }
  const { next } = iterator
  const list = privateArray<unknown>()
  for (;;) {
    const step = ReflectApply(next, iterator, []) as Record<string, unknown>
    if (step['done']) return list
    list[list.length] = step['value']
  }
}
