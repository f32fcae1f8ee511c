import { InvalidTypeError } from '../errors/errors.js'
import { refuseRevoked } from '../errors/invalid.js'
import { expressionOf, type Expression } from './source.js'
import type { NativePool } from '../addon/native.js'
import { NO_OPTIONS } from '../options/check.js'
import type { Engine } from '../protocol.js'
import type { PublishedNames } from './names.js'

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

/** A function object, or an expression, such as a version of a published function. */
type Known = Function | Expression

/** Texts that stay known, and scopes of one {@link Known}, which stays known as long as it lives. */
const MAX_KNOWN = 1000

/**
 * The functions of one pool. A function object is recognised on the next call, so that its source
 * is neither read nor sent again; the same for the same text.
 */
export class FunctionHandles {
  readonly #native: NativePool
  readonly #names: PublishedNames
  readonly #byObject = new WeakMap<Known, FunctionHandle>()
  /** For functions of a tenant or with state, by scope. */
  readonly #scoped = new WeakMap<Known, Map<string, FunctionHandle>>()
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
    names: PublishedNames,
  ) {
    this.#native = native
    this.#names = names
    this.#collected = new FinalizationRegistry((key) => native.releaseFunction(key))
  }

  /**
   * The handle of `fn` in a scope.
   *
   * @throws {InvalidTypeError} where `fn` is not a function or cannot run elsewhere, or where the
   *   engine cannot keep tenants apart
   * @throws {InvalidRangeError} where `fn` is a name under which nothing is published
   */
  handleOf(fn: unknown, scope: Scope = NO_SCOPE): FunctionHandle {
    if (scope.tenant !== undefined && this.engine !== 'v8') {
      throw new InvalidTypeError(
        `options.tenant needs engine 'v8'; functions on engine '${this.engine}' share the globals of their worker`,
      )
    }
    // Which refuses what nothing can be told of.
    refuseRevoked('fn', fn)
    const known = typeof fn === 'function' ? fn : this.#names.versionOf(fn)
    if (known !== undefined) return this.handleOfKnown(known, scope)
    const expression = expressionOf(fn, this)
    const identity = `${keyOf(scope)}\n${expression.form}\n${expression.name}\n${expression.source}`
    return this.#remembered(this.#byText, identity, expression, scope)
  }

  /** The handle of a function object, or of a version of a published function, in a scope. */
  handleOfKnown(known: Known, scope: Scope = NO_SCOPE): FunctionHandle {
    if (scope.tenant !== undefined || scope.stateful === true) {
      let handles = this.#scoped.get(known)
      if (handles === undefined) this.#scoped.set(known, (handles = new Map()))
      return this.#remembered(handles, keyOf(scope), known, scope)
    }
    let handle = this.#byObject.get(known)
    if (handle === undefined) {
      handle = this.#define(known, scope)
      this.#byObject.set(known, handle)
    }
    return handle
  }

  /** The handle under `key`, which then is the last to be forgotten. */
  #remembered(
    handles: Map<string, FunctionHandle>,
    key: string,
    known: Known,
    scope: Scope,
  ): FunctionHandle {
    const handle = handles.get(key) ?? this.#define(known, scope)
    handles.delete(key)
    handles.set(key, handle)
    if (handles.size > MAX_KNOWN) handles.delete(handles.keys().next().value!)
    return handle
  }

  #define(known: Known, scope: Scope): FunctionHandle {
    const { name, source, form } = typeof known === 'function' ? expressionOf(known, this) : known
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
