import type * as isolane from 'isolane'
import type { Engine } from 'isolane'
import type * as checker from 'isolane/check'
import type { RulesConfig, RuleSet } from 'isolane/check'

import { type Diagnostic, InvalidArgumentError, wrong } from '../errors/errors.js'
import { sha256 } from '../store/hash.js'
import type { Judged } from './judge.js'

/** The rule about texts that give no function: others may require them. */
const NO_FUNCTION = 'require-export'
/** What does not hold for functions of a registry, unless it is asked for: linking tells what they lack. */
const OFF = ['no-module-syntax', 'no-dynamic-import', NO_FUNCTION]
/** What a text that is one expression finds here, as CommonJS does. */
const OF_MODULES = ['require', 'module', 'exports', '__filename', '__dirname']

/** isolane's rules, as sources of functions are judged by them. */
export class SourceRules {
  /** Of all that decides what is found: other rules, another engine, or another isolane, have another. */
  readonly hash: string
  readonly #check: typeof checker.check
  readonly #set: RuleSet
  readonly #engine: { engine?: Engine }
  readonly #off: readonly string[]

  /**
   * @param config as `isolane/check` takes it; `true`: what is recommended for the engine
   * @param engine of the pool; `undefined` where there is none
   * @throws {InvalidArgumentError} there is no `isolane/check`
   * @throws what `defineRules` throws
   */
  constructor(config: RulesConfig | true, engine: Engine | undefined) {
    const { check, defineRules } = load()
    this.#check = check
    this.#set = defineRules(config === true ? {} : config)
    this.#engine = engine === undefined ? {} : { engine }
    // Isolates that load a function say which modules there are not; an editor has nobody who does.
    this.#off = engine === 'v8' ? [...OFF, 'no-restricted-modules'] : OFF
    this.hash = this.#identity()
  }

  /** What they find. Which functions there are, the linker knows better. */
  async judge({ source, name, form, declares }: Judged): Promise<readonly Diagnostic[]> {
    const off = declares ? [...this.#off, 'no-dynamic-require'] : this.#off
    const { rules, globals, extends: preset } = this.#set
    const isAsked = Object.hasOwn(rules, NO_FUNCTION)
    const looksForExports = form === 'commonjs' && preset !== 'none' && !isAsked
    const options = {
      ...this.#engine,
      ...this.#set,
      rules: {
        ...all(off, 'off'),
        ...(looksForExports ? { [NO_FUNCTION]: 'warn' as const } : {}),
        ...rules,
      },
      globals: { ...all(form === 'function' ? OF_MODULES : [], 'readonly'), ...globals },
    }
    const found = await this.#check(source, { ...options, name, form })
    return looksForExports ? found.filter(isOfUse) : found
  }

  #identity(): string {
    const { rules, globals, custom, allowSuppressions = true, extends: preset } = this.#set
    const engine = this.#set.engine ?? this.#engine.engine
    const own = Object.entries(custom).map(([name, { meta, create }]) => [name, meta, `${create}`])
    const parts = [sorted(rules), sorted(globals), own.sort(), allowSuppressions, preset, engine]
    return sha256(JSON.stringify([load().version, this.#off, ...parts]))
  }
}

/** What the text exports, function or not, others may require; that it exports nothing is told of no place in it. */
function isOfUse({ rule, start, end }: checker.Diagnostic): boolean {
  return rule !== NO_FUNCTION || start === end
}

/** The same for several. */
function all<const T>(names: readonly string[], value: T): Record<string, T> {
  return Object.fromEntries(names.map((name) => [name, value]))
}

function sorted(settings: object): unknown[] {
  return Object.entries(settings).sort(([one], [other]) => (one < other ? -1 : 1))
}

/** Loaded by those who want them. */
function load(): Pick<typeof checker, 'check' | 'defineRules'> & { version: string } {
  try {
    const { check, defineRules } = require('isolane/check') as typeof checker
    return { check, defineRules, version: (require('isolane') as typeof isolane).version }
  } catch (error) {
    throw new InvalidArgumentError(
      "options.rules needs the package 'isolane', which has the rules; npm install isolane",
      { cause: error },
    )
  }
}

/** Of rules in the place of others. @throws {InvalidArgumentError} */
export function checkOtherRules(rules: unknown): void {
  if (rules === false) throw wrong('options.rules', 'true or rules', rules)
  checkRules(rules)
}

/** @throws {InvalidArgumentError} */
export function checkRules(rules: unknown): void {
  if (rules === undefined || typeof rules === 'boolean') return
  if (typeof rules === 'object' && rules !== null && !Array.isArray(rules)) return
  throw wrong('options.rules', 'a boolean or rules', rules)
}
