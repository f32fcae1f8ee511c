/**
 * The source text of a function, as an expression that gives the function again.
 *
 * `Function.prototype.toString` yields the text as it stands in its file: for most functions that
 * is an expression; a method's text needs an object literal around it; some have no text that could
 * run elsewhere, and are refused with the reason.
 */

import { InvalidTypeError } from './errors.js'
import { wrongType } from './invalid.js'

/** A function as text. */
export interface FunctionText {
  /** The text of a function expression, as `toString()` gives it. */
  source: string
  /** Shown in errors, stack traces and logs. Default: `'anonymous'`. */
  name?: string
}

/** What `pool.map` and the others run: a function, or its text. */
export type Runnable<F extends (...parameters: never[]) => unknown> = F | FunctionText

/** By syntax alone, since the isolate's built-ins may be the user's and a method's name may change. */
const FIRST_PROPERTY = '(o=>{for(const k in o)return o[k]})'

/** A function ready to be sent: its name and an expression. */
export interface Expression {
  name: string
  source: string
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
export function expressionOf(fn: unknown): Expression {
  if (typeof fn === 'function') return { name: nameOf(fn), source: sourceOf(fn) }
  if (typeof fn === 'object' && fn !== null && 'source' in fn) return checkText(fn as FunctionText)
  throw wrongType('fn', 'a function or { source, name }', fn)
}

function checkText({ source, name }: FunctionText): Expression {
  if (typeof source !== 'string') throw wrongType('fn.source', 'a string', source)
  if (name !== undefined && typeof name !== 'string') throw wrongType('fn.name', 'a string', name)
  return { name: name || 'anonymous', source }
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
