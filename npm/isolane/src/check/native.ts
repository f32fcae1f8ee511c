/** The checker in the addon: questions and answers are JSON. */

import { addonError, ask } from '../addon/failure.js'
import { binding, type Binding } from '../addon/native.js'
import { InvalidTypeError } from '../errors/errors.js'
import type { Engine } from '../protocol.js'
import type { CustomFinding } from './custom.js'
import type { SourceComment, SyntaxNode } from '../options/custom-rule.js'
import type { CheckReport, Diagnostic } from './diagnostic.js'

/** What the addon is asked; `crates/isolane-check/src/options.rs`. */
export interface NativeCheckOptions {
  preset?: string
  engine?: Engine
  rules?: object
  globals?: object
  form?: string
  language?: string
  filename?: string
  name?: string
  modules?: object
  allowSuppressions?: boolean
  maxDiagnostics?: number
  explain?: boolean
  color?: boolean
  /** What rules of the user's have found, to be treated as what those of the addon find. */
  findings?: CustomFinding[]
  /** The names of these rules. */
  custom?: string[]
}

/** An option that is wrong, as far as only the addon can tell. */
interface Fault {
  fault: { path: string; message: string }
}

type Finding = Omit<Diagnostic, 'url' | 'filename'>

/** What the addon answers. */
export interface NativeReport extends Omit<CheckReport, 'diagnostics'> {
  diagnostics: Finding[]
}

/** A rule of the addon's. */
export interface RuleInfo {
  /** By which options and comments name it. */
  name: string
  /** What it finds. */
  summary: string
  /** The ESLint rules that it is like. */
  mirrors: string[]
  /** How each preset judges what it finds. */
  severities: Record<'recommended' | 'recommended-node' | 'strict', 'off' | 'warn' | 'error'>
  /** How its options are written, which stand behind the severity; `null` where it has none. */
  options: string | null
}

/** @throws {InvalidTypeError} for a wrong option */
export function checkNatively(text: string, options: NativeCheckOptions): Promise<NativeReport> {
  return answered('check a source', (addon) => addon.check(text, JSON.stringify(options)))
}

/** The tree of a source; none where it cannot be parsed, which {@link checkNatively} tells about. */
export async function parseNatively(
  text: string,
  options: NativeCheckOptions,
): Promise<{ program: SyntaxNode; comments: SourceComment[] } | undefined> {
  const { filename, language, form } = options
  const answer = await answered<{ program?: SyntaxNode; comments?: SourceComment[] }>(
    'parse a source',
    (addon) => addon.parseEstree(text, JSON.stringify({ filename, language, form })),
  )
  const { program, comments = [] } = answer
  return program && { program, comments }
}

let known: readonly RuleInfo[] | undefined

/** The rules of the addon, by name. */
export function knownRules(): readonly RuleInfo[] {
  known ??= JSON.parse(ask('list its rules', () => binding().checkRules())) as RuleInfo[]
  return known
}

async function answered<T extends object>(
  what: string,
  question: (addon: Binding) => Promise<string>,
): Promise<T> {
  const addon = binding()
  const text = await question(addon).catch((error: unknown) => {
    throw addonError(what, error)
  })
  const answer = JSON.parse(text) as T | Fault
  if (!('fault' in answer)) return answer
  const { path, message } = answer.fault
  const told = message.startsWith(path) ? `options.${message}` : `options.${path}: ${message}`
  const isHelped = message.endsWith('?')
  throw new InvalidTypeError(isHelped ? told : told + optionsHint(path))
}

/** How a rule's options are written, of which one is wrong. */
function optionsHint(path: string): string {
  const [, rule] = /^rules\.([\w-]+)\[/.exec(path) ?? []
  const options = knownRules().find(({ name }) => name === rule)?.options
  return typeof options === 'string' ? `; the rule's options are ${options}` : ''
}
