import { inspect } from 'node:util'

import { FunctionFiles } from '../folder/files.js'
import { checkReference, NAME_RULE } from '../names/name.js'
import type { FunctionInfo } from '../registry/info.js'
import type { ChangeOptions } from '../registry/publishing.js'
import type { FunctionRegistry } from '../registry/registry.js'
import { type Arguments, CommandError, ExitCode, type OptionName } from './arguments.js'
import { confirm } from './confirming.js'
import { debug } from './debug.js'
import { isWritten, textOf } from './files.js'
import { findingLine } from './findings.js'
import { planOf } from './plan.js'

/** What a command is given. */
export interface Request extends Arguments {
  readonly registry: FunctionRegistry
  /** Writes a line, or with `--json` a value, to the standard output. */
  readonly tell: (line: string, value: unknown) => void
}

/** A command: what it takes, and what it does. Gives the exit code. */
export interface Command {
  readonly operands: readonly string[]
  /** Besides those of all commands. */
  readonly options: readonly OptionName[]
  /** Whether it calls functions. */
  readonly calls?: boolean
  readonly run: (request: Request) => Promise<number>
}

const lineOf = ({ name, version, revision, tags }: FunctionInfo) =>
  [name, `version ${version}`, `revision ${revision}`, ...tags.map((tag) => `#${tag}`)].join('  ')

function changeOf({ note, author }: Arguments): ChangeOptions {
  return { ...(note === undefined ? {} : { note }), ...(author === undefined ? {} : { author }) }
}

function ifVersionOf({ ifVersion }: Arguments): { ifVersion?: number } {
  return ifVersion === undefined ? {} : { ifVersion }
}

function whichOf({ prefix, tag }: Arguments): { prefix?: string; tag?: string } {
  return {
    ...(prefix === undefined ? {} : { prefix }),
    ...(tag === undefined ? {} : { tag }),
  }
}

const list = async (request: Request) => {
  const { registry, tell } = request
  for (const each of registry.list(whichOf(request))) tell(lineOf(each), each)
  return ExitCode.Done
}

const get = async ({ registry, tell, json, operands: [name] }: Request) => {
  const { name: bare, version } = checkReference(name)
  const found = version === undefined ? registry.get(bare) : await registry.version(bare, version)
  if (found === undefined)
    throw new CommandError(ExitCode.Refused, `There is no function '${name}'`)
  // To the letter: what is published again from a file is the same version.
  if (json) tell('', found)
  else process.stdout.write(found.source)
  return ExitCode.Done
}

const publish = async (request: Request) => {
  const { registry, tell, tag, operands } = request
  const [name, file] = operands
  const source = await textOf(file!)
  const tags = tag === undefined ? {} : { tags: [tag] }
  const options = { ...changeOf(request), ...ifVersionOf(request), ...tags }
  const result = await registry.publish(name!, source, options)
  const state = result.created ? 'is in force' : 'was in force already'
  tell(`${name}@${result.version} ${state} (revision ${result.revision})`, result)
  for (const { line, column, rule, message } of result.diagnostics) {
    process.stderr.write(`isolane: warning: ${name}:${line}:${column} ${rule}: ${message}\n`)
  }
  return ExitCode.Done
}

const check = async (request: Request) => {
  const { registry, tell, prefix, tag, operands } = request
  const [name, file] = operands
  if (name === undefined) return checkAll(request)
  if (file === undefined) {
    throw new CommandError(ExitCode.WrongUse, 'Use: isolane functions check NAME FILE')
  }
  if (prefix !== undefined || tag !== undefined) {
    const message = '--prefix and --tag are for a check of what is in force, without NAME FILE'
    throw new CommandError(ExitCode.WrongUse, message)
  }
  const result = await registry.check(name, await textOf(file))
  tell(`${name} could be published as version ${result.version}`, result)
  return ExitCode.Done
}

/** Judges what is in force. */
const checkAll = async (request: Request) => {
  const { registry, tell } = request
  const which = whichOf(request)
  const reports = await registry.checkAll(which)
  for (const report of reports) {
    const id = `${report.name}@${report.version}`
    const lines = report.diagnostics.map((each) => findingLine(id, each))
    tell(lines.join('\n'), report)
  }
  const failing = reports.filter(({ fails }) => fails).length
  const count = registry.list(which).length
  tell(`${failing} of ${count} would be refused`, { failing, count })
  return failing === 0 ? ExitCode.Done : ExitCode.Refused
}

const rollback = async (request: Request) => {
  const { registry, tell, to, operands } = request
  const options = {
    ...changeOf(request),
    ...ifVersionOf(request),
    ...(to === undefined ? {} : { to }),
  }
  const result = await registry.rollback(operands[0]!, options)
  tell(`${result.name}@${result.version} is in force (revision ${result.revision})`, result)
  return ExitCode.Done
}

const versions = async ({ registry, tell, limit = 100, operands: [name] }: Request) => {
  for (const each of await registry.versions(name!, { limit })) {
    const about = aboutOf(each)
    tell(`${name}@${each.version}  ${each.at.toISOString()}  ${about}`.trimEnd(), each)
  }
  return ExitCode.Done
}

const history = async ({ registry, tell, limit = 100, operands: [name] }: Request) => {
  const query = { limit, newestFirst: true, ...(name === undefined ? {} : { name }) }
  for (const change of await registry.history(query)) {
    const what = change.entries.map((entry) =>
      entry.version === null ? `-${entry.name}` : `${entry.name}@${entry.version}`,
    )
    const about = aboutOf(change)
    const at = new Date(change.at).toISOString()
    tell(`${change.revision}  ${at}  ${what.join(' ')}  ${about}`.trimEnd(), change)
  }
  return ExitCode.Done
}

const diff = async ({ registry, tell, operands: [name, from, to] }: Request) => {
  const [one, other] = [from, to].map((given) => {
    if (/^[1-9]\d{0,14}$/.test(given!)) return Number(given)
    throw new CommandError(ExitCode.WrongUse, `A version is a number from 1; got '${given}'`)
  })
  const hunks = await registry.diff(name!, one!, other!)
  tell(hunks.trimEnd(), { name, from: one, to: other, diff: hunks })
  return ExitCode.Done
}

const push = async (request: Request) => {
  const { registry, tell, operands } = request
  const plan = await planOf(registry, operands[0]!, request)
  for (const path of plan.leftOut) {
    const name = inspect(path)
    process.stderr.write(`isolane: warning: ${name} is left out; a function has ${NAME_RULE}\n`)
  }
  for (const line of plan.lines) tell(line, { change: line })
  if (plan.lines.length === 0) {
    tell('Nothing has changed', { revision: registry.health().revision })
    return ExitCode.Done
  }
  await confirm(request, plan.lines.length)
  const options = { ...changeOf(request), remove: plan.remove }
  await registry.publishAll(plan.publications, options)
  const { revision } = registry.health()
  tell(`${plan.lines.length} in force (revision ${revision})`, { revision })
  return ExitCode.Done
}

const pull = async (request: Request) => {
  const { registry, tell, operands } = request
  const files = new FunctionFiles(operands[0]!)
  for (const { name, version } of registry.list(whichOf(request))) {
    const { source } = registry.get(name)!
    if (await isWritten(files, name, source))
      tell(`${name} (version ${version})`, { name, version })
  }
  return ExitCode.Done
}

const watch = async ({ registry, tell }: Request) => {
  for (const event of ['published', 'rolledBack', 'renamed', 'unpublished'] as const) {
    registry.on(event, (about: { name: string; revision: number; version?: number }) => {
      const version = about.version === undefined ? '' : `@${about.version}`
      tell(`${about.revision}  ${event}  ${about.name}${version}`, { event, ...about })
    })
  }
  registry.on('storeError', ({ message }) => process.stderr.write(`isolane: ${message}\n`))
  const { revision } = registry.health()
  tell(`${revision}  in force`, { event: 'revision', revision })
  const alive = setInterval(() => {}, 60_000)
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve)
    process.once('SIGTERM', resolve)
  })
  clearInterval(alive)
  return ExitCode.Done
}

const OF_PUBLISH = ['if-version', 'tag', 'note', 'author', 'rules', 'load'] as const
const OF_CHECK = ['prefix', 'tag', 'rules', 'load'] as const
const OF_DEBUG = ['input', 'source', 'timeout', 'rules'] as const
const OF_ROLLBACK = ['to', 'if-version', 'note', 'author', 'load'] as const
const OF_PUSH = ['prefix', 'tag', 'remove', 'yes', 'note', 'author', 'rules', 'load'] as const

/** All of them, by name. */
export const COMMANDS = new Map<string, Command>([
  ['list', { operands: [], options: ['prefix', 'tag'], run: list }],
  ['get', { operands: ['NAME'], options: [], run: get }],
  ['publish', { operands: ['NAME', 'FILE'], options: OF_PUBLISH, run: publish }],
  ['check', { operands: ['[NAME]', '[FILE]'], options: OF_CHECK, run: check }],
  ['debug', { operands: ['NAME'], options: OF_DEBUG, calls: true, run: debug }],
  ['rollback', { operands: ['NAME'], options: OF_ROLLBACK, run: rollback }],
  ['versions', { operands: ['NAME'], options: ['limit'], run: versions }],
  ['history', { operands: ['[NAME]'], options: ['limit'], run: history }],
  ['diff', { operands: ['NAME', 'FROM', 'TO'], options: [], run: diff }],
  ['push', { operands: ['FOLDER'], options: OF_PUSH, run: push }],
  ['pull', { operands: ['FOLDER'], options: ['prefix', 'tag'], run: pull }],
  ['watch', { operands: [], options: [], run: watch }],
])

/** Who, and why. */
function aboutOf({ author, note }: { author?: string; note?: string }): string {
  return [author, note].filter((each) => each !== undefined).join(': ')
}
