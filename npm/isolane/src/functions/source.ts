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
import { InvalidTypeError } from '../errors/errors.js'
import { isArray, wrongType } from '../errors/invalid.js'
import { changed, NO_OPTIONS } from '../options/check.js'
import { type Engine, FunctionForm, type ModuleAddress } from '../protocol.js'

/** A function as text. */
export interface FunctionText {
  /** The text of a function expression, as `toString()` gives it. */
  source: string
  /** Shown in errors, stack traces and logs. Default: `'anonymous'`. */
  name?: string
}

/** A function in a module: CommonJS, ESM, or TypeScript where Node strips types. Engine `'node'` only. */
export interface FunctionInModule {
  /** The module's file, resolved from the pool's `resolveFrom`; or its `file:` URL. */
  filename: string | URL
  /** The export. Default: the default export (of CommonJS, `module.exports`). */
  name?: string
}

/** A function of any type. */
export type AnyFunction = (...parameters: any[]) => unknown

/** A function, its text, or where it is. */
export type FunctionSource<F extends AnyFunction> = F | FunctionText | FunctionInModule

/** What the pool has to do with it. */
export interface Surroundings {
  engine: Engine
  /** An absolute path. */
  resolveFrom: string
}

/** By syntax alone, since the isolate's built-ins may be the user's and a method's name may change. */
const FIRST_PROPERTY = '(o=>{for(const k in o)return o[k]})'

/** A function ready to be sent: its name, and an expression or an address. */
export interface Expression {
  name: string
  source: string
  /** A `FunctionForm`. */
  form: number
}

/** White space and comments, which may stand between any two tokens. */
const GAP = String.raw`(?:\s|\/\*[^]*?\*\/|\/\/[^\n]*\n)*`
const pattern = (text: string) => new RegExp(`^${text.replaceAll('~', GAP)}`, 'u')

const NATIVE = /\{\s*\[native code\]\s*\}$/
const CLASS = pattern(String.raw`class(?![\p{ID_Continue}$])`)
const GENERATOR = pattern(String.raw`(?:async~)?(?:function~)?\*`)
const ACCESSOR = pattern(String.raw`(?:get|set)(?![\p{ID_Continue}$])~[^\s(=]`)
const COMPUTED = pattern(String.raw`(?:async(?![\p{ID_Continue}$])~)?\[`)
const PRIVATE = pattern(String.raw`(?:async(?![\p{ID_Continue}$])~)?#`)
const FUNCTION_KEYWORD = pattern(String.raw`(?:async~)?function(?![\p{ID_Continue}$])`)
const ARROW_OF_NAME = pattern(
  String.raw`(?:async(?![\p{ID_Continue}$])~)?[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*~=>`,
)
const ARROW_OF_LIST = pattern(String.raw`\(`)
const ASYNC_LIST = pattern(String.raw`async~\(`)

/**
 * Gives the expression of `fn`.
 *
 * @throws {InvalidTypeError} where `fn` is not a function or cannot run elsewhere
 */
export function expressionOf(fn: unknown, surroundings: Surroundings): Expression {
  if (typeof fn === 'function') {
    if (types.isProxy(fn)) {
      throw new InvalidTypeError('fn is a Proxy, which has no source; pass the function itself')
    }
    return { name: nameOf(fn), source: sourceOf(fn), form: FunctionForm.Source }
  }
  if (!isArray('fn', fn) && typeof fn === 'object' && fn !== null) {
    // What is inherited may be anybody's.
    const own = changed(NO_OPTIONS, fn)
    if ('source' in own) return checkText(own as FunctionText)
    if ('filename' in own) return checkAddress(own as FunctionInModule, surroundings)
    if (types.isPromise(fn)) {
      throw new InvalidTypeError('fn is a promise; await pool.publish(...) first')
    }
  }
  throw wrongType('fn', 'a function, { source, name } or { filename, name }', fn)
}

function checkAddress(
  { filename, name }: FunctionInModule,
  { engine, resolveFrom }: Surroundings,
): Expression {
  if (name !== undefined && (typeof name !== 'string' || name === '')) {
    throw wrongType('fn.name', "an export's name", name)
  }
  const path = pathOf(filename)
  if (engine !== 'node') {
    throw new InvalidTypeError(
      `fn (${path}) is in a module, which engine '${engine}' cannot load; pass engine: 'node' to the pool`,
    )
  }
  const address: ModuleAddress = { filename: resolve(resolveFrom, path) }
  if (name !== undefined) address.name = name
  const source = JSON.stringify(address)
  return { name: name ?? parse(path).name, source, form: FunctionForm.Module }
}

function pathOf(filename: unknown): string {
  if (isArray('fn.filename', filename) || filename === '') {
    throw wrongType('fn.filename', 'a path or a file: URL', filename)
  }
  if (typeof filename === 'string' && !filename.startsWith('file:')) return filename
  if (typeof filename !== 'string' && !(filename instanceof URL)) {
    throw wrongType('fn.filename', 'a path or a file: URL', filename)
  }
  try {
    return fileURLToPath(filename)
  } catch {
    throw wrongType('fn.filename', 'a path or a file: URL', filename)
  }
}

function checkText({ source, name }: FunctionText): Expression {
  if (typeof source !== 'string') throw wrongType('fn.source', 'a string', source)
  if (name !== undefined && typeof name !== 'string') throw wrongType('fn.name', 'a string', name)
  return { name: name || 'anonymous', source, form: FunctionForm.Source }
}

function nameOf(fn: Function): string {
  return typeof fn.name === 'string' && fn.name !== '' ? fn.name : 'anonymous'
}

function sourceOf(fn: Function): string {
  const text = Function.prototype.toString.call(fn)
  const reason = refusal(text)
  if (reason !== undefined) throw new InvalidTypeError(`fn (${nameOf(fn)}) ${reason}`)
  return isMethod(fn, text) ? `${FIRST_PROPERTY}({${text}})` : text
}

function refusal(text: string): string | undefined {
  if (NATIVE.test(text)) {
    return 'is native or bound and has no source; wrap it in a function of its own, such as (item) => Math.sqrt(item)'
  }
  if (CLASS.test(text)) return 'is a class; send a function that uses the class inside itself'
  if (FUNCTION_KEYWORD.test(text) && !GENERATOR.test(text)) return undefined
  if (GENERATOR.test(text)) {
    return 'is a generator, whose result is an iterator that cannot be copied; return an array'
  }
  if (COMPUTED.test(text)) {
    return 'is a method with a computed name, whose text refers to names outside it; use a plain function'
  }
  if (PRIVATE.test(text)) {
    return 'is a private method, whose text is not valid outside its class; use a plain function'
  }
  if (ACCESSOR.test(text)) return 'is a getter or setter; use a plain function'
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
