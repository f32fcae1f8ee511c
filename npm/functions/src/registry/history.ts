import { wrong } from '../errors/errors.js'
import { checkKeys } from '../errors/options.js'
import type { Past } from '../history/past.js'
import type { InForce } from '../loading/in-force.js'
import { checkName } from '../names/name.js'
import type { ChangeInfo, HistoryQuery } from '../store/store.js'
import { type VersionInfo, versionInfo } from './info.js'

/** Whose history it is. */
export interface HistoryHost {
  readonly past: Past
  readonly inForce: InForce
  /** When there is something in force. Rejects where the registry is closed. */
  readonly begun: Promise<void>
  /** @throws {RegistryClosedError} */
  assertOpen(): void
}

/** What a registry answers about what was. */
export class History {
  readonly #host: HistoryHost

  constructor(host: HistoryHost) {
    this.#host = host
  }

  async version(name: string, version: number): Promise<VersionInfo & { source: string }> {
    checkName('name', name)
    checkWhole('version', version)
    await this.#host.begun
    const record = await this.#host.past.record(name, version, this.#latest(name))
    return { ...versionInfo(record), source: record.source }
  }

  async versions(name: string, options: { limit?: number }): Promise<VersionInfo[]> {
    checkName('name', name)
    checkKeys(options, ['limit'])
    const { limit = 100 } = options
    checkMost('options.limit', limit)
    await this.#host.begun
    const records = await this.#host.past.records(name, this.#latest(name), limit)
    return records.map(versionInfo)
  }

  async changes(query: HistoryQuery): Promise<ChangeInfo[]> {
    checkQuery(query)
    this.#host.assertOpen()
    return this.#host.past.changes(query)
  }

  async at(revision: number): Promise<Map<string, number>> {
    checkWhole('revision', revision)
    this.#host.assertOpen()
    const entries = await this.#host.past.at(revision)
    return new Map([...entries].map(([name, { version }]) => [name, version]))
  }

  async diff(name: string, from: number, to: number): Promise<string> {
    checkName('name', name)
    checkWhole('from', from)
    checkWhole('to', to)
    await this.#host.begun
    return this.#host.past.diff(name, from, to, this.#latest(name))
  }

  #latest(name: string): number {
    return this.#host.inForce.set.latest(name)
  }
}

/** @throws {InvalidArgumentError} */
function checkQuery(query: HistoryQuery): void {
  checkKeys(query, ['name', 'since', 'until', 'limit', 'newestFirst'])
  const { name, since, until, limit, newestFirst } = query
  if (name !== undefined) checkName('options.name', name)
  if (since !== undefined) checkWhole('options.since', since)
  if (until !== undefined) checkMost('options.until', until)
  if (limit !== undefined) checkMost('options.limit', limit)
  if (newestFirst !== undefined && typeof newestFirst !== 'boolean') {
    throw wrong('options.newestFirst', 'a boolean', newestFirst)
  }
}

/** Of a version or a revision: whether there has been one of this number is asked later. */
function checkWhole(what: string, value: unknown): void {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return
  throw wrong(what, 'a whole number, from 0', value)
}

function checkMost(what: string, value: unknown): void {
  if (value !== Infinity) checkWhole(what, value)
}
