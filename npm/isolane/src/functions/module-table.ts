/** Functions that are made of modules, as data. */

import { isAbsolute } from 'node:path'
import { types } from 'node:util'
import type { LogEntry } from '../addon/log-entry.js'
import { InvalidTypeError } from '../errors/errors.js'
import { isArray, wrongType } from '../errors/invalid.js'
import { changed, NO_OPTIONS } from '../options/check.js'
import { FunctionForm } from '../protocol.js'
import type { Expression } from './source.js'

/** A module: a script of its own, which stack traces, logs and errors name by its id. */
export interface ModuleText {
  /** By which other modules ask for it, as it is or as a path: `./util` in `lib/a` means `lib/util`. */
  id: string
  /** Its text: a CommonJS module, an ES module, JSON where the id ends so, or one function expression. */
  source: string
  /** Default: an ES module where the text has `import` or `export`, or the id ends with `.mjs`. */
  format?: 'commonjs' | 'module'
  /** Ids of modules by the specifiers that this one knows them by. These go before ids. */
  imports?: Readonly<Record<string, string>>
}

/** A function that is made of modules, each of which is evaluated once in each context. */
export interface FunctionOfModules {
  /** Id of the module that gives the function. */
  entry: string
  modules: readonly ModuleText[]
  /**
   * The export that is the function. Default: the text itself where it is a function expression,
   * `module.exports`, the default export, or the export `main`.
   */
  name?: string
  /** The folder whose packages its modules find, on the node engine. Default: the pool's `resolveFrom`. */
  resolveFrom?: string
  /**
   * Prints what it logs where nobody listens, in place of the host's console, and where that prints at all: see the
   * pool's option `console`. What it throws is dropped.
   */
  print?: (entry: LogEntry) => void
}

/** Modules on their way to the addon. */
export interface ModuleTable {
  /** Of each: id, text, format, the number of imports, and these: specifier, id. */
  readonly texts: readonly string[]
  readonly export: string | undefined
  /** An absolute path; the pool's where there is none. */
  readonly resolveFrom: string | undefined
}

/** A module of a table. */
export interface TableModule {
  id: string
  text: string
  /** As it was given; empty where it was not. */
  format: 'commonjs' | 'module' | ''
}

const TABLE_KEYS = ['entry', 'modules', 'name', 'resolveFrom', 'print']
const MODULE_KEYS = ['id', 'source', 'format', 'imports']

/**
 * What is asked of a function that is made of modules is asked once.
 *
 * @param table its own properties
 * @param what names it in errors
 */
export function checkModules(table: FunctionOfModules, what: string): Expression {
  refuseOthers(what, table, TABLE_KEYS)
  const { entry, modules, name, resolveFrom, print } = table
  if (typeof entry !== 'string' || entry === '') {
    throw wrongType(`${what}.entry`, 'the id of a module', entry)
  }
  if (name !== undefined && (typeof name !== 'string' || name === '')) {
    throw wrongType(`${what}.name`, "an export's name", name)
  }
  if (resolveFrom !== undefined && (typeof resolveFrom !== 'string' || !isAbsolute(resolveFrom))) {
    throw wrongType(`${what}.resolveFrom`, 'an absolute path', resolveFrom)
  }
  if (print !== undefined && typeof print !== 'function') {
    throw wrongType(`${what}.print`, 'a function', print)
  }
  if (!isArray(`${what}.modules`, modules)) {
    throw wrongType(`${what}.modules`, 'an array of { id, source }', modules)
  }
  const texts: string[] = []
  // By index: a hole is no module either.
  for (let i = 0; i < modules.length; i++) addModule(texts, `${what}.modules[${i}]`, modules[i])
  return {
    name: name ?? entry,
    source: entry,
    form: FunctionForm.Modules,
    modules: { texts, export: name, resolveFrom },
    print,
  }
}

function addModule(texts: string[], what: string, module: unknown): void {
  if (typeof module !== 'object' || module === null || isArray(what, module)) {
    throw wrongType(what, '{ id, source }', module)
  }
  const own = changed(NO_OPTIONS, module) as Partial<ModuleText>
  refuseOthers(what, own, MODULE_KEYS)
  const { id, source, format, imports } = own
  if (typeof id !== 'string' || id === '') throw wrongType(`${what}.id`, 'a string with text', id)
  if (typeof source !== 'string') throw wrongType(`${what}.source`, 'a string', source)
  if (format !== undefined && format !== 'commonjs' && format !== 'module') {
    throw wrongType(`${what}.format`, "'commonjs' or 'module'", format)
  }
  const pairs = importsOf(`${what}.imports`, imports)
  texts.push(id, source, format ?? '', String(pairs.length))
  for (const pair of pairs) texts.push(...pair)
}

function importsOf(what: string, imports: unknown): [string, string][] {
  if (imports === undefined) return []
  if (typeof imports !== 'object' || imports === null || !isPlain(what, imports)) {
    const hint = types.isMap(imports) ? ' (Object.fromEntries makes one of a Map)' : ''
    throw wrongType(what, `a plain object of ids by specifier${hint}`, imports)
  }
  return Object.entries(imports).map(([specifier, id]) => {
    if (typeof id !== 'string') throw wrongType(`${what}['${specifier}']`, "a module's id", id)
    return [specifier, id]
  })
}

/** Whether its own properties are all that it has: an object literal's, of any realm. */
function isPlain(what: string, value: object): boolean {
  if (isArray(what, value)) return false
  const prototype = Object.getPrototypeOf(value) as object | null
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/** A key that means nothing is a slip: what was meant would be passed over. */
function refuseOthers(what: string, own: object, known: readonly string[]): void {
  const other = Object.keys(own).find((key) => !known.includes(key))
  if (other === undefined) return
  throw new InvalidTypeError(`There is no '${other}' in ${what}; there are ${known.join(', ')}`)
}

/** The modules of a table. */
export function* modulesOf({ texts }: ModuleTable): Generator<TableModule> {
  for (let at = 0; at < texts.length; at += 4 + 2 * Number(texts[at + 3])) {
    const [id, text, format] = texts.slice(at, at + 3) as [string, string, TableModule['format']]
    yield { id, text, format }
  }
}

/** Whether two are one and the same. */
export function isSame(one: Expression, other: Expression): boolean {
  const [mine, its] = [one.modules!, other.modules!]
  return (
    one.source === other.source &&
    mine.export === its.export &&
    mine.resolveFrom === its.resolveFrom &&
    one.print === other.print &&
    mine.texts.length === its.texts.length &&
    mine.texts.every((text, index) => text === its.texts[index])
  )
}

/** Whether nobody can change what a function is made of, so that it is the same whenever it is looked at. */
export function isFrozen(fn: FunctionOfModules): boolean {
  if (!isFrozenData(fn) || !isFrozenData(fn.modules)) return false
  return fn.modules.every(
    (module) =>
      isFrozenData(module) && (module.imports === undefined || isFrozenData(module.imports)),
  )
}

/** A getter, or a Proxy, may give another value each time. */
function isFrozenData(value: object): boolean {
  if (types.isProxy(value) || !Object.isFrozen(value)) return false
  return Object.values(Object.getOwnPropertyDescriptors(value)).every((each) => 'value' in each)
}
