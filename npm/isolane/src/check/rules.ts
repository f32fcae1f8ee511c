/** Rules, checked and put together. */

import { InvalidTypeError } from '../errors/errors.js'
import { nearest } from '../errors/nearest.js'
import { checker } from '../options/check.js'
import type { CustomRule } from '../options/custom-rule.js'
import { rulesChecks, type Preset, type RulesConfig, type RuleSetting } from '../options/rules.js'
import { knownRules } from './native.js'

/** Rules that have been checked, frozen; they can be given wherever rules are. */
export interface RuleSet extends Readonly<RulesConfig> {
  readonly extends?: Preset
  readonly rules: Readonly<Record<string, RuleSetting>>
  readonly globals: Readonly<Record<string, 'readonly' | 'writable' | 'off'>>
  readonly custom: Readonly<Record<string, CustomRule>>
}

/** What can stand in a comment that suppresses it. */
const RULE_NAME = /^[@a-z][\w@/-]{0,127}$/i
/** More is a circle, most likely. */
const MOST_BASES = 100

const checkRules = checker<RulesConfig>('options', rulesChecks)

/**
 * Checks rules, and resolves what they extend.
 *
 * @param config see {@link RulesConfig}
 * @returns the same for `check`, `checkFiles`, the option `check` of `pool.publish`, and the command's
 *   `--config`; or to be extended
 * @throws {InvalidTypeError | InvalidRangeError} `ERR_ISOLANE_INVALID_ARGUMENT`: an option or severity that
 *   does not exist, or a rule that nobody has, with the nearest there is
 * @throws {EngineUnavailableError} `ERR_ISOLANE_ENGINE_UNAVAILABLE`: the addon cannot be loaded
 */
export function defineRules(config: RulesConfig = {}): RuleSet {
  const merged = resolved(config, 0)
  const names = [...knownRules().map(({ name }) => name), ...Object.keys(merged.custom)]
  assertNames(merged, names)
  return Object.freeze({ ...merged })
}

type Resolved = { -readonly [K in keyof RuleSet]: RuleSet[K] }

function resolved(config: unknown, depth: number): Resolved {
  const own = checkRules(config)
  if (depth === MOST_BASES) {
    throw new InvalidTypeError(
      `options.extends is nested ${MOST_BASES} times; does it extend itself?`,
    )
  }
  const base = typeof own.extends === 'object' ? resolved(own.extends, depth + 1) : undefined
  const merged: Resolved = {
    rules: Object.freeze(withoutPrototype(base?.rules, settingsOver(base?.rules, own.rules))),
    globals: Object.freeze(withoutPrototype(base?.globals, own.globals)),
    custom: Object.freeze(withoutPrototype(base?.custom, own.custom)),
  }
  const preset = base === undefined ? (own.extends as Preset | undefined) : base.extends
  if (preset !== undefined) merged.extends = preset
  const engine = own.engine ?? base?.engine
  if (engine !== undefined) merged.engine = engine
  const allowSuppressions = own.allowSuppressions ?? base?.allowSuppressions
  if (allowSuppressions !== undefined) merged.allowSuppressions = allowSuppressions
  return merged
}

type Settings = Readonly<Record<string, RuleSetting>>

/** What `own` comes to over `base`: a severity alone leaves a rule its options. */
function settingsOver(base: Settings = {}, own: Settings = {}): Settings {
  const merged = Object.entries(own).map(([name, setting]): [string, RuleSetting] => {
    const before = Object.hasOwn(base, name) ? base[name] : undefined
    if (!isList(before) || isList(setting)) return [name, setting]
    const [, ...options] = before
    return [name, [setting, ...options]]
  })
  return Object.fromEntries(merged)
}

function isList(setting: RuleSetting | undefined): setting is Extract<RuleSetting, readonly any[]> {
  return Array.isArray(setting)
}

function withoutPrototype<T>(...parts: (Readonly<Record<string, T>> | undefined)[]) {
  return Object.assign(Object.create(null) as Record<string, T>, ...parts) as Record<string, T>
}

function assertNames({ rules, custom }: Resolved, names: string[]): void {
  const known = new Set(names)
  for (const name of Object.keys(rules)) {
    if (known.has(name)) continue
    const best = nearest(name, names)
    const hint =
      best === undefined
        ? `the rules are ${names.toSorted().join(', ')}`
        : `did you mean '${best}'?`
    throw new InvalidTypeError(`There is no rule '${name}'; ${hint}`)
  }
  for (const name of Object.keys(custom)) {
    if (!RULE_NAME.test(name)) {
      throw new InvalidTypeError(
        `options.custom: '${name}' cannot be the name of a rule: letters, digits and any of _ @ / - make one`,
      )
    }
    if (
      knownRules().some((rule) => rule.name === name) ||
      name === 'syntax' ||
      name === 'suppression'
    ) {
      throw new InvalidTypeError(
        `options.custom: isolane has a rule '${name}'; choose another name`,
      )
    }
  }
}
