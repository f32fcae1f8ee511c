/** Source maps of functions. */

import type { LogPlace } from '../addon/log-entry.js'
import { FUNCTION_PREFIX } from '../protocol.js'
import { inlineUrl } from '../source-maps/inline.js'
import { sourceMapOf } from '../source-maps/source-map.js'
import { authorFilesOf } from './on-disk/author-files.js'
import { FileMaps } from './on-disk/maps.js'
import type { FunctionHandle } from './handles.js'
import { modulesOf } from './module-table.js'
import type { Expression } from './source.js'

/** The maps of a call's functions, by the names that their scripts have in stacks. */
export class FunctionMaps {
  /** Texts that have maps. */
  readonly #texts: ReadonlyMap<string, string>
  readonly #files: readonly FileMaps[]

  constructor(texts: ReadonlyMap<string, string>, files: readonly FileMaps[] = []) {
    this.#texts = texts
    this.#files = files
  }

  /** What a place in a script came from, if that is known; lines and columns from 1. */
  placeOf(script: string, line: number, column: number): LogPlace | undefined {
    const text = this.#texts.get(script)
    if (text !== undefined) return sourceMapOf(text)?.placeOf(line, column)
    return first(this.#files, (files) => files.placeOf(script, line, column))
  }

  /** The text of the source that such a place came from, if it can be had. */
  contentAt(script: string, line: number, column: number): string | undefined {
    const text = this.#texts.get(script)
    if (text !== undefined) return sourceMapOf(text)?.contentAt(line, column)
    return first(this.#files, (files) => files.contentAt(script, line, column))
  }

  /** With those of another function; a script that is not the same in both is in neither. */
  with(other: FunctionMaps): FunctionMaps {
    const texts = new Map([...this.#texts, ...other.#texts])
    for (const [script, text] of this.#texts) if (texts.get(script) !== text) texts.delete(script)
    return new FunctionMaps(texts, [...this.#files, ...other.#files])
  }
}

function first<T, R>(all: readonly T[], give: (each: T) => R | undefined): R | undefined {
  for (const each of all) {
    const given = give(each)
    if (given !== undefined) return given
  }
  return undefined
}

/** Of texts that have been looked through. */
const found = new WeakMap<Expression, FunctionMaps | typeof NONE>()
const NONE = Symbol('none')

/** The maps of a function, if any of its texts has one. */
export function mapsOf({ known }: FunctionHandle): FunctionMaps | undefined {
  // What a function object is made of ends with the function.
  if (known === undefined || typeof known === 'function') return undefined
  let maps = found.get(known)
  if (maps === undefined) found.set(known, (maps = lookThrough(known)))
  return maps === NONE ? undefined : maps
}

function lookThrough(known: Expression): FunctionMaps | typeof NONE {
  const { name, source, modules } = known
  const files = authorFilesOf(known)
  if (files !== undefined) return new FunctionMaps(new Map(), [new FileMaps(files)])
  const texts = new Map<string, string>()
  const add = (script: string, text: string) => {
    if (inlineUrl(text) !== undefined) texts.set(script, text)
  }
  if (modules !== undefined) for (const { id, text } of modulesOf(modules)) add(id, text)
  else add(FUNCTION_PREFIX + name, source)
  return texts.size === 0 ? NONE : new FunctionMaps(texts)
}
