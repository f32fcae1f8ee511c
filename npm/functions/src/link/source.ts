import type { moduleRequests } from 'isolane'

import { InvalidArgumentError, InvalidSourceError } from '../errors/errors.js'
import { functionOf } from '../names/name.js'
import type { SourceForm } from '../store/store.js'

/** What is known of a source before it runs. */
export interface ReadSource {
  form: SourceForm
  /** Functions by the specifiers of the text: `name`, or `name@3`. */
  requires: Record<string, string>
}

/**
 * Reads a source: how it is written, and which functions it requires.
 *
 * @param declared names that it requires by computed specifiers
 * @param isThere whether there is a function; what a text only tries to require may be missing
 * @throws {InvalidSourceError} it does not compile
 */
export function readSource(
  name: string,
  source: string,
  declared: readonly string[],
  isThere: (key: string) => boolean,
): ReadSource {
  const { form, requests } = parse(name, source)
  const requires = new Map(declared.map((each) => [`@/${each}`, each]))
  for (const { specifier, optional } of requests) {
    const required = functionOf(specifier, name)
    if (required === undefined || (optional && !isThere(required))) continue
    requires.set(specifier, required)
  }
  return { form, requires: Object.fromEntries(requires) }
}

/**
 * Names that may have been declared, for another reading of the same source: those that are meant by `@/name`,
 * whether its text has that specifier too or not.
 */
export function declaredIn(requires: ReadSource['requires']): string[] {
  return Object.entries(requires)
    .filter(([specifier, key]) => specifier === `@/${key}`)
    .map(([, key]) => key)
}

function parse(name: string, source: string) {
  const { moduleRequests: read } = isolane()
  try {
    return read(source)
  } catch (error) {
    const { code, line, column, cause } = error as { [key: string]: unknown }
    if (code !== 'ERR_ISOLANE_SOURCE') throw error
    const told = cause instanceof Error ? cause.message : String((error as Error).message)
    throw new InvalidSourceError(name, reasonIn(told), Number(line), Number(column))
  }
}

/** Why a text does not compile: without its name and the place, which the error tells by itself. */
function reasonIn(message: string): string {
  const [, reason] =
    /^'source' does not compile: (.*) \(line \d+, column \d+\)$/s.exec(message) ?? []
  return reason ?? message
}

/** Only who publishes needs it. */
function isolane(): { moduleRequests: typeof moduleRequests } {
  try {
    return require('isolane') as { moduleRequests: typeof moduleRequests }
  } catch (error) {
    throw new InvalidArgumentError(
      "Publishing needs the package 'isolane', which reads sources and judges them by rules; npm install isolane",
      { cause: error },
    )
  }
}
