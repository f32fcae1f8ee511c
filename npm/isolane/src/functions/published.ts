import { inspect } from 'node:util'
import { InvalidRangeError, InvalidTypeError } from '../errors/errors.js'
import type { AnyFunction, Expression, FunctionSource } from './source.js'
import { checkPublishOptions, type PublishOptions } from '../options/call.js'
import { FunctionForm, type ModuleAddress } from '../protocol.js'

/** What `pool.map` and the others run: a function in any form, a published one, or the name of one. */
export type Runnable<F extends AnyFunction> = FunctionSource<F> | PublishedFunction<F> | string

/** What publishing needs of the pool. */
export interface Publisher {
  /** Reads a function. @throws {InvalidTypeError} where it cannot run elsewhere */
  read(fn: unknown): Expression
  /** Has a worker load a version, which compiles and evaluates it. */
  load(version: Expression, options: PublishOptions): Promise<void>
  /** Makes a call of several jobs, for whose end a pool that closes waits. */
  inPhases<T>(parts: () => Promise<T>): Promise<T>
}

interface PublishingHost extends Publisher {
  /** Frees a name. */
  withdraw(name: string): void
}

/**
 * A function under a name that the pool's calls may use, and that a new version replaces at once. A
 * call keeps the version that it began with, and so does every item of a `stream`. In errors, logs,
 * stack traces and `pool.status()` a version is `name@version`.
 *
 * It stays until it is disposed of, or as long as its pool: whoever has let go of it finds it by
 * `pool.published`.
 */
export class PublishedFunction<out F extends AnyFunction = AnyFunction> {
  readonly #host: PublishingHost
  /** The version in force; none before the first has been checked. */
  #current: Expression | undefined
  #version = 0
  /** The end of the last update that was asked for, well or not. */
  #lastUpdate: Promise<unknown> = Promise.resolve()
  #disposed = false

  /** @internal */
  constructor(
    host: PublishingHost,
    /** The name by which calls find it. */
    readonly name: string,
  ) {
    this.#host = host
  }

  /** The version that calls made now run: 1 at first, one more after each update that succeeded. */
  get version(): number {
    return this.#version
  }

  /**
   * Checks a new version as `pool.publish` does, and puts it in the place of the one before: calls
   * made afterwards run it, those made before keep theirs. Updates happen one after the other, in
   * the order in which they were asked for.
   *
   * @param fn a function, `{ source }` or `{ filename, name }`; another file than before, since
   *   Node's Workers load a module once
   * @param options limits of the check, which begins when the updates before have ended
   * @returns the version that `fn` has become
   * @throws what `pool.publish` rejects with; the version before stays in force
   */
  async update(fn: FunctionSource<F>, options?: PublishOptions): Promise<number> {
    this.#assertAlive()
    const checked = checkPublishOptions(options)
    const text = this.#host.read(fn)
    return this.#host.inPhases(() => {
      const update = this.#lastUpdate.then(() => this.#replace(text, checked))
      this.#lastUpdate = update.catch(() => {})
      return update
    })
  }

  async #replace(text: Expression, options: PublishOptions): Promise<number> {
    this.#assertAlive()
    if (text.form === FunctionForm.Module && text.source === this.#current?.source) {
      const { filename } = JSON.parse(text.source) as ModuleAddress
      throw new InvalidTypeError(
        `${this.#current.name} is in ${filename} already, which workers load only once; ` +
          `put the new version into another file`,
      )
    }
    const version = this.#version + 1
    const next = { ...text, name: `${this.name}@${version}` }
    await this.#host.load(next, options)
    this.#assertAlive()
    this.#current = next
    this.#version = version
    return version
  }

  /**
   * Frees the name, and lets the function go once the calls that run it have ended. Disposing twice
   * does nothing.
   */
  dispose(): void {
    if (this.#disposed) return
    this.#disposed = true
    this.#current = undefined
    this.#host.withdraw(this.name)
  }

  /** Same as {@link dispose}. */
  [Symbol.dispose](): void {
    this.dispose()
  }

  /** @internal The version in force, for a call on `host`. */
  versionFor(host: PublishingHost): Expression {
    this.#assertAlive()
    if (host !== this.#host) {
      throw new InvalidTypeError(`The published function '${this.name}' belongs to another pool`)
    }
    return this.#current!
  }

  #assertAlive(): void {
    if (this.#disposed) {
      throw new InvalidTypeError(`The published function '${this.name}' has been disposed of`)
    }
  }
}

/** The published functions of one pool, by name. */
export class Publications {
  readonly #host: PublishingHost
  /** Those too whose first version is being checked: the name is taken. */
  readonly #byName = new Map<string, PublishedFunction>()

  constructor(publisher: Publisher) {
    this.#host = { ...publisher, withdraw: (name) => this.#byName.delete(name) }
  }

  /** See `pool.publish`. */
  async publish<F extends AnyFunction>(
    name: string,
    fn: FunctionSource<F>,
    options: PublishOptions | undefined,
  ): Promise<PublishedFunction<F>> {
    if (this.#byName.has(name)) {
      throw new InvalidRangeError(
        `A function is published as '${name}' already; give it a new version by update(), or ` +
          `dispose of it first`,
      )
    }
    const published = new PublishedFunction<F>(this.#host, name)
    this.#byName.set(name, published)
    try {
      await published.update(fn, options)
      return published
    } catch (error) {
      published.dispose()
      throw error
    }
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
    if (fn instanceof PublishedFunction) return fn.versionFor(this.#host)
    if (typeof fn !== 'string') return undefined
    const found = this.find(fn)
    if (found === undefined) throw this.#unknown(fn)
    return found.versionFor(this.#host)
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
