/** From the words of a command line to what `isolane map` is to do. */

import { CommandLine } from '../command-line.js'

/** How items are written: one array, or a line each. */
export type Format = 'json' | 'ndjson'

/** What becomes of an item that fails. */
export type OnItemError = 'stop' | 'original' | 'omit' | 'settle'

/** A value that the function finds as `shared.<name>`. */
export interface SharedFile {
  name: string
  path: string
}

/** What the command line says. */
export interface MapArguments {
  functionFile: string
  exportName: string | undefined
  /** `undefined` for standard input. */
  input: string | undefined
  /** `undefined` for standard output. */
  output: string | undefined
  from: Format | undefined
  into: Format | undefined
  shared: SharedFile[]
  onError: OnItemError
  failures: string | undefined
  timeout: number | undefined
  threads: number | undefined
  memory: number | undefined
  engine: 'auto' | 'v8' | 'node'
  quiet: boolean
  verbose: boolean
}

const OPTIONS = {
  output: { type: 'string', short: 'o' },
  export: { type: 'string' },
  share: { type: 'string', multiple: true },
  from: { type: 'string' },
  into: { type: 'string' },
  'on-error': { type: 'string' },
  failures: { type: 'string' },
  timeout: { type: 'string' },
  threads: { type: 'string' },
  memory: { type: 'string' },
  engine: { type: 'string' },
  quiet: { type: 'boolean', short: 'q' },
  verbose: { type: 'boolean' },
} as const

const FORMATS = ['json', 'ndjson'] as const

/** As the pool has them. */
const MOST_THREADS = 256
const LEAST_MIB = 16
const MOST_MIB = 65_536

const line = new CommandLine('map')

/** @throws {CommandError} where they are wrong */
export function readMapArguments(words: string[]): MapArguments {
  const { values, positionals } = line.parse(words, OPTIONS)
  const [functionFile, input, extra] = positionals
  if (functionFile === undefined) {
    throw line.wrong(
      'There is no function',
      'isolane map FUNCTION [INPUT], such as map double.mjs in.ndjson',
    )
  }
  if (extra !== undefined) {
    throw line.wrong(
      `There is one input too many: ${extra}`,
      'isolane map takes a function and one input',
    )
  }
  return {
    functionFile,
    exportName: line.filled('--export', values.export),
    input: unlessDash(line.filled('INPUT', input)),
    output: unlessDash(line.filled('--output', values.output)),
    from: line.oneOf('--from', FORMATS, values.from),
    into: line.oneOf('--into', FORMATS, values.into),
    shared: sharedFiles(values.share ?? []),
    onError:
      line.oneOf('--on-error', ['stop', 'original', 'omit', 'settle'], values['on-error']) ??
      'stop',
    failures: line.filled('--failures', values.failures),
    timeout: above0('--timeout', values.timeout),
    threads: line.integer('--threads', 1, MOST_THREADS, values.threads),
    memory: line.integer('--memory', LEAST_MIB, MOST_MIB, values.memory),
    engine: line.oneOf('--engine', ['auto', 'v8', 'node'], values.engine) ?? 'auto',
    quiet: values.quiet === true,
    verbose: values.verbose === true,
  }
}

function unlessDash(path: string | undefined): string | undefined {
  return path === '-' ? undefined : path
}

function above0(what: string, text: string | undefined) {
  if (text === undefined) return undefined
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (value > 0) return value
  throw line.wrong(`${what} must be a number of milliseconds above 0; got '${text}'`)
}

function sharedFiles(texts: string[]): SharedFile[] {
  const names = new Set<string>()
  return texts.map((text) => {
    const [, name, path] = /^([^=]+)=(.+)$/s.exec(text) ?? []
    if (name === undefined || path === undefined) {
      throw line.wrong(
        `--share must be NAME=FILE; got '${text}'`,
        'Such as --share rules=rules.json',
      )
    }
    if (names.has(name)) throw line.wrong(`--share has two values named '${name}'`)
    names.add(name)
    return { name, path }
  })
}
