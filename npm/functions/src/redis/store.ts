import { StoreConflictError, StoreCorruptError } from '../errors/errors.js'
import type { Connections } from '../remote/connections.js'
import type { Feed } from '../remote/feed.js'
import { changesOf, parsed, textsOf } from '../remote/texts.js'
import {
  EMPTY,
  type Change,
  type ChangeInfo,
  type EntryInForce,
  type FunctionRecord,
  type FunctionStore,
  type Head,
  type HistoryQuery,
  type Reading,
  type Unwatch,
  type VersionRef,
} from '../store/store.js'
import type { Client } from './connector.js'
import {
  COMMIT,
  HEAD,
  HISTORY,
  HISTORY_OF_NAME,
  LAYOUT,
  READ,
  keysOf,
  nameKey,
  versionKey,
  type Script,
} from './scripts.js'

/** Whatever types a client of the user's maps answers to. */
const AS_TEXTS = { typeMapping: {} }
/** More than any revision. */
const LAST = 999_999_999_999_999

/** A log in Redis; `scripts.ts` says how it lies there. */
export class RedisStore implements FunctionStore {
  readonly #connections: Connections<Client>
  readonly #feed: Feed<Client>
  readonly #channel: string
  readonly #keys: string[]
  readonly #versions: string

  constructor(
    connections: Connections<Client>,
    feed: Feed<Client>,
    { prefix, channel }: { prefix: string; channel: string },
  ) {
    this.#connections = connections
    this.#feed = feed
    this.#channel = channel
    this.#keys = keysOf(prefix)
    this.#versions = this.#keys.at(-1)!
  }

  async head(): Promise<Head> {
    const [revision, id] = await this.#run<[number, string]>(HEAD, [])
    return { revision, id }
  }

  async read(since: Head = EMPTY): Promise<Reading> {
    const [revision, id, all, texts] = await this.#run<[number, string, number, string[]]>(READ, [
      String(since.revision),
      since.id,
    ])
    const entries = texts.map((text) => parsed<EntryInForce>(text, 'an entry'))
    return { head: { revision, id }, entries, full: all === 1 }
  }

  async records(refs: readonly VersionRef[]): Promise<(FunctionRecord | undefined)[]> {
    if (refs.length === 0) return []
    const fields = refs.map(({ name, version }) => versionKey(name, version))
    const texts = await this.#connections.use((client) =>
      client.sendCommand<(string | null)[]>(['HMGET', this.#versions, ...fields], AS_TEXTS),
    )
    return texts.map((text) =>
      text === null ? undefined : parsed<FunctionRecord>(text, 'a record'),
    )
  }

  async commit(change: Change, expect: Head): Promise<Head> {
    const { body, names, entries, records } = textsOf(change, expect.revision + 1)
    const [made, revision, id] = await this.#run<[number, number, string]>(COMMIT, [
      String(expect.revision),
      expect.id,
      change.id,
      body,
      this.#channel,
      String(names.length),
      ...names.flatMap((name, index) => [name, entries[index]!]),
      ...records.flatMap((record) => [versionKey(record.name, record.version), record.body]),
    ])
    const head = { revision, id }
    if (made === 0) throw new StoreConflictError(expect, head)
    return head
  }

  async history(query: HistoryQuery = {}): Promise<ChangeInfo[]> {
    const { name, since = 0, until = LAST, limit = 100, newestFirst = false } = query
    const last = Math.min(until, LAST)
    const rest = [String(Math.min(limit, LAST)), newestFirst ? '1' : '0']
    const texts = await (name === undefined
      ? this.#run<string[]>(HISTORY, [String(since), String(last - 1), ...rest])
      : this.#run<string[]>(HISTORY_OF_NAME, [
          nameKey(name, since + 1),
          nameKey(name, last),
          ...rest,
        ]))
    return changesOf(texts)
  }

  watch(hint: (head?: Head) => void): Promise<Unwatch> {
    return this.#feed.add(hint)
  }

  async close(): Promise<void> {
    await Promise.all([this.#feed.close(), this.#connections.close()])
  }

  /** By its hash, which Redis knows from the first time on. */
  #run<T>(script: Script, args: string[]): Promise<T> {
    const rest = [String(this.#keys.length), ...this.#keys, ...args]
    return this.#connections.use(async (client) => {
      try {
        return await client.sendCommand<T>(['EVALSHA', script.sha, ...rest], AS_TEXTS)
      } catch (error) {
        const { message } = error as Error
        if (message.startsWith('LAYOUT')) {
          throw new StoreCorruptError(
            `The log in Redis is of layout ${message.slice(7)}, and this version of ` +
              `@isolane/functions knows ${LAYOUT} at most: update it`,
          )
        }
        if (!message.startsWith('NOSCRIPT')) throw error
        return client.sendCommand<T>(['EVAL', script.text, ...rest], AS_TEXTS)
      }
    })
  }
}
