/** What the checker judges, and how: presets, rules, globals. */

import { InvalidTypeError } from '../errors/errors.js'
import { isArray, wrongType } from '../errors/invalid.js'
import { nearest } from '../errors/nearest.js'
import type { Engine } from '../protocol.js'
import { assertRecord, boolean, oneOf, type Check, type Checks } from './check.js'
import type { CustomRule } from './custom-rule.js'

/** How a rule judges. */
export type RuleSeverity = 'off' | 'warn' | 'error'

/**
 * A set of rules with their severities: `'recommended'` is for functions on the v8 engine,
 * `'recommended-node'` for the node engine, `'strict'` has more rules, `'none'` none.
 */
export type Preset = 'recommended' | 'recommended-node' | 'strict' | 'none'

/** A severity, with the rule's options behind it where it has some; `true`: as the rule itself says, `false`: off. */
export type RuleSetting = RuleSeverity | boolean | readonly [RuleSeverity | boolean, ...unknown[]]

/** What is to be judged, and how. */
export interface RulesConfig {
  /** What this begins with. Default: `'recommended'`, or `'recommended-node'` for the node engine. */
  extends?: Preset | RulesConfig
  /** The engine that functions will run on: it decides which globals there are. Default: `'v8'`, or what the preset is for. */
  engine?: Engine
  /** By name, over what this begins with. A severity alone leaves the rule its options. */
  rules?: Readonly<Record<string, RuleSetting>>
  /** Globals that functions find besides those of the engine. */
  globals?: Readonly<Record<string, 'readonly' | 'writable' | 'off'>>
  /** Rules of your own, by name. They are on, as their `meta.severity` says, unless `rules` says otherwise. */
  custom?: Readonly<Record<string, CustomRule>>
  /** Whether comments in the source may suppress findings. Default: `true`. */
  allowSuppressions?: boolean
}

const PRESETS = ['recommended', 'recommended-node', 'strict', 'none'] as const
const SEVERITIES = ['off', 'warn', 'error']

const checkPreset = oneOf(...PRESETS)

export const rulesChecks: Checks<RulesConfig> = {
  extends: (what, value) => {
    if (typeof value === 'string') checkPreset(what, value)
    else assertRecord(what, `${PRESETS.map((name) => `'${name}'`).join(', ')}, or rules`, value)
  },
  engine: oneOf('v8', 'node'),
  rules: record(checkSetting),
  globals: record(oneOf('readonly', 'writable', 'off')),
  custom: record((what, value) => {
    const rule = value as Partial<CustomRule> | null
    if (typeof rule !== 'object' || typeof rule?.create !== 'function') {
      throw wrongType(what, 'a rule: an object with a function create(context)', value)
    }
    const severity = rule.meta?.severity
    if (severity !== undefined) oneOf('warn', 'error')(`${what}.meta.severity`, severity)
  }),
  allowSuppressions: boolean,
}

/** What more there is to check is left to the checker, which is loaded by those who want it. */
export function checkRulesConfig(what: string, value: unknown): void {
  if (typeof value !== 'object' || value === null || isArray(what, value)) {
    throw wrongType(what, 'a boolean or rules', value)
  }
}

function checkSetting(what: string, value: unknown): void {
  const severity: unknown = isArray(what, value) ? value[0] : value
  const isKnown = typeof severity === 'string' && SEVERITIES.includes(severity)
  if (typeof severity === 'boolean' || isKnown) return assertJson(what, value)
  const best = typeof severity === 'string' ? nearest(severity, SEVERITIES) : undefined
  const hint = best === undefined ? '' : `. Did you mean '${best}'?`
  const expected =
    "'off', 'warn', 'error', a boolean, or an array that begins with one of the former"
  const error = wrongType(what, expected, value)
  throw new InvalidTypeError(error.message + hint)
}

/** Options go to the addon as JSON. */
function assertJson(what: string, value: unknown): void {
  try {
    JSON.stringify(value)
  } catch {
    throw wrongType(what, 'what JSON can hold', value)
  }
}

/** A check of each value of an object, also of names that its prototype has. */
function record(check: Check): Check {
  return (what, value) => {
    assertRecord(what, 'an object', value)
    for (const [name, each] of Object.entries(value)) check(`${what}['${name}']`, each)
  }
}
