import { builtinModules } from 'node:module'
import { InvalidTypeError } from '../errors/errors.js'
import { refuseRevoked } from '../errors/invalid.js'
import { linkError } from './link-error.js'
import { type FunctionOfModules, isFrozen, isSame, type ModuleTable } from './module-table.js'
import { preambleOf } from './helpers.js'
import { expressionOf, FN, type Expression } from './source.js'
import { addonError, ask } from '../addon/failure.js'
import { binding, type NativePool } from '../addon/native.js'
import { NO_OPTIONS } from '../options/check.js'
import { type Engine, FunctionForm, type ModuleAddress } from '../protocol.js'
import type { PublishedNames } from './names.js'

/** A function that the addon knows. */
export interface FunctionHandle {
  key: number
  name: string
  /** On whose behalf it runs. */
  tenant: string | undefined
  /** What it was made of, if it is one function. */
  readonly known?: Known
}

/** Whose state a function sees, and what it keeps. */
export interface Scope {
  tenant?: string
  stateful?: boolean
  fresh?: boolean
  /** Of the call that asks, where it was given. */
  callId?: string
}

/** The error of a call of `fn` that cannot be made. */
export type Unmade = (error: Error, fn: FunctionHandle, scope: Scope) => Error

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
  readonly #watches: boolean
  readonly #unmade: Unmade
  readonly #byObject = new WeakMap<Known, FunctionHandle>()
  /** For functions of a tenant, with state, or with a context for each call, by scope. */
  readonly #scoped = new WeakMap<Known, Map<string, FunctionHandle>>()
  /** Functions that are made of modules, as they were when they came last. */
  readonly #ofModules = new WeakMap<object, Expression>()
  /** Those of them that nobody can change, which are not looked at again. */
  readonly #frozen = new WeakMap<object, Expression>()
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
    /** Whether files are looked at that functions were read from. */
    watches: boolean,
    unmade: Unmade,
  ) {
    this.#watches = watches
    this.#unmade = unmade
    this.#native = native
    this.#names = names
    this.#collected = new FinalizationRegistry((key) =>
      ask('let a function go', () => native.releaseFunction(key)),
    )
  }

  /**
   * The handle of `fn`, which errors call `what`, in a scope.
   *
   * @throws {InvalidTypeError} where `fn` is not a function or cannot run elsewhere, where the
   *   engine cannot keep tenants apart, or where the scope contradicts itself
   * @throws {InvalidRangeError} where `fn` is a name under which nothing is published
   */
  handleOf(fn: unknown, scope: Scope = NO_SCOPE, what: string = FN): FunctionHandle {
    const found = this.#find(fn, scope, what)
    return 'key' in found ? found : this.handleOfKnown(found, scope, what)
  }

  /** As {@link handleOf}, in two steps: what is given gives the handle, after {@link read}. */
  handleOnceRead(fn: unknown, scope: Scope, what: string): () => Promise<FunctionHandle> {
    const found = this.#find(fn, scope, what)
    return async () => {
      if ('key' in found) return found
      await this.read(found)
      return this.handleOfKnown(found, scope, what)
    }
  }

  /**
   * Has a function's modules read on a thread beside this one, if it is made of some. To take it is then
   * soon done.
   */
  async read(known: Known): Promise<void> {
    if (typeof known === 'function' || known.modules === undefined) return
    if (this.#byObject.has(known)) return
    const { source, modules } = known
    try {
      const packages = this.#packages(modules)
      await binding().readModules(source, modules.texts, this.#builtins, packages)
    } catch (error) {
      throw addonError('read modules', error)
    }
  }

  /** A handle; or what is to be asked for one, of which it is known that nobody has changed it since. */
  #find(fn: unknown, scope: Scope, what: string): FunctionHandle | Known {
    if (scope.tenant !== undefined && this.engine !== 'v8') {
      throw new InvalidTypeError(
        `options.tenant needs engine 'v8'; functions on engine '${this.engine}' share the globals of their worker`,
      )
    }
    // Which refuses what nothing can be told of.
    refuseRevoked(what, fn)
    const known = typeof fn === 'function' ? fn : this.#names.versionOf(fn)
    if (known !== undefined) return known
    const frozen = isObject(fn) ? this.#frozen.get(fn) : undefined
    if (frozen !== undefined) return frozen
    const expression = expressionOf(fn, this, what)
    if (expression.modules !== undefined) return this.#unchanged(fn as object, expression)
    const identity = `${keyOf(scope)}\n${expression.form}\n${expression.name}\n${expression.source}`
    if (this.#watches && expression.form === FunctionForm.Files) this.#forgetStale(identity)
    return this.#remembered(this.#byText, identity, expression, scope, what)
  }

  /** Forgets a function whose files have changed: it is read anew. */
  #forgetStale(identity: string): void {
    const known = this.#byText.get(identity)
    if (known !== undefined && this.#isStale(known.key)) this.#byText.delete(identity)
  }

  /** What `fn` was made of the last time, where that was the same. */
  #unchanged(fn: object, expression: Expression): Expression {
    const last = this.#ofModules.get(fn)
    if (last !== undefined && isSame(last, expression)) return last
    this.#ofModules.set(fn, expression)
    if (isFrozen(fn as FunctionOfModules)) this.#frozen.set(fn, expression)
    return expression
  }

  /** The handle of a function object, or of a version of a published function, in a scope. */
  handleOfKnown(known: Known, scope: Scope = NO_SCOPE, what: string = FN): FunctionHandle {
    if (scope.tenant !== undefined || scope.stateful === true || scope.fresh === true) {
      let handles = this.#scoped.get(known)
      if (handles === undefined) this.#scoped.set(known, (handles = new Map()))
      return this.#remembered(handles, keyOf(scope), known, scope, what)
    }
    let handle = this.#byObject.get(known)
    if (handle === undefined) {
      handle = this.#define(known, scope, what)
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
    what: string,
  ): FunctionHandle {
    const handle = handles.get(key) ?? this.#define(known, scope, what)
    handles.delete(key)
    handles.set(key, handle)
    if (handles.size > MAX_KNOWN) handles.delete(handles.keys().next().value!)
    return handle
  }

  #define(known: Known, scope: Scope, what: string): FunctionHandle {
    if (scope.fresh === true && scope.stateful === true) {
      throw new InvalidTypeError(
        'options.fresh and options.stateful contradict each other: a call finds what those before it have left, or nothing',
      )
    }
    const expression = typeof known === 'function' ? expressionOf(known, this, what) : known
    const { name } = expression
    const key = ask('take a function', () => this.#keyOf(expression, scope))
    if (typeof key === 'string') {
      const { modules } = expression
      const packages = modules && (this.#packages(modules) ?? null)
      const error = linkError(name, key, this.engine, what, packages)
      throw this.#unmade(error, { key: 0, name, tenant: scope.tenant }, scope)
    }
    const handle = { key, name, tenant: scope.tenant, known }
    this.#collected.register(handle, handle.key)
    return handle
  }

  #isStale(key: number): boolean {
    return ask('look at files again', () => this.#native.isStale(key))
  }

  /** A key, or as JSON why the function's modules cannot be linked. */
  #keyOf({ name, source, form, modules }: Expression, scope: Scope): number | string {
    const { tenant, stateful = false, fresh = false } = scope
    const native = this.#native
    if (form === FunctionForm.Files) {
      const { filename, name: exported } = JSON.parse(source) as ModuleAddress
      return native.defineFile(name, filename, exported, tenant, stateful, fresh)
    }
    if (modules === undefined) {
      const preamble = form === FunctionForm.Module ? '' : preambleOf(source)
      return native.define(name, source, preamble, form, tenant, stateful, fresh)
    }
    const { texts, export: exported } = modules
    const outside = [this.#builtins, this.#packages(modules)] as const
    return native.defineModules(name, source, texts, exported, ...outside, tenant, stateful, fresh)
  }

  /** The folder in which packages are sought. */
  #packages({ resolveFrom = this.resolveFrom }: ModuleTable): string | undefined {
    return this.engine === 'node' ? resolveFrom : undefined
  }

  get #builtins(): readonly string[] {
    return this.engine === 'node' ? BUILTINS : []
  }
}

/** Specifiers of Node's own modules. */
const BUILTINS: readonly string[] = builtinModules.flatMap((name) =>
  name.startsWith('node:') ? [name] : [name, `node:${name}`],
)

const NO_SCOPE: Scope = NO_OPTIONS

function keyOf({ tenant, stateful = false, fresh = false }: Scope): string {
  return (stateful ? 's' : '') + (fresh ? 'f' : '') + (tenant === undefined ? '' : `:${tenant}`)
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
