import { InvalidTypeError } from './errors.js'
import { expressionOf, type Expression } from './function-source.js'
import type { NativePool } from './native.js'
import { NO_OPTIONS, type Engine } from './options.js'

/** A function that the addon knows. */
export interface FunctionHandle {
  key: number
  name: string
}

/** Whose state a function sees, and what it keeps. */
export interface Scope {
  tenant?: string
  stateful?: boolean
}

/** Texts that stay known, and scopes of one function object, which stays known as long as it lives. */
const MAX_KNOWN = 1000

/**
 * The functions of one pool. A function object is recognised on the next call, so that its source
 * is neither read nor sent again; the same for the same text.
 */
export class Functions {
  readonly #native: NativePool
  readonly #byObject = new WeakMap<object, FunctionHandle>()
  /** For functions of a tenant or with state, by scope. */
  readonly #scoped = new WeakMap<object, Map<string, FunctionHandle>>()
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
   * The handle of `fn` in a scope.
   *
   * @throws {InvalidTypeError} where `fn` is not a function or cannot run elsewhere, or where the
   *   engine cannot keep tenants apart
   */
  handleOf(fn: unknown, scope: Scope = NO_SCOPE): FunctionHandle {
    if (scope.tenant !== undefined && this.engine !== 'v8') {
      throw new InvalidTypeError(
        `options.tenant needs engine 'v8'; functions on engine '${this.engine}' share the globals of their worker`,
      )
    }
    if (typeof fn !== 'function') {
      const expression = expressionOf(fn, this)
      const identity = `${keyOf(scope)}\n${expression.form}\n${expression.name}\n${expression.source}`
      return this.#known(this.#byText, identity, () => expression, scope)
    }
    if (scope.tenant !== undefined || scope.stateful === true) {
      let handles = this.#scoped.get(fn)
      if (handles === undefined) this.#scoped.set(fn, (handles = new Map()))
      return this.#known(handles, keyOf(scope), () => expressionOf(fn, this), scope)
    }
    let handle = this.#byObject.get(fn)
    if (handle === undefined) {
      handle = this.#define(expressionOf(fn, this), scope)
      this.#byObject.set(fn, handle)
    }
    return handle
  }

  /** The handle under `key`, which then is the last to be forgotten. */
  #known(
    handles: Map<string, FunctionHandle>,
    key: string,
    expression: () => Expression,
    scope: Scope,
  ): FunctionHandle {
    const handle = handles.get(key) ?? this.#define(expression(), scope)
    handles.delete(key)
    handles.set(key, handle)
    if (handles.size > MAX_KNOWN) handles.delete(handles.keys().next().value!)
    return handle
  }

  #define({ name, source, form }: Expression, scope: Scope): FunctionHandle {
    const { tenant, stateful = false } = scope
    const handle = { key: this.#native.define(name, source, form, tenant, stateful), name }
    this.#collected.register(handle, handle.key)
    return handle
  }
}

const NO_SCOPE: Scope = NO_OPTIONS

function keyOf({ tenant, stateful = false }: Scope): string {
  return (stateful ? 's' : '') + (tenant === undefined ? '' : `:${tenant}`)
}
