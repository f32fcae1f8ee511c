/** What the checker finds, as its users see it. */

import type { SourcePlace } from '../source-maps/source-map.js'

/** How much a finding matters: `'error'` refuses, `'warn'` tells. */
export type FindingSeverity = 'error' | 'warn'

/** Where something is in a source. Lines and columns count from 1; columns and offsets are UTF-16, as editors count. */
export interface SourceRange {
  line: number
  column: number
  endLine: number
  endColumn: number
  /** The first character, from 0. */
  start: number
  /** The first character behind it. */
  end: number
}

/** One finding. */
export interface Diagnostic extends SourceRange {
  /** The rule that found it; `'syntax'` for what cannot be parsed. */
  rule: string
  severity: FindingSeverity
  /** What is wrong, in one line. */
  message: string
  /** What to write instead, where there is something to say. */
  help: string | null
  /** The lines around it, with the place marked. */
  frame: string
  /** The page about the rule; `null` for rules of your own. */
  url: string | null
  /** Where the source is: a file's path, or the id of one of a function's modules. */
  filename?: string
  /** Where its author wrote it, in what the source was compiled from; of a source that ends with its source map. */
  original?: SourcePlace
}

/** What keeps a function from being proven to write to nothing that it did not make. */
export interface ReadOnlyFinding extends SourceRange {
  message: string
  frame: string
}

/** Whether shared values can be served to a function unfrozen, and if not, what keeps them frozen. */
export interface ReadOnlyProof {
  /** It writes to nothing that it did not make. */
  proven: boolean
  /** In the order of the source; none where it is proven. */
  findings: ReadOnlyFinding[]
}

/** What a whole source came to. */
export interface CheckReport {
  /** In the order of the source. */
  diagnostics: Diagnostic[]
  /** Those that are over `maxDiagnostics`, and not among them. */
  omitted: number
  /** How many errors there are, also omitted ones. */
  errors: number
  /** How many warnings there are, also omitted ones. */
  warnings: number
  /** Findings that comments in the source have suppressed. */
  suppressed: number
  /** With the option `explain`. */
  readOnly?: ReadOnlyProof
}

/** What a file came to. */
export interface FileReport extends CheckReport {
  /** Relative to `cwd`, with `/`. */
  path: string
  /** Why it could not be read, or what of the file system failed. */
  error?: Error
}

/** Where a finding's author wrote it, as it stands behind its place: ` (src/a.ts:3:7)`, or nothing. */
export function writtenAt({ original }: Diagnostic): string {
  return original === undefined ? '' : ` (${original.file}:${original.line}:${original.column})`
}

const PAGES = 'https://github.com/isolane/isolane/blob/main/docs/rules/'

/** The page about a rule of isolane's. */
export function pageOf(rule: string): string {
  return `${PAGES}${rule}.md`
}
