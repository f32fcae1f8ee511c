/** Runs the rules that are functions, over one tree for all of them. */

import { types } from 'node:util'
import { InvalidTypeError } from '../errors/errors.js'
import { wrongType } from '../errors/invalid.js'
import { nearest } from '../errors/nearest.js'
import { CheckRuleError } from './errors.js'
import type {
  CustomRule,
  RuleContext,
  RuleReport,
  SourceCode,
  SourceComment,
  SyntaxNode,
} from '../options/custom-rule.js'
import type { FindingSeverity } from './diagnostic.js'
import { ancestorsOf, NODE_TYPES, walk, type Visit } from './tree.js'

/** A rule that is on. */
export interface ActiveRule {
  name: string
  rule: CustomRule
  severity: FindingSeverity
  options: readonly unknown[]
}

/** What a rule reported, as the addon takes it. */
export interface CustomFinding {
  rule: string
  severity: FindingSeverity
  message: string
  help: string | null
  start: number
  end: number
}

/** A source, parsed. */
export interface ParsedSource {
  text: string
  filename: string | undefined
  program: SyntaxNode
  comments: SourceComment[]
}

/** A type, or all of them; and whether on the way up. */
const SELECTOR = /^(\*|[A-Z][A-Za-z]*)(:exit)?$/

/** @throws {CheckRuleError} where a rule throws */
export function customFindings(rules: readonly ActiveRule[], source: ParsedSource) {
  const findings: CustomFinding[] = []
  const code = sourceCodeOf(source)
  const listeners = new Listeners()
  for (const active of rules) {
    const guarded = guard(active, source.filename)
    guarded(() => {
      const context = contextOf(active, source, code, (finding) => findings.push(finding))
      const given: unknown = active.rule.create(context)
      refuseThenable(`create of the rule '${active.name}'`, given)
      listeners.add(active, given, guarded)
    })
  }
  walk(
    source.program,
    (node) => listeners.call(node, ''),
    (node) => listeners.call(node, ':exit'),
  )
  return findings
}

type Guarded = (body: () => void) => void

/** What a rule throws says whose it is. */
function guard({ name }: ActiveRule, filename: string | undefined): Guarded {
  return (body) => {
    try {
      body()
    } catch (error) {
      throw new CheckRuleError(name, filename, error)
    }
  }
}

/** A check ends with the way through the tree: what is reported after that would be lost, and what fails too. */
function refuseThenable(what: string, given: unknown): void {
  const isThenable = typeof (given as { then?: unknown } | null | undefined)?.then === 'function'
  if (!isThenable) return
  // Nobody else waits for it.
  if (types.isPromise(given)) given.catch(() => {})
  throw new InvalidTypeError(`${what} gives a promise, which nobody awaits; it must not be async`)
}

/** What is called at which nodes, by selector. */
class Listeners {
  readonly #visits = new Map<string, Visit[]>()

  add({ name }: ActiveRule, given: unknown, guarded: Guarded): void {
    if (typeof given !== 'object' || given === null) {
      throw wrongType(`What create of the rule '${name}' gives`, 'an object of functions', given)
    }
    for (const [selector, visit] of Object.entries(given)) {
      assertSelector(selector)
      if (typeof visit !== 'function')
        throw wrongType(`${selector} of '${name}'`, 'a function', visit)
      const visits = this.#visits.get(selector) ?? []
      this.#visits.set(selector, visits)
      const what = `${selector} of the rule '${name}'`
      visits.push((node) => guarded(() => refuseThenable(what, visit(node))))
    }
  }

  call(node: SyntaxNode, ending: string): void {
    for (const visit of this.#visits.get(`*${ending}`) ?? []) visit(node)
    for (const visit of this.#visits.get(node.type + ending) ?? []) visit(node)
  }
}

/** @throws {InvalidTypeError} for what would never be called */
function assertSelector(selector: string): void {
  const [, type] = SELECTOR.exec(selector) ?? []
  if (type === undefined) {
    throw new InvalidTypeError(
      `'${selector}' is no selector that is known here: a node's type, such as CallExpression, or *; ` +
        `with :exit behind it, or without`,
    )
  }
  if (type === '*' || NODE_TYPES.has(type)) return
  const best = nearest(type, [...NODE_TYPES])
  const hint = best === undefined ? '' : `; did you mean '${best}'?`
  throw new InvalidTypeError(`There is no node of the type '${type}' in any tree${hint}`)
}

function sourceCodeOf({ text, program, comments }: ParsedSource): SourceCode {
  return {
    text,
    ast: program,
    getText: (node) => (node === undefined ? text : text.slice(node.start, node.end)),
    getAncestors: ancestorsOf,
    getAllComments: () => [...comments],
  }
}

function contextOf(
  { name, rule, severity, options }: ActiveRule,
  { text, filename }: ParsedSource,
  sourceCode: SourceCode,
  add: (finding: CustomFinding) => void,
): RuleContext {
  return {
    id: name,
    options,
    filename,
    sourceCode,
    report(report) {
      const place = placeOf(report, text.length)
      const message = messageOf(name, rule, report)
      const help = report.help === undefined ? null : oneLine(String(report.help))
      add({ rule: name, severity, message, help, ...place })
    },
  }
}

function placeOf({ node, start = node?.start, end = node?.end }: RuleReport, length: number) {
  if (!isOffset(start, 0, length)) {
    throw wrongType('report.node', `a node, or start and end from 0 to ${length}`, node ?? start)
  }
  if (end !== undefined && !isOffset(end, start, length)) {
    throw wrongType('report.end', `an integer from ${start} to ${length}`, end)
  }
  return { start, end: end ?? start }
}

function isOffset(value: unknown, least: number, most: number): value is number {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most
}

function messageOf(name: string, { meta }: CustomRule, report: RuleReport): string {
  const { messageId, data = {} } = report
  const message = messageId === undefined ? report.message : meta?.messages?.[messageId]
  if (typeof message !== 'string' || message.trim() === '') {
    const what = messageId === undefined ? 'report.message' : `meta.messages['${messageId}']`
    throw wrongType(`${what} of '${name}'`, 'a string with text', message)
  }
  const filled = message.replaceAll(/\{\{\s*([^{}\s]+)\s*\}\}/g, (whole, key: string) =>
    Object.hasOwn(data, key) ? String(data[key]) : whole,
  )
  return oneLine(filled)
}

function oneLine(text: string): string {
  return text.replaceAll(/\s*[\n\r\u2028\u2029]\s*/g, ' ').trim()
}
