/** What the checker says of a function that is to be published. */

import type * as checker from '../check/index.js'
import type * as files from './on-disk/program.js'
import type { CheckOptions, Diagnostic } from '../check/index.js'
import { checkFailed } from '../check/errors.js'
import { helpersOf } from './helpers.js'
import { modulesOf, type ModuleTable } from './module-table.js'
import { authorsText, type Expression } from './source.js'
import { changed } from '../options/check.js'
import type { RulesConfig } from '../options/rules.js'
import { FunctionForm, type Engine, type ModuleAddress } from '../protocol.js'

/** All of them: whoever publishes is to see what there is to do. */
const MOST_DIAGNOSTICS = 100_000

/** A text of the function's, and how it is to be read. */
interface Part {
  text: string
  options: CheckOptions
  /** Rules that do not hold for it, unless they were asked for. */
  without: readonly string[]
}

/**
 * Judges the texts that a function is made of; of one in a file the file, and those that it imports.
 *
 * @returns warnings
 * @throws {CheckFailedError} where there are errors
 */
export async function checkFunction(
  name: string,
  expression: Expression,
  rules: true | RulesConfig,
  engine: Engine,
): Promise<readonly Diagnostic[]> {
  // Loaded by those who want it.
  const { check, defineRules } = require('../check/index.js') as typeof checker
  const set = defineRules(rules === true ? {} : rules)
  const all = await Promise.all(
    (await partsOf(expression, engine)).map(({ text, options, without }) => {
      const off = Object.fromEntries(without.map((rule) => [rule, 'off'] as const))
      const rulesOfPart = { ...off, ...set.rules }
      const globals = { ...options.globals, ...set.globals }
      const own = { maxDiagnostics: MOST_DIAGNOSTICS, rules: rulesOfPart, globals }
      return check(text, changed({ engine, ...set, ...options }, own))
    }),
  )
  const diagnostics = all.flat()
  if (diagnostics.some(({ severity }) => severity === 'error')) {
    throw checkFailed(name, diagnostics)
  }
  return diagnostics
}

async function partsOf(expression: Expression, engine: Engine): Promise<Part[]> {
  const { form, source, modules } = expression
  if (form === FunctionForm.Modules) return partsOfModules(source, modules!, engine)
  if (form !== FunctionForm.Module && form !== FunctionForm.Files) {
    const { text } = authorsText(source)
    // Those that compilers leave are defined around it.
    const globals = Object.fromEntries(helpersOf(source).map((name) => [name, 'readonly'] as const))
    return [{ text, options: { form: 'function', globals }, without: [] }]
  }
  return partsOfFiles(JSON.parse(source) as ModuleAddress, engine)
}

async function partsOfFiles({ filename, name }: ModuleAddress, engine: Engine): Promise<Part[]> {
  // Loaded by those who want it.
  const { programOf } = require('./on-disk/program.js') as typeof files
  const isDefault = name === undefined || name === 'default'
  const program = await programOf(filename)
  return program.map(({ path, text, form }, index) => {
    const options: CheckOptions = { filename: path, ...(form === undefined ? {} : { form }) }
    return { text, options, without: linked(engine, index === 0 && isDefault) }
  })
}

function partsOfModules(entry: string, table: ModuleTable, engine: Engine): Part[] {
  const parts: Part[] = []
  for (const { id, text, format } of modulesOf(table)) {
    if (id.endsWith('.json')) continue
    const form = format === '' ? {} : { form: format }
    const options: CheckOptions = { filename: id, language: 'js', ...form }
    parts.push({ text, options, without: linked(engine, id === entry) })
  }
  return parts
}

/** What modules have is linked, which finds what is missing; and only one of them gives the function. */
function linked(engine: Engine, isEntry: boolean): string[] {
  return [
    'no-module-syntax',
    'no-dynamic-import',
    ...(engine === 'v8' ? ['no-restricted-modules'] : []),
    ...(isEntry ? [] : ['require-export']),
  ]
}
