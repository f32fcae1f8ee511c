import { wrong } from '../errors/errors.js'
import { checkKeys } from '../errors/options.js'
import type { InForce } from '../loading/in-force.js'
import { checkName } from '../names/name.js'
import { type FunctionDetails, functionInfo, type FunctionInfo } from './info.js'

/** Which functions are meant. */
export interface Which {
  /** Those whose names begin so. */
  prefix?: string
  /** Those that have this tag. */
  tag?: string
}

/** What a registry answers about what is in force. */
export class Catalog {
  readonly #inForce: InForce

  constructor(inForce: InForce) {
    this.#inForce = inForce
  }

  get(name: string): FunctionDetails | undefined {
    if (typeof name !== 'string') throw wrong('name', 'a string', name)
    const info = this.infoOf(name)
    return info && { ...info, source: this.#inForce.set.records.get(name)!.source }
  }

  infoOf(name: string): FunctionInfo | undefined {
    const { records, entries } = this.#inForce.set
    const record = records.get(name)
    return record && functionInfo(record, entries.get(name)!)
  }

  list(which: Which): FunctionInfo[] {
    return this.names(which).map((name) => this.infoOf(name)!)
  }

  /** Names of those that are meant, in their order. */
  names(which: Which): string[] {
    checkKeys(which, ['prefix', 'tag'])
    for (const [key, text] of Object.entries(which)) {
      if (text !== undefined && typeof text !== 'string') {
        throw wrong(`options.${key}`, 'a string', text)
      }
    }
    const { prefix = '', tag } = which
    const { records, entries } = this.#inForce.set
    const isMeant = (name: string) =>
      name.startsWith(prefix) && (tag === undefined || entries.get(name)!.tags?.includes(tag))
    return [...records.keys()].filter(isMeant).sort()
  }

  dependents(name: string): string[] {
    checkName('name', name)
    return this.#inForce.set.dependentsOf(name)
  }
}
