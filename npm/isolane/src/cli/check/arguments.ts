/** From the words of a command line to what `isolane check` is to do. */

import type { Preset, RuleSeverity } from '../../check/index.js'
import type { Engine } from '../../protocol.js'
import { CommandLine } from '../command-line.js'

/** How findings are told. */
export type Format = 'pretty' | 'json' | 'github' | 'sarif'

/** What the command line says. */
export interface CheckArguments {
  patterns: string[]
  format: Format
  config: string | undefined
  preset: Preset | undefined
  engine: Engine | undefined
  rules: Record<string, RuleSeverity>
  ignore: string[]
  maxWarnings: number
  suppressions: boolean
  explain: boolean
  /** Whether the rules are to be listed. */
  lists: boolean
  quiet: boolean
  verbose: boolean
}

const OPTIONS = {
  format: { type: 'string' },
  config: { type: 'string', multiple: true },
  preset: { type: 'string' },
  engine: { type: 'string' },
  rule: { type: 'string', multiple: true },
  ignore: { type: 'string', multiple: true },
  'max-warnings': { type: 'string' },
  'no-suppressions': { type: 'boolean' },
  explain: { type: 'boolean' },
  rules: { type: 'boolean' },
  quiet: { type: 'boolean', short: 'q' },
  verbose: { type: 'boolean' },
} as const

const FORMATS = ['pretty', 'json', 'github', 'sarif'] as const
const PRESETS = ['recommended', 'recommended-node', 'strict', 'none'] as const
const SEVERITIES = ['off', 'warn', 'error'] as const
const MOST_WARNINGS = 1_000_000

const line = new CommandLine('check')

/** @throws {CommandError} where they are wrong */
export function readCheckArguments(words: string[]): CheckArguments {
  const { values, positionals } = line.parse(words, OPTIONS)
  const lists = values.rules === true
  if (positionals.length === 0 && !lists) {
    throw line.wrong('There is no file', "isolane check FILE..., such as check 'functions/**/*.js'")
  }
  const format = line.oneOf('--format', FORMATS, values.format) ?? 'pretty'
  const explain = values.explain === true
  if (explain && (format === 'github' || format === 'sarif')) {
    throw line.wrong(
      `--format ${format} has no place for what --explain says`,
      'pretty and json have',
    )
  }
  const [config, other] = (values.config ?? []).map((file) => line.filled('--config', file)!)
  if (config !== undefined && other !== undefined) {
    throw line.wrong(
      `--config can be given once; got '${config}' and '${other}'`,
      'extends in one of them takes the rules of the other',
    )
  }
  const preset = line.oneOf('--preset', PRESETS, values.preset)
  if (config !== undefined && preset !== undefined) {
    throw line.wrong(
      '--config and --preset both say what to begin with',
      `extends: '${preset}' in ${config} does the same`,
    )
  }
  for (const pattern of positionals) line.filled('FILE', pattern)
  return {
    patterns: positionals,
    format,
    config,
    preset,
    engine: line.oneOf('--engine', ['v8', 'node'], values.engine),
    rules: rulesOf(values.rule ?? []),
    ignore: values.ignore ?? [],
    maxWarnings:
      line.integer('--max-warnings', 0, MOST_WARNINGS, values['max-warnings']) ?? Infinity,
    suppressions: values['no-suppressions'] !== true,
    explain,
    lists,
    quiet: values.quiet === true,
    verbose: values.verbose === true,
  }
}

function rulesOf(texts: string[]): Record<string, RuleSeverity> {
  const rules = Object.create(null) as Record<string, RuleSeverity>
  for (const text of texts) {
    const [, name, severity] = /^([^=]+)=(.*)$/s.exec(text) ?? []
    if (name === undefined) {
      throw line.wrong(
        `--rule must be NAME=SEVERITY; got '${text}'`,
        'Such as --rule no-labels=off',
      )
    }
    rules[name] = line.oneOf(`--rule ${name}`, SEVERITIES, severity)!
  }
  return rules
}
