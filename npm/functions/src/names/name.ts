/** Names of functions: what they may be, and what a text means by one. */

import { wrong } from '../errors/errors.js'

const SEGMENT = String.raw`[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?`
const NAME = new RegExp(`^${SEGMENT}(?:/${SEGMENT})*$`)
const LONGEST = 256

/** What a name may be, for messages. */
export const NAME_RULE =
  "a name such as 'tax' or 'lib/tax-2024': letters, digits, '_', '-' and '.' within, '/' between, " +
  `at most ${LONGEST} characters`

/** Whether a text is a function's name. */
export function isName(text: string): boolean {
  return text.length <= LONGEST && NAME.test(text)
}

/** @throws {InvalidArgumentError} */
export function checkName(what: string, value: unknown): asserts value is string {
  if (typeof value !== 'string' || !isName(value)) throw wrong(what, NAME_RULE, value)
}

/** A function, or one version of it. */
export interface Reference {
  readonly name: string
  /** `undefined` for the one in force. */
  readonly version: number | undefined
}

/** What `name` or `name@3` means; `undefined` for another text. */
export function referenceOf(text: string): Reference | undefined {
  const at = text.indexOf('@')
  if (at === -1) return isName(text) ? { name: text, version: undefined } : undefined
  const [name, digits] = [text.slice(0, at), text.slice(at + 1)]
  if (!isName(name) || !/^[1-9]\d{0,14}$/.test(digits)) return undefined
  return { name, version: Number(digits) }
}

/** @throws {InvalidArgumentError} */
export function checkReference(name: unknown, what = 'name'): Reference {
  const reference = typeof name === 'string' ? referenceOf(name) : undefined
  if (reference !== undefined) return reference
  throw wrong(what, `${NAME_RULE}; with @3 behind for a version`, name)
}

/**
 * What a specifier means in a function's text: `@/name`, `./name` and `../name`, each also with `@3` behind.
 *
 * @returns the name, with its pin; `undefined` for the specifier of something else, such as a package
 */
export function functionOf(specifier: string, importer: string): string | undefined {
  if (specifier.startsWith('@/')) return specifier.slice(2)
  if (!/^\.\.?\//.test(specifier)) return undefined
  const steps = importer.split('/').slice(0, -1)
  for (const step of specifier.split('/')) {
    if (step === '..') {
      // Above the root there is nothing.
      if (steps.pop() === undefined) return specifier
    } else if (step !== '.') {
      steps.push(step)
    }
  }
  return steps.join('/')
}
