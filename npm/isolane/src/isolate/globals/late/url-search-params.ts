import {
  ObjectCreate,
  ObjectDefineProperty,
  ObjectGetOwnPropertyDescriptor,
  ObjectSetPrototypeOf,
  privateArray,
  RangeErrorConstructor,
  ReflectApply,
  ReflectOwnKeys,
  StringCharCodeAt,
  StringIndexOf,
  StringSlice,
  SymbolIterator,
  TypeErrorConstructor,
} from '../../../codec/shared/primordials.js'
import type { GlobalsHost } from '../host.js'
import { ArraySort, IteratorPrototype, StringToWellFormed } from '../primordials.js'
import { asInterface, listOf, needArguments } from './interface.js'

type Pair = readonly [name: string, value: string]
type PairPart = 'both' | 'name' | 'value'

let host: GlobalsHost
let pairsOf: (params: URLSearchParams) => readonly Pair[]
let read: (params: URLSearchParams, query: string) => void
let follow: (params: URLSearchParams, onChange: () => void) => void

class URLSearchParams {
  #pairs = privateArray<Pair>()
  /** Of the URL that it belongs to. */
  #onChange: (() => void) | undefined

  static {
    pairsOf = (params) => params.#pairs
    read = (params, query) => void (params.#pairs = parsed(query))
    follow = (params, onChange) => void (params.#onChange = onChange)
  }

  constructor(init: unknown = '') {
    if ((typeof init !== 'object' && typeof init !== 'function') || init === null) {
      this.#pairs = parsed(`${init as string}`)
      return
    }
    const method = (init as Record<symbol, unknown>)[SymbolIterator]
    this.#pairs =
      method === undefined || method === null ? pairsOfRecord(init) : pairsOfSequence(init)
  }

  get size(): number {
    return this.#pairs.length
  }

  append(name: unknown, value: unknown): void {
    needArguments(arguments.length, 2, 'append')
    void this.#pairs
    const key = textOf(name)
    const text = textOf(value)
    this.#pairs[this.#pairs.length] = [key, text]
    this.#changed()
  }

  delete(name: unknown, value?: unknown): void {
    needArguments(arguments.length, 1, 'delete')
    void this.#pairs
    const key = textOf(name)
    const text = value === undefined ? undefined : textOf(value)
    this.#keep((pair) => pair[0] !== key || (text !== undefined && pair[1] !== text))
    this.#changed()
  }

  get(name: unknown): string | null {
    needArguments(arguments.length, 1, 'get')
    void this.#pairs
    const key = textOf(name)
    const pairs = this.#pairs
    for (let i = 0; i < pairs.length; i++) if (pairs[i]![0] === key) return pairs[i]![1]
    return null
  }

  getAll(name: unknown): string[] {
    needArguments(arguments.length, 1, 'getAll')
    void this.#pairs
    const key = textOf(name)
    const values: string[] = []
    const pairs = this.#pairs
    let count = 0
    for (let i = 0; i < pairs.length; i++) {
      if (pairs[i]![0] !== key) continue
      const value = pairs[i]![1]
      const all = { value, writable: true, enumerable: true, configurable: true }
      ObjectDefineProperty(values, count++, all)
    }
    return values
  }

  has(name: unknown, value?: unknown): boolean {
    needArguments(arguments.length, 1, 'has')
    void this.#pairs
    const key = textOf(name)
    const text = value === undefined ? undefined : textOf(value)
    const pairs = this.#pairs
    for (let i = 0; i < pairs.length; i++) {
      const pair = pairs[i]!
      if (pair[0] === key && (text === undefined || pair[1] === text)) return true
    }
    return false
  }

  set(name: unknown, value: unknown): void {
    needArguments(arguments.length, 2, 'set')
    void this.#pairs
    const key = textOf(name)
    const text = textOf(value)
    const pair: Pair = [key, text]
    let isThere = false
    const pairs = this.#pairs
    for (let i = 0; i < pairs.length && !isThere; i++) {
      if (pairs[i]![0] !== key) continue
      isThere = true
      pairs[i] = pair
    }
    if (isThere) this.#keep((each) => each === pair || each[0] !== key)
    else pairs[pairs.length] = pair
    this.#changed()
  }

  sort(): void {
    ArraySort(this.#pairs, byName)
    this.#changed()
  }

  forEach(callback: unknown, thisArgument?: unknown): void {
    needArguments(arguments.length, 1, 'forEach')
    void this.#pairs
    if (typeof callback !== 'function') {
      throw new TypeErrorConstructor('the callback of forEach must be a function')
    }
    for (let i = 0; i < this.#pairs.length; i++) {
      const pair = this.#pairs[i]!
      ReflectApply(callback, thisArgument, [pair[1], pair[0], this])
    }
  }

  entries(): object {
    return iterate(this, 'both')
  }

  keys(): object {
    return iterate(this, 'name')
  }

  values(): object {
    return iterate(this, 'value')
  }

  toString(): string {
    return written(this.#pairs)
  }

  #keep(keeps: (pair: Pair) => boolean): void {
    const pairs = this.#pairs
    const kept = privateArray<Pair>()
    for (let i = 0; i < pairs.length; i++) if (keeps(pairs[i]!)) kept[kept.length] = pairs[i]!
    this.#pairs = kept
  }

  #changed(): void {
    const onChange = this.#onChange
    if (onChange !== undefined) onChange()
  }
}

/** What an iterator of parameters has come to. */
class Cursor {
  readonly #params: URLSearchParams
  readonly #part: PairPart
  #next = 0

  constructor(params: URLSearchParams, part: PairPart) {
    this.#params = params
    this.#part = part
  }

  next(): { value: unknown; done: boolean } {
    const pairs = pairsOf(this.#params)
    if (this.#next >= pairs.length) return { value: undefined, done: true }
    const pair = pairs[this.#next++]!
    const part = this.#part
    const value = part === 'both' ? [pair[0], pair[1]] : pair[part === 'name' ? 0 : 1]
    return { value, done: false }
  }
}

asInterface(URLSearchParams, 'URLSearchParams')
asInterface(Cursor, 'URLSearchParams Iterator')
delete (Cursor.prototype as { constructor?: unknown }).constructor
ObjectSetPrototypeOf(Cursor.prototype, IteratorPrototype)

const entries = ObjectGetOwnPropertyDescriptor(URLSearchParams.prototype, 'entries')!
entries.enumerable = false
ObjectDefineProperty(URLSearchParams.prototype, SymbolIterator, entries)

function iterate(params: URLSearchParams, part: PairPart): object {
  void pairsOf(params)
  return new Cursor(params, part)
}

/** Text without halves of surrogate pairs. */
function textOf(value: unknown): string {
  return StringToWellFormed(`${value as string}`)
}

function byName(one: Pair, other: Pair): number {
  return one[0] < other[0] ? -1 : one[0] > other[0] ? 1 : 0
}

/**
 * Characters that the engine reads or writes at a time, or a pair of any length. Between two of those a
 * call can be interrupted.
 */
const PIECE = 1 << 13
const QUESTION_MARK = 0x3f

function parsed(query: string): Pair[] {
  const pairs = privateArray<Pair>()
  let count = 0
  let start = query !== '' && StringCharCodeAt(query, 0) === QUESTION_MARK ? 1 : 0
  while (start < query.length) {
    const found = StringIndexOf(query, '&', start + PIECE)
    const end = found < 0 ? query.length : found
    const flat = host.extra.parseQuery(StringSlice(query, start, end))
    if (flat === undefined) throw tooLong()
    for (let i = 0; i < flat.length; i += 2) pairs[count++] = [flat[i]!, flat[i + 1]!]
    start = end + 1
  }
  return pairs
}

function written(pairs: readonly Pair[]): string {
  let text = ''
  for (let next = 0; next < pairs.length;) {
    const flat = privateArray<string>()
    for (let units = 0, at = 0; units < PIECE && next < pairs.length; next++) {
      const pair = pairs[next]!
      flat[at++] = pair[0]
      flat[at++] = pair[1]
      units += pair[0].length + pair[1].length + 1
    }
    const piece = host.extra.writeQuery(flat)
    if (piece === undefined) throw tooLong()
    text = text === '' ? piece : `${text}&${piece}`
  }
  return text
}

function tooLong(): Error {
  return new RangeErrorConstructor('Invalid string length')
}

function pairsOfSequence(init: unknown): Pair[] {
  const list = listOf(init, 'the parameters')
  const pairs = privateArray<Pair>()
  for (let i = 0; i < list.length; i++) {
    const each = list[i]
    if ((typeof each !== 'object' && typeof each !== 'function') || each === null) throw noPair()
    const pair = listOf(each, 'each parameter')
    if (pair.length !== 2) throw noPair()
    pairs[i] = [textOf(pair[0]), textOf(pair[1])]
  }
  return pairs
}

function noPair(): Error {
  return new TypeErrorConstructor('each parameter must be a pair of a name and a value')
}

function pairsOfRecord(init: object): Pair[] {
  const pairs = privateArray<Pair>()
  const places = ObjectCreate(null) as Record<string, number>
  const keys = ReflectOwnKeys(init)
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!
    if (ObjectGetOwnPropertyDescriptor(init, key)?.enumerable !== true) continue
    if (typeof key === 'symbol') throw new TypeErrorConstructor('a name must not be a symbol')
    const name = StringToWellFormed(key)
    const value = textOf((init as Record<string, unknown>)[key])
    // Two keys can come to the same name.
    const at = (places[name] ??= pairs.length)
    pairs[at] = [name, value]
  }
  return pairs
}

export function urlSearchParamsClass(given: GlobalsHost): object {
  host = given
  return URLSearchParams
}

/** The parameters of a URL. */
export function newSearchParams(given: GlobalsHost, query: string, onChange: () => void): object {
  host = given
  const params = new URLSearchParams(query)
  follow(params, onChange)
  return params
}

export function readSearchParams(params: object, query: string): void {
  read(params as URLSearchParams, query)
}

export function writeSearchParams(params: object): string {
  return written(pairsOf(params as URLSearchParams))
}
