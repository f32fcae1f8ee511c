import { FunctionWarmUpError } from '../errors/errors.js'
import type { InForce } from '../loading/in-force.js'
import type { WarmSettings } from '../warming/options.js'
import type { Samples } from '../warming/samples.js'
import type { RegistryData } from './registry-data.js'

/** What a registry is made of that has to be ready. */
export interface ReadinessParts {
  /** When there is something in force. */
  readonly begun: () => Promise<void>
  /** @throws {RegistryClosedError} */
  readonly assertOpen: () => void
  readonly inForce: InForce
  readonly data: RegistryData | undefined
  readonly samples: Samples | undefined
  readonly warm: WarmSettings
  readonly onReady: (() => unknown) | undefined
}

/**
 * When functions can be called. What is in force and the data are looked at each time; what is warmed and the
 * hook, until they have been ready once: a process that has begun does not end by what others publish.
 */
export class Readiness {
  readonly #parts: ReadinessParts
  #isReached: boolean
  #hook: Promise<unknown> | undefined
  #hasHookFailed = false

  constructor(parts: ReadinessParts) {
    this.#parts = parts
    const { samples, warm, onReady } = parts
    this.#isReached = samples === undefined && !warm.isRequired && onReady === undefined
  }

  /** Whether samples and the hook have been done with. */
  get isReached(): boolean {
    return this.#isReached
  }

  /** @throws why functions cannot be called */
  async ready(): Promise<void> {
    if (this.#hasHookFailed) this.#hook = undefined
    this.#hasHookFailed = false
    await this.#attempt()
  }

  /** Something has changed that may have been missing. Who asks is told what goes wrong. */
  look(): void {
    if (!this.#isReached) this.#attempt().catch(() => {})
  }

  async #attempt(): Promise<void> {
    const { begun, assertOpen, data, samples } = this.#parts
    await begun()
    try {
      await data?.ready()
    } finally {
      // The data ends with the registry, and its error is about nothing else then.
      assertOpen()
    }
    if (this.#isReached) return
    await samples?.haveRun()
    assertOpen()
    if (this.#parts.warm.isRequired) this.#refuseFailures()
    await (this.#hook ??= this.#callHook())
    this.#isReached = true
  }

  /** @throws {FunctionWarmUpError} */
  #refuseFailures(): void {
    const { inForce, samples, warm } = this.#parts
    const [failure] = samples?.failures ?? []
    if (failure !== undefined) throw failure
    for (const { name, version, reason } of inForce.rejected.values()) {
      if (!warm.isWarm(name) || inForce.serving.has(name)) continue
      if (reason instanceof FunctionWarmUpError) throw reason
      throw new FunctionWarmUpError(name, version, reason, undefined)
    }
  }

  async #callHook(): Promise<void> {
    try {
      await this.#parts.onReady?.()
    } catch (error) {
      this.#hasHookFailed = true
      throw error
    }
  }
}
