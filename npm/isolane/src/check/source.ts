/** One source through the addon, and through the rules that are functions. */

import { changed } from '../options/check.js'
import { sourceMapOf } from '../source-maps/source-map.js'
import type { RulesConfig } from '../options/rules.js'
import { customFindings, type ActiveRule } from './custom.js'
import { pageOf, type CheckReport, type Diagnostic } from './diagnostic.js'
import {
  checkNatively,
  parseNatively,
  type NativeCheckOptions,
  type NativeReport,
} from './native.js'
import { defineRules, type RuleSet } from './rules.js'

/** What differs from source to source. */
export interface SourceOptions {
  form?: string
  language?: string
  filename?: string
  name?: string
  modules?: object
  maxDiagnostics?: number
  color?: boolean
  explain?: boolean
}

/** Rules on their way to sources. */
export interface Judgement {
  native: NativeCheckOptions
  custom: ActiveRule[]
}

/** @throws as `defineRules` */
export function judgementOf(config: RulesConfig): Judgement {
  const set = defineRules(config)
  const rules = Object.entries(set.rules).filter(([name]) => !Object.hasOwn(set.custom, name))
  const custom = activeRules(set)
  return {
    custom,
    native: {
      rules: Object.fromEntries(rules),
      globals: set.globals,
      ...(custom.length === 0 ? {} : { custom: custom.map(({ name }) => name) }),
      ...(set.extends === undefined ? {} : { preset: set.extends }),
      ...(set.engine === undefined ? {} : { engine: set.engine }),
      ...(set.allowSuppressions === undefined ? {} : { allowSuppressions: set.allowSuppressions }),
    },
  }
}

function activeRules({ rules, custom }: RuleSet): ActiveRule[] {
  return Object.entries(custom).flatMap(([name, rule]) => {
    const setting = rules[name] ?? true
    const [judged, ...options] = Array.isArray(setting) ? setting : [setting]
    const severity = judged === true ? (rule.meta?.severity ?? 'error') : judged
    return severity === 'off' || severity === false ? [] : [{ name, rule, severity, options }]
  })
}

/** What a source comes to. */
export async function reportOf(
  text: string,
  { native, custom }: Judgement,
  own: SourceOptions,
): Promise<CheckReport> {
  const options: NativeCheckOptions = changed(native, own)
  if (custom.length > 0) {
    const parsed = await parseNatively(text, options)
    const source = parsed && { text, filename: own.filename, ...parsed }
    options.findings = source === undefined ? [] : customFindings(custom, source)
  }
  const report = withPlaces(await checkNatively(text, options), custom, text, own.filename)
  if (own.explain === true) report.readOnly ??= { proven: false, findings: report.diagnostics }
  return report
}

function withPlaces(
  { diagnostics, omitted, errors, warnings, suppressed, readOnly }: NativeReport,
  custom: ActiveRule[],
  text: string,
  filename: string | undefined,
): CheckReport {
  const own = new Set(custom.map(({ name }) => name))
  const map = diagnostics.length === 0 ? undefined : sourceMapOf(text)
  const placed = diagnostics.map((each): Diagnostic => {
    const diagnostic: Diagnostic = { ...each, url: own.has(each.rule) ? null : pageOf(each.rule) }
    const original = map?.placeOf(each.line, each.column)
    if (filename !== undefined) diagnostic.filename = filename
    if (original !== undefined) diagnostic.original = original
    return diagnostic
  })
  const report: CheckReport = { diagnostics: placed, omitted, errors, warnings, suppressed }
  if (readOnly !== undefined) report.readOnly = readOnly
  return report
}
