/**
 * Helpers of compilers: a compiled text calls them by names that stood beside it in its module. Those that a
 * text names are defined in front of it, as the compilers publish them
 * (`scripts/lib/helpers/table.mjs` gathers them).
 *
 * What is in a text need not be a free name: it may be declared there, a property, or a word of a string.
 * The definitions are in the scope around the text, so that what it declares is its own, and one that
 * nothing refers to does nothing.
 */

/** By the names that texts have for helpers, the variables that pieces define. */
type Names = Readonly<Record<string, string>>

interface HelperTable {
  readonly typescript: Names
  readonly esbuild: Names
  readonly swc: Names
  /** Without the numbers at their ends. */
  readonly babel: Names
  /** By the variable that it defines, in an order in which they can be evaluated. */
  readonly pieces: Readonly<Record<string, { code: string; needs: readonly string[] }>>
}

/** Whatever may be a helper, a module of helpers, or something else that a compiler puts beside a function. */
const CANDIDATES =
  /\b(?:_\w+|(?:cov|templateObject|tslib)_\w+|tslib|swcHelpers|regeneratorRuntime)\b/g

/** Counters of istanbul: what the function of this name gives, and what it was itself in old versions. */
const COUNTERS = /\b((?:__)?cov_\w+)(?:\(\))?\.(?:[sfb]|bT)\[/g
/** Any counter is there, and what it counts goes nowhere. */
const NO_COUNTERS =
  '(c=>(c.s=c.f={},c.b=c.bT=new Proxy({},{get:()=>c.s}),c))(function c(){return c})'

/** Variables that keep the parts of a template literal, undefined at first. */
const TEMPLATE_PARTS = /\b(\w+) ?\|\| ?\(\1 ?= ?(?:\(0, ?)?[\w.]*template/gi

/** Modules whose properties are helpers, and which one is taken. */
const MEMBERS = /\b(tslib(?:_\d+)?|swcHelpers|_helpers)\s*\.\s*(\w+)/g
/** Modules that export one helper each. */
const EXPORTS = /\b(\w+)\.(?:_|default)\b/g
/** The module of Babel's that exports what its helper gives. */
const REGENERATOR = /\b(_regenerator\d*)\.default\.(?:async|awrap|keys|mark|values|wrap)\b/g

/**
 * Helpers by whose names a text rather means something else (React's `_jsx`, imports of lodash's
 * functions): compilers leave them very rarely.
 */
const OF_OTHERS = /^_(?:decorate|defaults|dispose|identity|jsx|tdz|throw|using)\d*$/
/** Those that `super.property` is made of, and what always goes with them. */
const OF_SUPER = /^_(?:get|set|update)\d*$/
const SUPER = /\b_(?:get_?prototype_?of|super_?prop_?base)\d*\b/i

let table: HelperTable | undefined

/** Definitions of what `source` names of compilers, in one line of code; an empty text where that is nothing. */
export function preambleOf(source: string): string {
  const names = source.match(CANDIDATES)
  if (names === null) return ''
  table ??= require('../helpers.json') as HelperTable
  return new Preamble(source, new Set(names), table).text()
}

/** The names that {@link preambleOf} defines for `source`. */
export function helpersOf(source: string): string[] {
  return /^var\{([^}]+)\}=/.exec(preambleOf(source))?.[1]?.split(',') ?? []
}

class Preamble {
  readonly #names: ReadonlySet<string>
  readonly #table: HelperTable
  readonly #counters: ReadonlySet<string>
  readonly #templateParts: ReadonlySet<string>
  readonly #members = new Map<string, Set<string>>()
  readonly #modules: ReadonlySet<string>
  readonly #regenerators: ReadonlySet<string>
  readonly #isEsbuilds: boolean
  readonly #hasSuper: boolean
  readonly #needed = new Set<string>()

  constructor(source: string, names: ReadonlySet<string>, helpers: HelperTable) {
    const { typescript, esbuild } = helpers
    this.#names = names
    this.#table = helpers
    const named = (pattern: RegExp) =>
      new Set([...source.matchAll(pattern)].map(([, name]) => name!))
    this.#counters = named(COUNTERS)
    this.#templateParts = named(TEMPLATE_PARTS)
    this.#modules = named(EXPORTS)
    for (const [, name, member] of source.matchAll(MEMBERS)) {
      const members = this.#members.get(name!)
      if (members === undefined) this.#members.set(name!, new Set([member!]))
      else members.add(member!)
    }
    this.#regenerators = named(REGENERATOR)
    this.#isEsbuilds =
      /\bnew __await\b/.test(source) ||
      [...names].some((name) => Object.hasOwn(esbuild, name) && !Object.hasOwn(typescript, name))
    this.#hasSuper = SUPER.test(source)
  }

  text(): string {
    const values = new Map<string, string>()
    for (const name of this.#names) {
      const value = this.#valueOf(name)
      if (value !== undefined) values.set(name, value)
    }
    if (values.size === 0) return ''
    const { pieces } = this.#table
    const needed = Object.keys(pieces).filter((variable) => this.#needed.has(variable))
    const code = needed.map((variable) => pieces[variable]!.code).join('')
    return `var{${[...values.keys()].join()}}=(()=>{'use strict';${code}return${objectOf(values)}})();`
  }

  /** An expression; undefined where nobody knows the name. */
  #valueOf(name: string): string | undefined {
    if (this.#counters.has(name)) return NO_COUNTERS
    const members = this.#members.get(name)
    if (members !== undefined) return this.#module(name, members)
    if (name === 'regeneratorRuntime') return this.#regeneratorRuntime()
    if (this.#regenerators.has(name)) return `{default:${this.#regeneratorRuntime()}}`
    const value = this.#helperNamed(name)
    if (value === undefined) return this.#templateParts.has(name) ? 'void 0' : undefined
    return this.#modules.has(name) ? `(f=>f._=f.default=f)(${value})` : value
  }

  #helperNamed(name: string): string | undefined {
    if (OF_OTHERS.test(name) || (OF_SUPER.test(name) && !this.#hasSuper)) return undefined
    return this.#typeScript(name) ?? this.#babel(name) ?? this.#swc(name)
  }

  /** A helper of TypeScript or of esbuild; they have a few names in common. */
  #typeScript(name: string): string | undefined {
    const { typescript, esbuild } = this.#table
    const [first, second] = this.#isEsbuilds ? [esbuild, typescript] : [typescript, esbuild]
    return this.#helper(first, name) ?? this.#helper(second, name)
  }

  #babel(name: string): string | undefined {
    return this.#helper(this.#table.babel, unnumbered(name))
  }

  /** A helper of swc, in the spelling of either of its times. */
  #swc(name: string): string | undefined {
    const words = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    return this.#helper(this.#table.swc, words.startsWith('_') ? words : `_${words}`)
  }

  #regeneratorRuntime(): string {
    return `${this.#helper(this.#table.babel, '_regeneratorRuntime')!}()`
  }

  /** An object with what the text takes from the module of that name, if all of it is helpers. */
  #module(name: string, members: ReadonlySet<string>): string | undefined {
    const values = new Map<string, string>()
    for (const member of members) {
      const value = this.#memberOf(name, member)
      if (value === undefined) return undefined
      values.set(member, value)
    }
    return objectOf(values)
  }

  #memberOf(name: string, member: string): string | undefined {
    if (name === 'swcHelpers') return this.#swc(member)
    // Others may have a module of this name, with a `get` or `set`.
    if (name === '_helpers') return this.#helper(this.#table.swc, member)
    return this.#typeScript(member)
  }

  #helper(names: Names, name: string): string | undefined {
    if (!Object.hasOwn(names, name)) return undefined
    const variable = names[name]!
    this.#need(variable)
    return variable
  }

  #need(variable: string): void {
    if (this.#needed.has(variable)) return
    this.#needed.add(variable)
    for (const other of this.#table.pieces[variable]!.needs) this.#need(other)
  }
}

function unnumbered(name: string): string {
  return name.replace(/\d+$/, '')
}

function objectOf(values: ReadonlyMap<string, string>): string {
  return `{${[...values].map((property) => property.join(':')).join()}}`
}
