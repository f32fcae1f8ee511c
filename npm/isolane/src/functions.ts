import { expressionOf } from './function-source.js'
import type { NativePool } from './native.js'

/** A function that the addon knows. */
export interface FunctionHandle {
  key: number
  name: string
}

/** Texts that stay known; a function object stays known as long as it lives. */
const MAX_TEXTS = 1000

/**
 * The functions of one pool. A function object is recognised on the next call, so that its source
 * is neither read nor sent again; the same for the same text.
 */
export class Functions {
  readonly #native: NativePool
  readonly #byObject = new WeakMap<object, FunctionHandle>()
  readonly #byText = new Map<string, FunctionHandle>()
  readonly #collected: FinalizationRegistry<number>

  constructor(native: NativePool) {
    this.#native = native
    this.#collected = new FinalizationRegistry((key) => native.releaseFunction(key))
  }

  /**
   * The handle of `fn`.
   *
   * @throws {InvalidTypeError} where `fn` is not a function or cannot run elsewhere
   */
  handleOf(fn: unknown): FunctionHandle {
    if (typeof fn !== 'function') return this.#handleOfText(fn)
    let handle = this.#byObject.get(fn)
    if (handle === undefined) {
      const { name, source } = expressionOf(fn)
      handle = { key: this.#native.define(name, source), name }
      this.#byObject.set(fn, handle)
      this.#collected.register(fn, handle.key)
    }
    return handle
  }

  #handleOfText(fn: unknown): FunctionHandle {
    const { name, source } = expressionOf(fn)
    const identity = `${name}\n${source}`
    let handle = this.#byText.get(identity)
    if (handle === undefined) {
      handle = { key: this.#native.define(name, source), name }
      this.#byText.set(identity, handle)
      if (this.#byText.size > MAX_TEXTS) this.#forgetOldest()
    }
    return handle
  }

  #forgetOldest(): void {
    const [identity, handle] = this.#byText.entries().next().value!
    this.#byText.delete(identity)
    // Commands that name the key may still wait to be sent in this turn.
    setImmediate(() => this.#native.releaseFunction(handle.key))
  }
}
