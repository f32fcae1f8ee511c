import { expressionOf, type Expression } from './function-source.js'
import type { NativePool } from './native.js'
import type { Engine } from './options.js'

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
  /**
   * Releases keys whose handles nobody holds. A handle outlives its function while a call still
   * refers to it; commands are sent in the turn in which they were made, before any release.
   */
  readonly #collected: FinalizationRegistry<number>

  constructor(
    native: NativePool,
    readonly engine: Engine,
    readonly resolveFrom: string,
  ) {
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
      handle = this.#define(expressionOf(fn, this))
      this.#byObject.set(fn, handle)
    }
    return handle
  }

  #handleOfText(fn: unknown): FunctionHandle {
    const expression = expressionOf(fn, this)
    const identity = `${expression.form}\n${expression.name}\n${expression.source}`
    let handle = this.#byText.get(identity)
    if (handle === undefined) {
      handle = this.#define(expression)
      this.#byText.set(identity, handle)
      if (this.#byText.size > MAX_TEXTS) this.#byText.delete(this.#byText.keys().next().value!)
    }
    return handle
  }

  #define({ name, source, form }: Expression): FunctionHandle {
    const handle = { key: this.#native.define(name, source, form), name }
    this.#collected.register(handle, handle.key)
    return handle
  }
}
