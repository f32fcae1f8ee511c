import {
  defineValue,
  StringSlice,
  TypeErrorConstructor,
} from '../../../codec/shared/primordials.js'
import type { GlobalsHost } from '../host.js'
import { StringToWellFormed } from '../primordials.js'
import { asInterface, needArguments } from './interface.js'
import { newSearchParams, readSearchParams, writeSearchParams } from './url-search-params.js'

/** Parts of a URL, as the natives count them. */
const Part = {
  Protocol: 0,
  Username: 1,
  Password: 2,
  Host: 3,
  Hostname: 4,
  Port: 5,
  Pathname: 6,
  Search: 7,
  Hash: 8,
} as const

let host: GlobalsHost

class URL {
  #given: string
  /** Where parts begin and end; made when one is asked for. */
  #parts: readonly number[] | undefined
  #searchParams: object | undefined
  /** Whether the parameters have changed since. */
  #isBehind = false

  constructor(url: unknown, base: unknown = undefined) {
    needArguments(arguments.length, 1, 'URL')
    const input = `${url as string}`
    const from = base === undefined ? undefined : `${base as string}`
    const href = host.extra.parseUrl(input, from)
    if (href === undefined) throw invalid(input, from)
    this.#given = href
  }

  static canParse(url: unknown, base: unknown = undefined): boolean {
    needArguments(arguments.length, 1, 'canParse')
    const input = `${url as string}`
    return (
      host.extra.parseUrl(input, base === undefined ? undefined : `${base as string}`) !== undefined
    )
  }

  static parse(url: unknown, base: unknown = undefined): URL | null {
    needArguments(arguments.length, 1, 'parse')
    const input = `${url as string}`
    const href = host.extra.parseUrl(input, base === undefined ? undefined : `${base as string}`)
    return href === undefined ? null : new URL(href)
  }

  get href(): string {
    return this.#href
  }

  set href(value: unknown) {
    void this.#href
    const input = `${value as string}`
    const href = host.extra.parseUrl(input, undefined)
    if (href === undefined) throw invalid(input, undefined)
    this.#become(href)
    this.#isBehind = false
    this.#refresh()
  }

  get origin(): string {
    return host.extra.originOf(this.#href)
  }

  get protocol(): string {
    return this.#part(Part.Protocol)
  }

  set protocol(value: unknown) {
    this.#change(Part.Protocol, value)
  }

  get username(): string {
    return this.#part(Part.Username)
  }

  set username(value: unknown) {
    this.#change(Part.Username, value)
  }

  get password(): string {
    return this.#part(Part.Password)
  }

  set password(value: unknown) {
    this.#change(Part.Password, value)
  }

  get host(): string {
    return this.#part(Part.Host)
  }

  set host(value: unknown) {
    this.#change(Part.Host, value)
  }

  get hostname(): string {
    return this.#part(Part.Hostname)
  }

  set hostname(value: unknown) {
    this.#change(Part.Hostname, value)
  }

  get port(): string {
    return this.#part(Part.Port)
  }

  set port(value: unknown) {
    this.#change(Part.Port, value)
  }

  get pathname(): string {
    return this.#part(Part.Pathname)
  }

  set pathname(value: unknown) {
    this.#change(Part.Pathname, value)
  }

  get search(): string {
    return this.#part(Part.Search)
  }

  set search(value: unknown) {
    this.#change(Part.Search, value)
    this.#refresh()
  }

  get searchParams(): object {
    const query = this.#part(Part.Search)
    return (this.#searchParams ??= newSearchParams(host, query, () => {
      this.#isBehind = true
    }))
  }

  get hash(): string {
    return this.#part(Part.Hash)
  }

  set hash(value: unknown) {
    this.#change(Part.Hash, value)
  }

  toString(): string {
    return this.#href
  }

  toJSON(): string {
    return this.#href
  }

  #part(part: number): string {
    const href = this.#href
    const parts = (this.#parts ??= host.extra.partsOfUrl(href))
    return StringSlice(href, parts[2 * part]!, parts[2 * part + 1]!)
  }

  #change(part: number, value: unknown): void {
    void this.#href
    const href = host.extra.changeUrl(this.#href, part, `${value as string}`)
    if (href === undefined) return
    this.#become(href)
  }

  #become(href: string): void {
    this.#given = href
    this.#parts = undefined
  }

  /** With what has become of the parameters: they are written once somebody asks. */
  get #href(): string {
    if (this.#isBehind) {
      this.#isBehind = false
      const query = writeSearchParams(this.#searchParams!)
      this.#become(host.extra.changeUrl(this.#given, Part.Search, query) ?? this.#given)
    }
    return this.#given
  }

  /** The parameters follow. */
  #refresh(): void {
    if (this.#searchParams !== undefined)
      readSearchParams(this.#searchParams, this.#part(Part.Search))
  }
}

/** As Node has it, with what was given. */
function invalid(input: string, base: string | undefined): Error {
  const error = new TypeErrorConstructor('Invalid URL')
  defineValue(error, 'code', 'ERR_INVALID_URL', true)
  defineValue(error, 'input', StringToWellFormed(input), true)
  if (base !== undefined) defineValue(error, 'base', StringToWellFormed(base), true)
  return error
}

asInterface(URL, 'URL')

export function urlClass(given: GlobalsHost): object {
  host = given
  return URL
}
