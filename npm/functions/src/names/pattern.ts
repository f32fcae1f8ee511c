/** Patterns that functions' names match. */

import { isName } from './name.js'

/** What a pattern may be, for messages. */
export const PATTERN_RULE =
  "a name without a version, or the beginning of names with a star behind, such as 'lib/*', or '*' for all"

/** Whether a value is a name, or the beginning of one with a star behind, which stands for any characters. */
export function isPattern(value: unknown): value is string {
  if (typeof value !== 'string') return false
  if (!value.endsWith('*')) return isName(value)
  const prefix = value.slice(0, -1)
  // `lib` begins a name, and `lib/` does with a letter behind.
  return isName(prefix) || isName(`${prefix}a`)
}

/** Whether a name matches one of some patterns, each of which {@link isPattern}. */
export function matcher(patterns: readonly string[]): (name: string) => boolean {
  const names = new Set(patterns.filter((each) => !each.endsWith('*')))
  const prefixes = patterns.filter((each) => each.endsWith('*')).map((each) => each.slice(0, -1))
  return (name) => names.has(name) || prefixes.some((prefix) => name.startsWith(prefix))
}
