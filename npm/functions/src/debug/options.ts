import type { Publication } from '../changes/publications.js'
import { InvalidArgumentError, wrong } from '../errors/errors.js'
import { checkObject } from '../errors/options.js'
import {
  type EnvelopeCallOptions,
  type EnvelopeSettings,
  checkEnvelopeOptions,
} from '../envelope/options.js'
import { checkName, type Reference, referenceOf } from '../names/name.js'

/** What `debug` decides by itself. */
const DECIDED = ['trigger', 'logs', 'onLog', 'fresh', 'stateful'] as const

function isDecided(key: string): boolean {
  return (DECIDED as readonly string[]).includes(key)
}

/** What it has beside the options of `call`. */
const TEXTS = ['source', 'requires', 'sources']

/** Options of `functions.debug`: those of `call`, and texts that are not published. */
export interface DebugOptions extends Omit<EnvelopeCallOptions, (typeof DECIDED)[number]> {
  /** A text to run in the place of the one in force. Default: that. */
  source?: string
  /** Names that `source` requires by specifiers that it computes. */
  requires?: readonly string[]
  /** Texts that stand for other functions in this call, by their names: what `source` requires, say. */
  sources?: Readonly<Record<string, string>>
}

/** What a call is made with, and the texts that are not published. */
export interface DebugSettings {
  readonly envelope: EnvelopeSettings
  readonly texts: readonly Publication[]
}

/** @throws {InvalidArgumentError} */
export function checkDebugOptions(reference: Reference, options: unknown): DebugSettings {
  if (options !== undefined) checkObject(options)
  const own = Object.assign(Object.create(null), options) as Record<string, unknown>
  const decided = DECIDED.find((key) => own[key] !== undefined)
  if (decided !== undefined) {
    throw new InvalidArgumentError(
      `debug has no option '${decided}': it always runs afresh, with trigger 'debug', and gives all lines; use call`,
    )
  }
  const { source, requires, sources, ...rest } = own
  const texts = [...textOf(reference, source, requires), ...textsOf(sources)]
  if (source !== undefined && texts.slice(1).some(({ name }) => name === reference.name)) {
    throw new InvalidArgumentError(
      `options.source and options.sources['${reference.name}'] stand for the same function`,
    )
  }
  const envelope = checkEnvelopeOptions({ ...rest, logs: true }, false)
  const known = (pool: readonly string[]) => [
    ...envelope.known(pool).filter((key) => !isDecided(key)),
    ...TEXTS,
  ]
  return { envelope: { ...envelope, trigger: 'debug', known }, texts }
}

function textOf({ name, version }: Reference, source: unknown, requires: unknown): Publication[] {
  if (source === undefined) {
    if (requires === undefined) return []
    throw new InvalidArgumentError('options.requires is about options.source, which is not there')
  }
  if (typeof source !== 'string') throw wrong('options.source', 'a string', source)
  if (version !== undefined) {
    throw new InvalidArgumentError(
      `options.source stands for what is in force, and '${name}@${version}' asks for a version; pass '${name}'`,
    )
  }
  if (requires === undefined) return [{ name, source }]
  const isKey = (each: unknown) => typeof each === 'string' && referenceOf(each) !== undefined
  if (!Array.isArray(requires) || !requires.every(isKey)) {
    throw wrong('options.requires', 'an array of names of functions', requires)
  }
  return [{ name, source, requires: requires as string[] }]
}

function textsOf(sources: unknown): Publication[] {
  if (sources === undefined) return []
  if (typeof sources !== 'object' || sources === null || Array.isArray(sources)) {
    throw wrong('options.sources', "texts by the functions' names", sources)
  }
  return Object.entries(sources).map(([name, source]: [string, unknown]) => {
    checkName('a name in options.sources', name)
    if (typeof source !== 'string') throw wrong(`options.sources['${name}']`, 'a string', source)
    return { name, source }
  })
}
