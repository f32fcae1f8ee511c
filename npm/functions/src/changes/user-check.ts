import { type Diagnostic, wrong } from '../errors/errors.js'
import type { Deadline } from '../store/guarded.js'
import type { Check } from './check.js'
import type { Judged } from './judge.js'

const EXPECTED = "an array of { rule, severity: 'error' or 'warn', message }"
const SEVERITIES: readonly unknown[] = ['error', 'warn']

/** A check of the user's: what it gives is looked at, and it is not waited for longer than there is time. */
export class UserCheck {
  readonly #check: Check

  constructor(check: Check) {
    this.#check = check
  }

  /**
   * What it finds in a source; where it does not answer in time, that is an error.
   *
   * @throws {InvalidArgumentError} what it gives are no diagnostics
   * @throws what it throws
   */
  async ask(judged: Judged, deadline: Deadline): Promise<readonly Diagnostic[]> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<readonly Diagnostic[]>((resolve) => {
      timer = setTimeout(() => resolve([tooLate(deadline)]), deadline.left)
    })
    try {
      return await Promise.race([this.#found(judged), late])
    } finally {
      clearTimeout(timer)
    }
  }

  async #found({ name, source, form, modules }: Judged): Promise<readonly Diagnostic[]> {
    const given: unknown = await this.#check(source, { name, form, modules: modules() })
    if (given === undefined || given === null) return []
    const what = `What options.check gives for '${name}'`
    if (!Array.isArray(given)) throw wrong(what, EXPECTED, given)
    for (const each of given) checkDiagnostic(what, each)
    return given as Diagnostic[]
  }
}

function tooLate({ ms }: Deadline): Diagnostic {
  const message = `options.check did not answer in time (${ms} ms)`
  return { rule: 'check', severity: 'error', message }
}

/** @throws {InvalidArgumentError} */
function checkDiagnostic(what: string, diagnostic: unknown): void {
  if (typeof diagnostic !== 'object' || diagnostic === null) throw wrong(what, EXPECTED, diagnostic)
  const { rule, severity, message, help, line, column } = diagnostic as Record<string, unknown>
  if (!SEVERITIES.includes(severity)) {
    throw wrong(`${what}, a severity,`, "'error' or 'warn'", severity)
  }
  for (const [key, value] of Object.entries({ rule, message, help: help ?? '' })) {
    if (typeof value !== 'string') throw wrong(`${what}, a ${key},`, 'a string', value)
  }
  for (const [key, value] of Object.entries({ line, column })) {
    const isPlace = Number.isSafeInteger(value) && (value as number) >= 0
    if (value !== undefined && !isPlace) throw wrong(`${what}, a ${key},`, 'a number', value)
  }
}
