/** The call that judges files. */

import { relative, resolve, sep } from 'node:path'
import { InvalidTypeError } from '../errors/errors.js'
import { wrongType } from '../errors/invalid.js'
import type { FileReport } from './diagnostic.js'
import { findFiles } from './find.js'
import { checkFilesOptions, type CheckFilesOptions } from './options.js'
import { formOfFile, textOfFile } from './source-file.js'
import { judgementOf, reportOf, type Judgement, type SourceOptions } from './source.js'

/** Read at once; the addon judges no more than four either, where nobody has set more threads for it. */
const AT_ONCE = 4

/**
 * Judges files, as `check` judges a source.
 *
 * @param patterns paths of files, of folders (for the sources in them), or patterns of paths: `*`, `?`,
 *   `[a-z]`, `{a,b}`, and `**` for any folders. `node_modules` and names with a dot in front are taken by
 *   name only
 * @param options see {@link CheckFilesOptions}
 * @returns a report for each file, by path. A file that cannot be read has an `error` there
 * @throws {InvalidRangeError} `ERR_ISOLANE_INVALID_ARGUMENT`: nothing matches a pattern
 * @throws as `check`
 */
export async function checkFiles(
  patterns: string | readonly string[],
  options?: CheckFilesOptions,
): Promise<FileReport[]> {
  const list = typeof patterns === 'string' ? [patterns] : patterns
  if (!Array.isArray(list) || list.length === 0) {
    throw wrongType('patterns', 'a path or pattern, or an array of them', patterns)
  }
  for (const [index, pattern] of list.entries()) assertPattern(`patterns[${index}]`, pattern)
  const { cwd: given = '.', ignore = [], ...checked } = checkFilesOptions(options)
  const { form, language, modules, maxDiagnostics, color, explain, ...rules } = checked
  const judgement = judgementOf(rules)
  const cwd = resolve(given)
  const { files, failures } = await findFiles(list, { cwd, ignore })
  const own = { form, language, modules, maxDiagnostics, color, explain }
  const set = Object.entries(own).filter(([, value]) => value !== undefined)
  const checker = new FileChecker(cwd, judgement, Object.fromEntries(set))
  const failed = [...failures].map(([path, error]) => checker.failed(path, error))
  const reports = [...failed, ...(await checker.all(files))]
  return reports.sort((one, other) => (one.path < other.path ? -1 : 1))
}

function assertPattern(what: string, pattern: unknown): asserts pattern is string {
  if (typeof pattern !== 'string' || pattern === '') {
    throw wrongType(what, 'a path or a pattern', pattern)
  }
  if (pattern.includes('\0')) throw new InvalidTypeError(`${what} has a NUL, which no path has`)
}

/** Files on their way through the checker, a few at a time. */
class FileChecker {
  constructor(
    private readonly cwd: string,
    private readonly judgement: Judgement,
    private readonly options: SourceOptions,
  ) {}

  async all(files: readonly string[]): Promise<FileReport[]> {
    const reports: FileReport[] = []
    const waiting = files.values()
    const lane = async (): Promise<void> => {
      for (const file of waiting) reports.push(await this.#report(file))
    }
    await Promise.all(Array.from({ length: AT_ONCE }, lane))
    return reports
  }

  failed(file: string, error: Error): FileReport {
    const path = this.#nameOf(file)
    return { path, diagnostics: [], omitted: 0, errors: 0, warnings: 0, suppressed: 0, error }
  }

  async #report(file: string): Promise<FileReport> {
    const path = this.#nameOf(file)
    let text
    try {
      text = await textOfFile(file)
    } catch (error) {
      return this.failed(file, error as Error)
    }
    const form = formOfFile(file)
    const own = { ...(form === undefined ? {} : { form }), ...this.options, filename: path }
    return { path, ...(await reportOf(text, this.judgement, own)) }
  }

  #nameOf(file: string): string {
    return (relative(this.cwd, file) || file).split(sep).join('/')
  }
}
