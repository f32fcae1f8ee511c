import { InvalidArgumentError, wrong } from './errors.js'

/** @throws {InvalidArgumentError} it is no object, or a list */
export function checkObject(value: unknown, what = 'options'): asserts value is object {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return
  throw wrong(what, 'an object', value)
}

/**
 * Refuses what is no object, and options that there are not.
 *
 * @param what the options of what, in errors
 * @throws {InvalidArgumentError}
 */
export function checkKeys(options: object, known: readonly string[], what = 'options'): void {
  checkObject(options, what)
  const unknown = Object.keys(options).find((key) => !known.includes(key))
  if (unknown === undefined) return
  const where = what === 'options' ? '' : ` in ${what}`
  throw new InvalidArgumentError(
    `There is no option '${unknown}'${where}; the options are ${known.join(', ')}`,
  )
}

/** The longest that a timer of Node's waits. */
const LONGEST = 2 ** 31 - 1

/** @throws {InvalidArgumentError} */
export function checkMilliseconds(what: string, value: unknown): asserts value is number {
  if (typeof value === 'number' && value > 0 && value <= LONGEST) return
  throw wrong(what, `a number of milliseconds from more than 0 to ${LONGEST}`, value)
}
