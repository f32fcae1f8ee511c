import { statSync } from 'node:fs'
import { resolve } from 'node:path'

import type { Engine } from 'isolane'
import type { RulesConfig } from 'isolane/check'

import { DataCache } from '../data/cache.js'
import { InvalidArgumentError, wrong } from '../errors/errors.js'
import { checkKeys, checkMilliseconds } from '../errors/options.js'
import { checkStore } from '../store/check.js'
import type { FunctionStore } from '../store/store.js'
import type { Check } from '../changes/check.js'
import { Judge } from '../changes/judge.js'
import { checkRules, SourceRules } from '../changes/rules.js'
import { UserCheck } from '../changes/user-check.js'
import { checkLogOptions, type LogOptions, type LogTargets } from '../logs/options.js'
import { checkWarm, type Warm, type WarmSettings } from '../warming/options.js'

/** Options of a registry. */
export interface RegistryOptions extends LogOptions {
  /** Where functions are kept. */
  store: FunctionStore
  /** Judges every source before it is published, besides `rules`. Default: none; a source must compile in any case. */
  check?: Check
  /**
   * Rules of `isolane/check` that every source is judged by before it is published; `true`: those that are
   * recommended for the engine of the pool, or without a pool for isolates; `false`: none. Default: `true`.
   */
  rules?: RulesConfig | boolean
  /**
   * What every isolate has loaded before it is in force, and isolates that replace others too: names,
   * patterns such as `'lib/*'`, or all; or these as the `functions` of a {@link WarmSet}, with samples to call
   * them for. Default: `false`: functions are loaded where they are called.
   */
  warm?: Warm
  /**
   * Called once functions can be called, before `ready` resolves, which rejects with what this throws. It may be
   * async, and is not to wait for `ready`. After a failure it is called again where `ready` is asked for anew.
   * Default: none.
   */
  onReady?: () => unknown
  /**
   * The folder in whose `node_modules`, and those above it, functions find packages, on the node engine. Default: the
   * pool's.
   */
  resolveFrom?: string
  /** Milliseconds for one request to the store, for a publish to get its turn, and for `check` to answer. Default: 10000. */
  timeout?: number
  /** Milliseconds that loading a function may take, and each of its samples, before it is in force. Default: 5000. */
  loadTimeout?: number
  /** Milliseconds after which the store is asked for changes, whatever it has told of; a fifth more or less. Default: 30000. */
  pollInterval?: number
  /** A file that has what is in force, so that a process can start while the store is down. Default: none. */
  snapshot?: string
  /**
   * A file that keeps publishes which are made while the store is away, until it is back. Such a publish resolves
   * with `pending: true`, and is in force when it has been forwarded. Default: none: they reject.
   */
  journal?: string
  /**
   * Data that functions read, of the same pool; it is not closed with the registry. Default: one of its own, as
   * `registry.data`.
   */
  data?: DataCache
  /** Whether `close()` closes the store too. Default: `true`. */
  closeStore?: boolean
}

/** Those without a default. */
type Optional = 'data' | 'journal' | 'onReady' | 'resolveFrom' | 'snapshot'

/** Options with their defaults. */
export type Settings = Required<
  Omit<RegistryOptions, Optional | 'check' | 'rules' | 'warm' | keyof LogOptions>
> &
  Pick<RegistryOptions, Optional> & {
    readonly judge: Judge
    readonly warm: WarmSettings
  } & LogTargets

const KNOWN = [
  'store',
  'check',
  'rules',
  'warm',
  'onReady',
  'resolveFrom',
  'timeout',
  'loadTimeout',
  'pollInterval',
  'snapshot',
  'journal',
  'data',
  'closeStore',
  'logger',
  'logLevel',
  'maxPerSecond',
  'sample',
]

/**
 * @param engine of the pool; `undefined` where there is none
 * @throws {InvalidArgumentError}
 */
export function checkOptions(options: RegistryOptions, engine: Engine | undefined): Settings {
  checkKeys(options, KNOWN)
  const {
    store,
    check,
    rules,
    warm = false,
    onReady,
    timeout = 10_000,
    loadTimeout = 5000,
    pollInterval = 30_000,
    resolveFrom,
    snapshot,
    journal,
    data,
    closeStore = true,
  } = options
  checkStore('options.store', store)
  if (check !== undefined && typeof check !== 'function') {
    throw wrong('options.check', 'a function', check)
  }
  checkRules(rules)
  if (onReady !== undefined && typeof onReady !== 'function') {
    throw wrong('options.onReady', 'a function', onReady)
  }
  checkMilliseconds('options.timeout', timeout)
  checkMilliseconds('options.loadTimeout', loadTimeout)
  checkMilliseconds('options.pollInterval', pollInterval)
  checkFiles(snapshot, journal)
  if (data !== undefined && !(data instanceof DataCache))
    throw wrong('options.data', 'a DataCache', data)
  if (typeof closeStore !== 'boolean') throw wrong('options.closeStore', 'a boolean', closeStore)
  return {
    store,
    warm: checkWarm(warm),
    timeout,
    loadTimeout,
    pollInterval,
    closeStore,
    judge: new Judge(rulesOf(rules, engine), check && new UserCheck(check), timeout),
    ...(data === undefined ? {} : { data }),
    ...checkLogOptions(options),
    ...(onReady === undefined ? {} : { onReady }),
    ...(resolveFrom === undefined ? {} : { resolveFrom: folderOf(resolveFrom, engine) }),
    ...(snapshot === undefined ? {} : { snapshot }),
    ...(journal === undefined ? {} : { journal }),
  }
}

/** By default isolane is loaded by those only who publish. */
function rulesOf(
  rules: RulesConfig | boolean | undefined,
  engine: Engine | undefined,
): () => SourceRules | undefined {
  if (rules === false) return () => undefined
  let made = rules === undefined ? undefined : new SourceRules(rules, engine)
  return () => (made ??= new SourceRules(true, engine))
}

/** @throws {InvalidArgumentError} */
function folderOf(path: unknown, engine: Engine | undefined): string {
  if (engine === 'v8') {
    throw new InvalidArgumentError(
      "options.resolveFrom needs a pool with engine: 'node'; for isolates packages are bundled into the text (docs/packages.md)",
    )
  }
  const folder = typeof path === 'string' && path !== '' ? resolve(path) : ''
  if (folder === '' || !isFolder(folder))
    throw wrong('options.resolveFrom', 'a folder that exists', path)
  return folder
}

/** @throws {InvalidArgumentError} */
function checkFiles(snapshot: unknown, journal: unknown): void {
  for (const [key, path] of Object.entries({ snapshot, journal })) {
    const isPath = typeof path === 'string' && path !== '' && !isFolder(path)
    if (path !== undefined && !isPath) throw wrong(`options.${key}`, 'the path of a file', path)
  }
  if (typeof journal === 'string' && resolve(journal) === resolve(String(snapshot))) {
    throw wrong('options.journal', 'another file than options.snapshot', journal)
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
  } catch {
    // What is in the way is told when it is read.
    return false
  }
}
