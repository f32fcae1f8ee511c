/** The text of a function, and how it begins. */

import { types } from 'node:util'
import { InvalidTypeError } from '../errors/errors.js'

/** White space and comments, which may stand between any two tokens. */
const GAP = String.raw`(?:\s|\/\*[^]*?\*\/|\/\/[^\n]*\n)*`

/** What a text begins with; `~` stands for what may be between two tokens. */
export const pattern = (text: string) => new RegExp(`^${text.replaceAll('~', GAP)}`, 'u')

const NATIVE = /\{\s*\[native code\]\s*\}$/
export const CLASS = pattern(String.raw`class(?![\p{ID_Continue}$])`)
const ACCESSOR = pattern(String.raw`(?:get|set)(?![\p{ID_Continue}$])~[^\s(=]`)
const PRIVATE = pattern(String.raw`(?:async(?![\p{ID_Continue}$])~)?#`)
export const FUNCTION_KEYWORD = pattern(String.raw`(?:async~)?function(?![\p{ID_Continue}$])`)

/**
 * The text of a function, which errors call `what`.
 *
 * @throws {InvalidTypeError} where it has none that could be parsed
 */
export function parsableText(fn: Function, what: string): string {
  if (types.isProxy(fn)) {
    throw new InvalidTypeError(`${what} is a Proxy, which has no source; pass the function itself`)
  }
  const text = Function.prototype.toString.call(fn)
  const reason = whyNotParsable(text)
  if (reason !== undefined) throw new InvalidTypeError(`${what} (${nameOf(fn)}) ${reason}`)
  return text
}

export function nameOf(fn: Function): string {
  return typeof fn.name === 'string' && fn.name !== '' ? fn.name : 'anonymous'
}

/** Why a text is that of no function outside its class or object literal. */
function whyNotParsable(text: string): string | undefined {
  if (NATIVE.test(text)) {
    return 'is native or bound and has no source; wrap it in a function of its own, such as (item) => Math.sqrt(item)'
  }
  if (CLASS.test(text) || FUNCTION_KEYWORD.test(text)) return undefined
  if (PRIVATE.test(text)) {
    return 'is a private method, whose text is not valid outside its class; use a plain function'
  }
  if (ACCESSOR.test(text)) return 'is a getter or setter; use a plain function'
  return undefined
}
