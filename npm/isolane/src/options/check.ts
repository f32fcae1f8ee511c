/** How options are checked: a table for each kind of object, with a check for each key. */

import { types } from 'node:util'
import { InvalidTypeError } from '../errors/errors.js'
import { isArray, outOfRange, refuseRevoked, wrongType } from '../errors/invalid.js'

/** Throws where `value`, which an error calls `what`, is not as it must be. */
export type Check = (what: string, value: unknown) => void

/** A check for every key of `T`. */
export type Checks<T> = { readonly [K in keyof T]-?: Check }

/** No options, not even inherited ones. */
export const NO_OPTIONS: object = Object.freeze(Object.create(null))

/** `options` and then `changes`, as `checker` gives them: nothing is inherited. */
export function changed<T extends object, C extends object>(options: T, changes: C): T & C {
  return Object.assign(Object.create(null) as object, options, changes) as T & C
}

/**
 * Makes a function that checks an options object and copies its own properties to an object
 * without prototype, so that a polluted `Object.prototype` sets no option.
 */
export function checker<T extends object>(
  where: string,
  checks: Checks<T>,
): (options: unknown) => T {
  return (options) => {
    const checked = Object.create(null) as T
    if (options === undefined) return checked
    const name = where === 'Pool' ? 'Pool options' : where
    if (typeof options !== 'object' || options === null || isArray(name, options)) {
      throw wrongType(name, 'an object', options)
    }
    for (const key of Object.keys(options)) {
      if (!Object.hasOwn(checks, key)) throw unknownOption(where, key, Object.keys(checks))
      const value = (options as Record<string, unknown>)[key]
      if (value === undefined) continue
      const what = where === 'Pool' ? key : `options.${key}`
      refuseRevoked(what, value)
      checks[key as keyof T](what, value)
      checked[key as keyof T] = value as T[keyof T]
    }
    return checked
  }
}

function unknownOption(where: string, key: string, known: string[]): InvalidTypeError {
  const what = where === 'Pool' ? `Pool option '${key}'` : `option '${key}'`
  return new InvalidTypeError(`There is no ${what}; the options are ${known.join(', ')}`)
}

export function integer(min: number, max: number): Check {
  return (what, value) => {
    if (typeof value !== 'number') throw wrongType(what, `an integer from ${min} to ${max}`, value)
    if (!Number.isInteger(value) || value < min || value > max) {
      throw outOfRange(what, `an integer from ${min} to ${max}`, value)
    }
  }
}

/** @throws {InvalidTypeError} */
export function checkText(what: string, value: unknown): void {
  if (typeof value !== 'string' || value === '') throw wrongType(what, 'a string with text', value)
}

/** What names something in logs: it stays on its line. */
export function callName(what: string, value: unknown): void {
  const expected = 'a string of 1 to 256 characters, none of them a control character'
  if (typeof value !== 'string') throw wrongType(what, expected, value)
  if (!/^\P{Cc}{1,256}$/u.test(value)) throw outOfRange(what, expected, value)
}

export function boolean(what: string, value: unknown): void {
  if (typeof value !== 'boolean') throw wrongType(what, 'a boolean', value)
}

export function integerOrInfinity(min: number, max: number): Check {
  const check = integer(min, max)
  return (what, value) => {
    if (value !== Infinity) check(what, value)
  }
}

/**
 * Checks that `value` is an object of names with values: what has them elsewhere, as a Map, would count as
 * empty.
 *
 * @throws {InvalidTypeError}
 */
export function assertRecord(
  what: string,
  expected: string,
  value: unknown,
): asserts value is Record<string, unknown> {
  const isObject = typeof value === 'object' && value !== null && !isArray(what, value)
  if (!isObject || types.isMap(value) || types.isSet(value) || types.isPromise(value)) {
    throw wrongType(what, expected, value)
  }
}

export function milliseconds(what: string, value: unknown): void {
  const expected = 'a number of milliseconds greater than 0 (Infinity for none)'
  if (typeof value !== 'number') throw wrongType(what, expected, value)
  if (!(value > 0)) throw outOfRange(what, expected, value)
}

export function oneOf(...names: string[]): Check {
  return (what, value) => {
    const expected = `one of ${names.map((name) => `'${name}'`).join(', ')}`
    if (typeof value !== 'string') throw wrongType(what, expected, value)
    if (!names.includes(value)) throw outOfRange(what, expected, value)
  }
}

/** `other` or one of `names`. */
export function oneOfOr(other: boolean, ...names: readonly string[]): Check {
  return (what, value) => {
    if (value === other || names.includes(value as string)) return
    const expected = `${names.map((name) => `'${name}'`).join(', ')} or ${other}`
    throw typeof value === 'string'
      ? outOfRange(what, expected, value)
      : wrongType(what, expected, value)
  }
}

/** A class is a function that nobody can call. */
function isCallback(value: unknown): boolean {
  return typeof value === 'function' && !/^class\b/.test(Function.prototype.toString.call(value))
}

export function callback(what: string, value: unknown): void {
  if (!isCallback(value)) throw wrongType(what, 'a function', value)
}

export function modeOrFunction(...modes: string[]): Check {
  return (what, value) => {
    if (isCallback(value)) return
    const expected = `one of ${modes.map((mode) => `'${mode}'`).join(', ')}, or a function`
    if (typeof value !== 'string') throw wrongType(what, expected, value)
    if (!modes.includes(value)) throw outOfRange(what, expected, value)
  }
}
