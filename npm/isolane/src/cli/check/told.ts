/** What there is to tell. */

import type { FileReport, RuleInfo } from '../../check/index.js'

/** What came of all files. */
export interface Told {
  /** By path. */
  reports: readonly FileReport[]
  errors: number
  warnings: number
  /** How many files could not be read. */
  unread: number
  /** The rules that there are. */
  rules: readonly RuleInfo[]
  /** Of this package. */
  version: string
}

/** Sums reports up. With `quiet` warnings are as if there were none, but for their number. */
export function told(
  reports: readonly FileReport[],
  about: Pick<Told, 'rules' | 'version'>,
  quiet: boolean,
): Told {
  const sum = (of: (report: FileReport) => number) =>
    reports.reduce((total, report) => total + of(report), 0)
  const shown = quiet ? reports.map(withoutWarnings) : reports
  return {
    ...about,
    reports: shown,
    errors: sum(({ errors }) => errors),
    warnings: sum(({ warnings }) => warnings),
    unread: reports.filter(({ error }) => error !== undefined).length,
  }
}

function withoutWarnings(report: FileReport): FileReport {
  const diagnostics = report.diagnostics.filter(({ severity }) => severity === 'error')
  return { ...report, diagnostics }
}

/** Why a file could not be read, in one line. */
export function reasonOf(error: Error): string {
  return error.message.replaceAll(/\s*\n\s*/g, ' ')
}
