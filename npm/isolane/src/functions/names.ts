import { inspect } from 'node:util'
import { InvalidRangeError, InvalidTypeError } from '../errors/errors.js'
import { PublishedFunction } from './published.js'
import type { Expression } from './source.js'

/** The published functions of one pool, by name. */
export class PublishedNames {
  /** Those too whose first version is being checked: the name is taken. */
  readonly #byName = new Map<string, PublishedFunction>()

  /**
   * Takes a name.
   *
   * @throws {InvalidRangeError} it is taken
   */
  add(published: PublishedFunction): void {
    const { name } = published
    if (this.#byName.has(name)) {
      throw new InvalidRangeError(
        `A function is published as '${name}' already; give it a new version by update(), or ` +
          `dispose of it first`,
      )
    }
    this.#byName.set(name, published)
  }

  /** Frees a name. */
  delete(name: string): void {
    this.#byName.delete(name)
  }

  /** The function that is published under this name. */
  find(name: string): PublishedFunction | undefined {
    const found = this.#byName.get(name)
    return found === undefined || found.version === 0 ? undefined : found
  }

  /**
   * What a call runs whose `fn` is a published function or the name of one; `undefined` for a
   * function in another form.
   *
   * @throws {InvalidRangeError} no function has this name
   * @throws {InvalidTypeError} the function is another pool's, or was disposed of
   */
  versionOf(fn: unknown): Expression | undefined {
    if (fn instanceof PublishedFunction) {
      const version = fn.inForce()
      if (this.#byName.get(fn.name) === fn) return version
      throw new InvalidTypeError(`The published function '${fn.name}' belongs to another pool`)
    }
    if (typeof fn !== 'string') return undefined
    const found = this.find(fn)
    if (found === undefined) throw this.#unknown(fn)
    return found.inForce()
  }

  #unknown(name: string): InvalidRangeError {
    const names = [...this.#byName.keys()].filter((known) => this.find(known) !== undefined)
    return new InvalidRangeError(
      `No function is published as ${inspect(name, { maxStringLength: LONGEST_SHOWN })}; ` +
        `${listOf(names)}. Source text is passed as { source }`,
    )
  }
}

/** Of a name in an error, as many characters; and so many names. */
const LONGEST_SHOWN = 80
const MOST_SHOWN = 10

function listOf(names: string[]): string {
  if (names.length === 0) return 'none is published'
  const shown = names.slice(0, MOST_SHOWN).map((name) => `'${name}'`)
  const more = names.length - shown.length
  return `there are ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}
