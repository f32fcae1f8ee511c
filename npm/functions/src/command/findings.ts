import type { Diagnostic } from '../errors/errors.js'

/** A finding as a line for people: `price@3:1:14  error  no-undef: 'rate' is not defined`. */
export function findingLine(of: string, found: Diagnostic): string {
  const { line, column, severity, rule, message } = found
  const place = [of, line, column].filter((each) => each !== undefined).join(':')
  return `${place}  ${severity}  ${rule}: ${message}`
}
