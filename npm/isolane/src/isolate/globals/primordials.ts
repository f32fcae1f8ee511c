/** Built-ins of which only the globals of the web have need, as they were before user code. */

import { uncurryThis } from '../../codec/shared/primordials.js'

export const GlobalThis = globalThis
export const ArraySort = uncurryThis(Array.prototype.sort) as <T>(
  self: T[],
  compare: (one: T, other: T) => number,
) => T[]
export const StringToWellFormed = uncurryThis(
  (String.prototype as unknown as { toWellFormed(): string }).toWellFormed,
) as (self: string) => string
export const SymbolToString = uncurryThis(Symbol.prototype.toString)
export const IteratorPrototype = Object.getPrototypeOf(
  Object.getPrototypeOf([][Symbol.iterator]()),
) as object

/** The type library has not heard of them. */
const base64 = Uint8Array as unknown as {
  fromBase64: (text: string) => Uint8Array
  prototype: { toBase64: () => string }
}
export const { fromBase64: Uint8ArrayFromBase64 } = base64
export const Uint8ArrayToBase64 = uncurryThis(base64.prototype.toBase64) as unknown as (
  self: Uint8Array,
) => string
