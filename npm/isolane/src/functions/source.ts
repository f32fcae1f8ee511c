/**
 * The source text of a function, as an expression that gives the function again.
 *
 * `Function.prototype.toString` yields the text as it stands in its file: for most functions that
 * is an expression; a method's text needs an object literal around it; some have no text that could
 * run elsewhere, and are refused with the reason.
 */

import { parse, resolve } from 'node:path'
import { fileURLToPath, URL } from 'node:url'
import { types } from 'node:util'
import type { LogEntry } from '../addon/log-entry.js'
import { CLASS, FUNCTION_KEYWORD, nameOf, parsableText, pattern } from '../check/function-text.js'
import { InvalidTypeError } from '../errors/errors.js'
import { isArray, wrongType } from '../errors/invalid.js'
import { changed, NO_OPTIONS } from '../options/check.js'
import { checkModules, type FunctionOfModules, type ModuleTable } from './module-table.js'
import { type Engine, FIRST_PROPERTY, FunctionForm, type ModuleAddress } from '../protocol.js'

/** A function as text. */
export interface FunctionText {
  /** The text of a function expression, as `toString()` gives it. */
  source: string
  /** Shown in errors, stack traces and logs. Default: `'anonymous'`. */
  name?: string
  /**
   * Whether it is strict code (`true`) or sloppy code (`false`), as a text without `'use strict'` is in a
   * CommonJS file and in `new Function`. Default: strict, or sloppy where it is no strict code.
   */
  strict?: boolean
}

/**
 * A function in a module: CommonJS, ESM or TypeScript. On engine `'node'` Node loads it, on engine `'v8'` it
 * is read with all that it imports.
 */
export interface FunctionInModule {
  /** The module's file, resolved from the pool's `resolveFrom`; or its `file:` URL. */
  filename: string | URL
  /** The export. Default: the default export (of CommonJS, `module.exports`). */
  name?: string
}

/** A function of any type. */
export type AnyFunction = (...parameters: any[]) => unknown

/** A function, its text, where it is, or what it is made of. */
export type FunctionSource<F extends AnyFunction> =
  | F
  | FunctionText
  | FunctionInModule
  | FunctionOfModules

/** What the pool has to do with it. */
export interface Surroundings {
  engine: Engine
  /** An absolute path. */
  resolveFrom: string
}

/** A function ready to be sent: its name, and an expression or an address. */
export interface Expression {
  name: string
  source: string
  /** A `FunctionForm`. */
  form: number
  /** Of a function that is made of modules: these. Its source is the id of the entry then. */
  modules?: ModuleTable
  /** In place of the host's console. */
  print?: ((entry: LogEntry) => void) | undefined
}

const GENERATOR = pattern(String.raw`(?:async~)?(?:function~)?\*`)
const COMPUTED = pattern(String.raw`(?:async(?![\p{ID_Continue}$])~)?\[`)
const ARROW_OF_NAME = pattern(
  String.raw`(?:async(?![\p{ID_Continue}$])~)?[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*~=>`,
)
const ARROW_OF_LIST = pattern(String.raw`\(`)
const ASYNC_LIST = pattern(String.raw`async~\(`)

/**
 * Gives the expression of `fn`, which errors call `what`.
 *
 * @throws {InvalidTypeError} where `fn` is not a function or cannot run elsewhere
 */
export function expressionOf(
  fn: unknown,
  surroundings: Surroundings,
  what: string = FN,
): Expression {
  if (typeof fn === 'function') {
    // First, since it refuses a Proxy, whose name may be anything.
    const source = sourceOf(fn, what)
    return { name: nameOf(fn), source, form: formOf(fn) }
  }
  if (!isArray(what, fn) && typeof fn === 'object' && fn !== null) {
    // What is inherited may be anybody's.
    const own = changed(NO_OPTIONS, fn)
    const forms = FORMS.filter((key) => key in own)
    if (forms.length > 1) throw ambiguous(what, forms)
    if ('source' in own) return checkText(own as FunctionText, what)
    if ('modules' in own) return checkModules(own as unknown as FunctionOfModules, what)
    if ('filename' in own) return checkAddress(own as FunctionInModule, surroundings, what)
    if (types.isPromise(fn)) {
      throw new InvalidTypeError(`${what} is a promise; await pool.publish(...) first`)
    }
  }
  throw wrongType(what, 'a function, { source }, { filename } or { entry, modules }', fn)
}

/** What the argument of calls is named in errors. */
export const FN = 'fn'

/** Each says in which form a function comes. */
const FORMS = ['source', 'modules', 'filename'] as const

function ambiguous(what: string, [first, second]: readonly string[]): InvalidTypeError {
  return new InvalidTypeError(
    `${what} has both '${first}' and '${second}', and may be only one of ` +
      `{ source }, { entry, modules } and { filename }; leave one away`,
  )
}

function checkAddress(
  { filename, name }: FunctionInModule,
  { engine, resolveFrom }: Surroundings,
  what: string,
): Expression {
  if (name !== undefined && (typeof name !== 'string' || name === '')) {
    throw wrongType(`${what}.name`, "an export's name", name)
  }
  const path = pathOf(`${what}.filename`, filename)
  const address: ModuleAddress = { filename: resolve(resolveFrom, path) }
  if (name !== undefined) address.name = name
  const source = JSON.stringify(address)
  const form = engine === 'node' ? FunctionForm.Module : FunctionForm.Files
  return { name: name ?? parse(path).name, source, form }
}

function pathOf(what: string, filename: unknown): string {
  if (isArray(what, filename) || filename === '') {
    throw wrongType(what, 'a path or a file: URL', filename)
  }
  if (typeof filename === 'string' && !filename.startsWith('file:')) return filename
  if (typeof filename !== 'string' && !(filename instanceof URL)) {
    throw wrongType(what, 'a path or a file: URL', filename)
  }
  try {
    return fileURLToPath(filename)
  } catch {
    throw wrongType(what, 'a path or a file: URL', filename)
  }
}

function checkText({ source, name, strict }: FunctionText, what: string): Expression {
  if (typeof source !== 'string') throw wrongType(`${what}.source`, 'a string', source)
  if (name !== undefined && typeof name !== 'string') {
    throw wrongType(`${what}.name`, 'a string', name)
  }
  return { name: name || 'anonymous', source, form: formOfText(`${what}.strict`, strict) }
}

function formOfText(what: string, strict: unknown): number {
  switch (strict) {
    case undefined:
      return FunctionForm.Source
    case true:
      return FunctionForm.Strict
    case false:
      return FunctionForm.Sloppy
    default:
      throw wrongType(what, 'a boolean', strict)
  }
}

/** Taken before anybody can replace it. */
const callerOf = Object.getOwnPropertyDescriptor(Function.prototype, 'caller')?.get

function formOf(fn: Function): number {
  return isSloppy(fn) ? FunctionForm.Sloppy : FunctionForm.Source
}

/**
 * Whether a function is of the old kind, and sloppy. Only those have these properties themselves; in newer
 * V8s, as under Node 26, none has, and the getter that they inherit throws for all but those. Of arrows,
 * methods and async functions nobody can tell the mode.
 */
function isSloppy(fn: Function): boolean {
  if (Object.hasOwn(fn, 'arguments') && Object.hasOwn(fn, 'caller')) return true
  try {
    callerOf!.call(fn)
    return true
  } catch {
    return false
  }
}

function sourceOf(fn: Function, what: string): string {
  const text = parsableText(fn, what)
  const reason = refusal(text)
  if (reason !== undefined) throw new InvalidTypeError(`${what} (${nameOf(fn)}) ${reason}`)
  return isMethod(fn, text) ? `${FIRST_PROPERTY}({${text}})` : text
}

/** The text as its author has it, and how much stands before it in what is sent. */
export function authorsText(source: string): { text: string; before: number } {
  const open = `${FIRST_PROPERTY}({`
  if (!source.startsWith(open)) return { text: source, before: 0 }
  return { text: source.slice(open.length, -'})'.length), before: open.length }
}

function refusal(text: string): string | undefined {
  if (CLASS.test(text)) return 'is a class; send a function that uses the class inside itself'
  if (FUNCTION_KEYWORD.test(text) && !GENERATOR.test(text)) return undefined
  if (GENERATOR.test(text)) {
    return 'is a generator, whose result is an iterator that cannot be copied; return an array'
  }
  if (COMPUTED.test(text)) {
    return 'is a method with a computed name, whose text refers to names outside it; use a plain function'
  }
  return undefined
}

function isMethod(fn: Function, text: string): boolean {
  if (FUNCTION_KEYWORD.test(text) || ARROW_OF_NAME.test(text) || ARROW_OF_LIST.test(text)) {
    return false
  }
  // `async (x) => …` and a method named async begin alike; only the first is an async function.
  if (ASYNC_LIST.test(text)) {
    return (fn as { [Symbol.toStringTag]?: string })[Symbol.toStringTag] !== 'AsyncFunction'
  }
  return true
}
