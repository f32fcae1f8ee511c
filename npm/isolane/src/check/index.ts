/**
 * Functions are judged before they run: static rules for their source.
 *
 * @module isolane/check
 */

import { knownRules, type RuleInfo } from './native.js'

export { check, explain } from './check.js'
export type {
  CustomRule,
  RuleContext,
  RuleListener,
  RuleReport,
  SourceCode,
  SourceComment,
  SyntaxNode,
} from '../options/custom-rule.js'
export type {
  CheckReport,
  Diagnostic,
  FileReport,
  FindingSeverity,
  ReadOnlyFinding,
  ReadOnlyProof,
  SourceRange,
} from './diagnostic.js'
export { CheckFailedError, CheckRuleError } from './errors.js'
export { checkFiles } from './files.js'
export type { SourcePlace } from '../source-maps/source-map.js'
export type { RuleInfo } from './native.js'
export type { CheckFilesOptions, CheckOptions } from './options.js'
export type { Preset, RulesConfig, RuleSetting, RuleSeverity } from '../options/rules.js'
export { defineRules, type RuleSet } from './rules.js'

/** The rules that isolane has, by name. */
export function rules(): RuleInfo[] {
  return structuredClone(knownRules()) as RuleInfo[]
}
