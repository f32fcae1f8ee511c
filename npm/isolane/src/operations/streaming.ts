/** How a stream keeps calls running, and hands on their results. */

import { AbortController } from '../addon/globals.js'
import type { Call } from '../calls/call.js'
import { isTraced, traced } from '../calls/channels.js'
import { AbortError } from '../errors/errors.js'
import { withStack } from '../errors/stack.js'
import { onAbort } from '../calls/abort.js'
import { OMITTED } from '../jobs/on-error.js'
import type { Bell, Intake, Settled } from './intake.js'

/** How a stream runs. */
export interface StreamRules {
  /** Items taken from the source that have not been handed on. */
  concurrency: number
  ordered: boolean
  signal: AbortSignal | undefined
  /** Rings when anything has happened. */
  bell: Bell
  /** Whether nobody reads any more. */
  isLeft: boolean
}

/**
 * Has the stream end at once when the reader leaves, which it may do while it waits for a result. A generator
 * by itself ends only after that has come, and a silent source may never give one. Where there is no
 * stack for a step, it is not begun.
 */
export function leavable<G extends AsyncGenerator<unknown, void, void>>(
  generator: G,
  rules: StreamRules,
): G {
  for (const name of STEPS) {
    const method = generator[name] as Step
    const step = (given: unknown) => {
      if (name !== 'next') {
        rules.isLeft = true
        rules.bell.ring()
      }
      return method.call(generator, given)
    }
    replace(generator, name, async (given) => withStack(() => step(given)))
  }
  return generator
}

/** Shows a stream to those who follow calls, if anybody does: it is over when a step says so, or fails. */
export function followed<G extends AsyncGenerator<unknown, void, void>>(
  generator: G,
  call: Call,
): G {
  if (!isTraced()) return generator
  let over = (): void => {}
  let broken: (error: unknown) => void = over
  const end = new Promise<void>((resolve, reject) => {
    over = resolve
    broken = reject
  })
  // Of those who follow it nobody may be there for its error.
  traced(call, 'stream', () => end).catch(() => {})
  for (const name of STEPS) {
    const method = generator[name] as Step
    replace(generator, name, async (given) => {
      try {
        const result = await method.call(generator, given)
        if (result.done === true) over()
        return result
      } catch (error) {
        broken(error)
        throw error
      }
    })
  }
  return generator
}

const STEPS = ['next', 'return', 'throw'] as const

type Step = (value: unknown) => Promise<IteratorResult<unknown, void>>

function replace(
  generator: AsyncGenerator<unknown, void, void>,
  name: (typeof STEPS)[number],
  value: Step,
): void {
  const property = { __proto__: null, value, writable: true, configurable: true }
  Object.defineProperty(generator, name, property as PropertyDescriptor)
}

/**
 * Starts a call for each item of `intake`, `concurrency` at once, and yields the results: in input
 * order, or as they come, also while the source is silent. When the reader leaves or a call fails,
 * the other calls are aborted and the source is closed.
 */
export async function* results<T, R>(
  intake: Intake<T>,
  start: (item: T, index: number, signal: AbortSignal) => Promise<R | typeof OMITTED>,
  rules: StreamRules,
): AsyncGenerator<R, void, void> {
  const { concurrency, ordered, signal, bell } = rules
  const stop = new AbortController()
  const started = new StartedCalls<R | typeof OMITTED>(ordered, bell)
  const abort = () => {
    stop.abort()
    bell.ring()
  }
  let forget = (): void => {}
  let index = 0
  try {
    if (signal !== undefined && !signal.aborted) forget = onAbort(signal, abort)
    for (;;) {
      if (signal?.aborted) throw new AbortError(signal.reason)
      if (rules.isLeft) return
      if (started.size < concurrency) intake.pull()
      const settled = started.next()
      if (settled !== undefined) {
        if (!settled.ok) throw settled.error
        if (settled.value !== OMITTED) yield settled.value
        continue
      }
      const taken = started.size < concurrency ? intake.take(started.size) : undefined
      if (taken !== undefined) {
        started.add(
          taken.ok ? start(taken.value, index++, stop.signal) : Promise.reject(taken.error),
        )
        continue
      }
      if (intake.done && started.size === 0) return
      await bell.rung()
    }
  } catch (error) {
    throw signal?.aborted ? new AbortError(signal.reason) : error
  } finally {
    forget()
    stop.abort()
    intake.close()
  }
}

/** The calls that have been started and whose results have not been handed on. */
class StartedCalls<R> {
  readonly #ordered: boolean
  readonly #bell: Bell
  /** Those that have settled and wait for their turn, by number. */
  readonly #settled = new Map<number, Settled<R>>()
  /** Numbers of the next call to start, and of the next to be handed on. */
  #started = 0
  #handedOn = 0

  constructor(ordered: boolean, bell: Bell) {
    this.#ordered = ordered
    this.#bell = bell
  }

  get size(): number {
    return this.#started - this.#handedOn
  }

  /** A failure becomes a result, so that one behind the first is not an unhandled rejection. */
  add(call: Promise<R>): void {
    const number = this.#started++
    const settle = (settled: Settled<R>) => {
      this.#settled.set(number, settled)
      this.#bell.ring()
    }
    call.then(
      (value) => settle({ ok: true, value }),
      (error: unknown) => settle({ ok: false, error }),
    )
  }

  /** The next result, if it is there: the first in input order, or the first that came. */
  next(): Settled<R> | undefined {
    const number = this.#ordered ? this.#handedOn : this.#settled.keys().next().value
    if (number === undefined) return undefined
    const settled = this.#settled.get(number)
    if (settled === undefined) return undefined
    this.#settled.delete(number)
    this.#handedOn++
    return settled
  }
}
