import { isError, type Judge } from '../changes/judge.js'
import type { Diagnostic } from '../errors/errors.js'
import type { FunctionSet } from '../link/function-set.js'
import { readSource } from '../link/source.js'
import type { FunctionRecord } from '../store/store.js'

/** What rules say of a function in force. */
export interface FunctionReport {
  readonly name: string
  readonly version: number
  /** Whether it would be refused if it were published now: there are errors. */
  readonly fails: boolean
  /** The hash of the rules that it was published by; `undefined` for none. */
  readonly rulesHash?: string
  /** All that was found. */
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Judges functions of a set anew.
 *
 * @param names which
 * @returns of those in which something was found, in their order
 */
export async function reportsOf(
  { records }: FunctionSet,
  names: readonly string[],
  judge: Judge,
): Promise<FunctionReport[]> {
  const all = [...records.keys()]
  const modules = () => all
  const found = names.map((name) => records.get(name)!)
  const judged = found.map((record) => ({ ...record, modules, declares: declares(record) }))
  const diagnostics = await judge.judgeAll(judged)
  const reports = found.map((record, i) => reportOf(record, diagnostics[i]!))
  return reports.filter((report) => report.diagnostics.length > 0)
}

function reportOf(
  { name, version, rulesHash }: FunctionRecord,
  diagnostics: readonly Diagnostic[],
): FunctionReport {
  const about = { name, version, fails: diagnostics.some(isError), diagnostics }
  return rulesHash === undefined ? about : { ...about, rulesHash }
}

/** Whether its text does not say all that it requires. */
function declares({ name, source, requires }: FunctionRecord): boolean {
  const read = readSource(name, source, [], () => true)
  return Object.keys(requires).some((specifier) => !Object.hasOwn(read.requires, specifier))
}
