/** How options are checked: a table for each kind of object, with a check for each key. */

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

export function boolean(what: string, value: unknown): void {
  if (typeof value !== 'boolean') throw wrongType(what, 'a boolean', value)
}

export function integerOrInfinity(min: number, max: number): Check {
  const check = integer(min, max)
  return (what, value) => {
    if (value !== Infinity) check(what, value)
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

export function modeOrFunction(...modes: string[]): Check {
  return (what, value) => {
    if (typeof value === 'function') return
    const expected = `one of ${modes.map((mode) => `'${mode}'`).join(', ')}, or a function`
    if (typeof value !== 'string') throw wrongType(what, expected, value)
    if (!modes.includes(value)) throw outOfRange(what, expected, value)
  }
}
