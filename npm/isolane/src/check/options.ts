/** Options of checks. */

import { wrongType } from '../errors/invalid.js'
import {
  assertRecord,
  boolean,
  checker,
  checkText,
  integer,
  oneOf,
  type Checks,
} from '../options/check.js'
import { rulesChecks, type RulesConfig } from '../options/rules.js'

/** Options of `check`. */
export interface CheckOptions extends RulesConfig {
  /**
   * What the source is: a function as `toString()` gives it, a CommonJS module or an ES module. Default:
   * `'auto'`, the first of these that it can be.
   */
  form?: 'auto' | 'function' | 'commonjs' | 'module'
  /** Default: by the extension of `filename`, else `'js'`. */
  language?: 'js' | 'ts' | 'tsx'
  /** Where the source is. Findings name it; nothing is read. */
  filename?: string
  /** The name that the function is published under, for `no-cycle`. */
  name?: string
  /** Names of published functions, for `no-unresolved`; with what each requires also for `no-cycle`. */
  modules?: readonly string[] | Readonly<Record<string, readonly string[]>>
  /** The findings that are given at most. Default: 1000. */
  maxDiagnostics?: number
  /** Whether frames have colours, for a terminal. Default: `false`. */
  color?: boolean
}

/** Options of `checkFiles`. */
export interface CheckFilesOptions extends Omit<CheckOptions, 'filename' | 'name'> {
  /** The folder that patterns begin in. Default: `process.cwd()`. */
  cwd?: string
  /** Patterns of files that are left out. */
  ignore?: readonly string[]
  /** Whether reports say whether shared values can be served unfrozen. Default: `false`. */
  explain?: boolean
}

const { language, form, modules, maxDiagnostics, color } = {
  language: oneOf('js', 'ts', 'tsx'),
  form: oneOf('auto', 'function', 'commonjs', 'module'),
  modules(what: string, value: unknown) {
    if (Array.isArray(value)) return names(what, value)
    assertRecord(what, 'an array of names, or an object of arrays of names', value)
    for (const [name, each] of Object.entries(value)) names(`${what}['${name}']`, each)
  },
  maxDiagnostics: integer(1, 100_000),
  color: boolean,
}

function names(what: string, value: unknown): void {
  if (!Array.isArray(value)) throw wrongType(what, 'an array of names', value)
  for (const [index, name] of value.entries()) {
    if (typeof name !== 'string') throw wrongType(`${what}[${index}]`, 'a name', name)
  }
}

const optionChecks: Checks<CheckOptions> = {
  ...rulesChecks,
  form,
  language,
  filename: checkText,
  name: checkText,
  modules,
  maxDiagnostics,
  color,
}

const filesChecks: Checks<CheckFilesOptions> = {
  ...rulesChecks,
  form,
  language,
  modules,
  maxDiagnostics,
  color,
  cwd: checkText,
  ignore: names,
  explain: boolean,
}

export const checkOptions = checker('options', optionChecks)
export const checkFilesOptions = checker('options', filesChecks)
