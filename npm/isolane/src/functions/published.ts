import type { CallName } from '../addon/call-name.js'
import type { Diagnostic } from '../check/diagnostic.js'
import { InvalidTypeError } from '../errors/errors.js'
import { assertStack } from '../errors/stack.js'
import type { AnyFunction, Expression, FunctionSource } from './source.js'
import { checkPublishOptions, type PublishOptions } from '../options/call.js'
import { changed, NO_OPTIONS } from '../options/check.js'
import type { RulesConfig } from '../options/rules.js'
import { FunctionForm, type ModuleAddress } from '../protocol.js'

/** What `pool.map` and the others run: a function in any form, a published one, or the name of one. */
export type Runnable<F extends AnyFunction> = FunctionSource<F> | PublishedFunction<F> | string

/** What a published function needs of its pool. */
export interface Publisher {
  /** Reads a function. @throws {InvalidTypeError} where it cannot run elsewhere */
  read(fn: unknown): Expression
  /** Judges a version, and gives warnings. @throws {CheckFailedError} for errors */
  check(
    name: string,
    version: Expression,
    rules: true | RulesConfig,
  ): Promise<readonly Diagnostic[]>
  /** Has a worker load a version, which compiles and evaluates it. */
  load(version: Expression, options: PublishOptions): Promise<CallName>
  /** A version is in force. */
  announce(message: () => { name: string; version: number; callId: string }): void
  /** Makes a call of several jobs, for whose end a pool that closes waits. */
  inPhases<T>(phases: () => Promise<T>): Promise<T>
  /** Frees a name. */
  withdraw(name: string): void
}

const NONE: readonly Diagnostic[] = Object.freeze([])

/**
 * A function under a name that the pool's calls may use, and that a new version replaces at once. A
 * call keeps the version that it began with, and so does every item of a `stream`. In errors, logs,
 * stack traces and `pool.status()` a version is `name@version`.
 *
 * It stays until it is disposed of, or as long as its pool: whoever has let go of it finds it by
 * `pool.published`.
 */
export class PublishedFunction<out F extends AnyFunction = AnyFunction> {
  readonly #publisher: Publisher
  /** The version in force; none before the first has been checked. */
  #current: Expression | undefined
  #version = 0
  /** By which versions are judged. */
  #rules: boolean | RulesConfig = false
  #diagnostics: readonly Diagnostic[] = NONE
  /** The end of the last update that was asked for, well or not. */
  #lastUpdate: Promise<unknown> = Promise.resolve()
  #disposed = false

  /** @internal */
  constructor(
    publisher: Publisher,
    /** The name by which calls find it. */
    readonly name: string,
  ) {
    this.#publisher = publisher
  }

  /** The version that calls made now run: 1 at first, one more after each update that succeeded. */
  get version(): number {
    return this.#version
  }

  /** What the checker has against the version in force: warnings. Empty where it was not checked. */
  get diagnostics(): readonly Diagnostic[] {
    return this.#diagnostics
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
    const text = this.#publisher.read(fn)
    assertStack()
    return this.#publisher.inPhases(() => {
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
    const { check: rules = this.#rules, ...limits } = options
    const { name } = this
    const diagnostics = rules === false ? NONE : await this.#publisher.check(name, text, rules)
    const version = this.#version + 1
    const next = { ...text, name: `${name}@${version}` }
    const call = await this.#publisher.load(next, changed(NO_OPTIONS, limits))
    this.#assertAlive()
    this.#current = next
    this.#version = version
    this.#rules = rules
    this.#diagnostics = diagnostics
    this.#publisher.announce(() => ({ name, version, callId: call.callId }))
    return version
  }

  /**
   * Frees the name, and lets the function go once the calls that run it have ended. Disposing twice
   * does nothing.
   */
  dispose(): void {
    if (this.#disposed) return
    assertStack()
    this.#disposed = true
    this.#current = undefined
    this.#publisher.withdraw(this.name)
  }

  /** Same as {@link dispose}. */
  [Symbol.dispose](): void {
    this.dispose()
  }

  /** @internal The version in force, for a call. There is one once `publish` has given this object. */
  inForce(): Expression {
    this.#assertAlive()
    return this.#current!
  }

  #assertAlive(): void {
    if (this.#disposed) {
      throw new InvalidTypeError(`The published function '${this.name}' has been disposed of`)
    }
  }
}
