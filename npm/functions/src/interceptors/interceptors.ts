import { InvalidArgumentError, wrong } from '../errors/errors.js'
import { isPattern, matcher, PATTERN_RULE } from '../names/pattern.js'
import type { CallContext } from './context.js'

/**
 * Runs around a call. What it returns is what the call gives; where it returns nothing, that is what `next()`
 * gives. Without `next()` the function does not run. What it throws is what the call fails with.
 */
export type Interceptor = (context: CallContext, next: () => Promise<any>) => unknown

interface Entry {
  readonly matches: (name: string) => boolean
  readonly interceptor: Interceptor
}

/** What runs around calls, the outermost first. */
export class Interceptors {
  #entries: readonly Entry[] = []

  get isEmpty(): boolean {
    return this.#entries.length === 0
  }

  /**
   * @returns what takes it away again, for calls that begin later
   * @throws {InvalidArgumentError}
   */
  add(pattern: unknown, interceptor: unknown): () => void {
    if (!isPattern(pattern)) throw wrong('pattern', PATTERN_RULE, pattern)
    if (typeof interceptor !== 'function') throw wrong('interceptor', 'a function', interceptor)
    const entry = { matches: matcher([pattern]), interceptor: interceptor as Interceptor }
    this.#entries = [...this.#entries, entry]
    return () => {
      this.#entries = this.#entries.filter((each) => each !== entry)
    }
  }

  /** Those around a call of functions. */
  of(names: readonly string[]): Interceptor[] {
    const matching = this.#entries.filter(({ matches }) => names.some(matches))
    return matching.map(({ interceptor }) => interceptor)
  }
}

/** Runs interceptors as an onion, in the order and with the errors of koa's middleware. */
export function around(
  interceptors: readonly Interceptor[],
  context: CallContext,
  innermost: () => Promise<unknown>,
): Promise<unknown> {
  const from = async (i: number): Promise<unknown> => {
    const interceptor = interceptors[i]
    if (interceptor === undefined) return innermost()
    let inner: Promise<unknown> | undefined
    let hasFailed = false
    const next = () => {
      if (inner !== undefined) return Promise.reject(new Error('next() called multiple times'))
      inner = from(i + 1)
      // Nobody may wait for it.
      inner.catch(() => {
        hasFailed = true
      })
      return inner
    }
    const given = await interceptor(context, next)
    return given === undefined && !hasFailed ? inner : given
  }
  return from(0)
}

/** Of the arguments of `use`: all functions are meant where no pattern is given. */
export function patternAndInterceptor(given: readonly unknown[]): [unknown, unknown] {
  if (given.length === 1) return ['*', given[0]]
  if (given.length === 2) return [given[0], given[1]]
  throw new InvalidArgumentError(
    `use takes an interceptor, or a pattern and an interceptor; got ${given.length} arguments`,
  )
}
