import {
  ArrayBufferIsView,
  ArrayIncludes,
  ArrayIsArray,
  defineValue,
  ErrorConstructor,
  JSONParse,
  ObjectGetOwnPropertyDescriptor,
  ObjectHasOwn,
  ObjectKeys,
  ObjectSetPrototypeOf,
  privateArray,
  ReflectApply,
  ReflectOwnKeys,
  StringCharCodeAt,
  StringSlice,
  TypeErrorConstructor,
} from '../../codec/shared/primordials.js'
import { ModuleFormat } from '../../protocol.js'
import type { ModuleHost } from '../module-host.js'

/** What a CommonJS module finds as `module`. */
interface CommonJsModule {
  exports: unknown
  id: string
  filename: string
  loaded: boolean
}

/**
 * The modules of one function where it runs, each evaluated once, when it is first required. ES
 * modules are the engine's: here they are known by their namespaces.
 */
export class ModuleInstances {
  readonly #host: ModuleHost
  readonly #ids: readonly string[]
  readonly #formats: readonly number[]
  readonly #nameHelper: unknown
  /** Those that have been evaluated, or are being. */
  readonly #modules = privateArray<CommonJsModule | undefined>()
  /** Places of those that are being evaluated, the outermost first. */
  readonly #evaluating = privateArray<number>()
  /** The last that failed, and what it threw. */
  #culprit = -1
  #thrown: unknown

  /** @param nameHelper `__name`, which transpilers leave in texts */
  constructor(
    host: ModuleHost,
    ids: readonly string[],
    formats: readonly number[],
    nameHelper: unknown,
  ) {
    this.#host = host
    this.#ids = ids
    this.#formats = formats
    this.#nameHelper = nameHelper
  }

  /** What `require` gives for a module. */
  require(index: number): unknown {
    if (this.#formats[index] === ModuleFormat.Module) return this.#host.importNow(index)
    const known = this.#modules[index]
    if (known === undefined) return this.#evaluate(index)
    if (!known.loaded && !this.#host.allowsCycles) this.#refuseCycle(index)
    return known.exports
  }

  /** What `import` finds in a module that is none of the language's: an object without prototype. */
  namespace(index: number): object {
    const exported = this.require(index)
    const names = ObjectSetPrototypeOf({}, null) as Record<string, unknown>
    const format = this.#formats[index]
    const isNamed = format === ModuleFormat.CommonJs || format === ModuleFormat.Builtin
    if (isNamed && hasNames(exported)) {
      const keys = ObjectKeys(exported)
      for (let i = 0; i < keys.length; i++) names[keys[i]!] = valueOf(exported, keys[i]!)
      if (format === ModuleFormat.CommonJs) addHidden(exported, names)
    }
    names['default'] = exported
    return names
  }

  /** The id of the module that threw `error` when it was evaluated, if one has. */
  culprit(error: unknown): string | undefined {
    return this.#culprit >= 0 && this.#thrown === error ? this.#ids[this.#culprit] : undefined
  }

  #evaluate(index: number): unknown {
    const id = this.#ids[index]!
    const module: CommonJsModule = { exports: {}, id, filename: id, loaded: false }
    const evaluating = this.#evaluating
    this.#modules[index] = module
    evaluating[evaluating.length] = index
    let isDone = false
    try {
      this.#run(index, module)
      isDone = true
    } catch (error) {
      this.#accuse(index, error)
      throw error
    } finally {
      evaluating.length--
      // Whoever requires it again has it evaluated anew.
      if (!isDone) this.#modules[index] = undefined
    }
    module.loaded = true
    return module.exports
  }

  #run(index: number, module: CommonJsModule): void {
    const format = this.#formats[index]
    const { id } = module
    if (format === ModuleFormat.Json) {
      module.exports = JSONParse(this.#host.text(index))
      return
    }
    if (format === ModuleFormat.Builtin) {
      module.exports = this.#host.builtin!(id)
      return
    }
    const body = this.#host.compile(index)
    const { exports } = module
    const require = this.#requireOf(index)
    const names = [exports, require, module, id, folderOf(id), this.#nameHelper]
    const value = ReflectApply(body, exports, names) as unknown
    if (format === ModuleFormat.Expression) module.exports = value
  }

  #requireOf(index: number): unknown {
    const require = (specifier: unknown) => this.#required(index, specifier)
    const idOf = (specifier: unknown) => this.#ids[this.#find(index, specifier)]
    defineValue(require, 'resolve', idOf, true)
    return require
  }

  #required(from: number, specifier: unknown): unknown {
    return this.require(this.#find(from, specifier))
  }

  #find(from: number, specifier: unknown): number {
    if (typeof specifier !== 'string') {
      throw new TypeErrorConstructor(
        `require takes a string, not a value of type ${typeof specifier}`,
      )
    }
    const found = this.#host.resolve(from, specifier)
    if (found >= 0) return found
    throw coded(
      `Cannot find module '${specifier}', which '${this.#ids[from]!}' requires`,
      'ERR_ISOLANE_MODULE_NOT_FOUND',
    )
  }

  #refuseCycle(index: number): never {
    const evaluating = this.#evaluating
    let chain = ''
    for (let i = evaluating.length - 1; i >= 0; i--) {
      chain = ` -> ${this.#ids[evaluating[i]!]!}${chain}`
      if (evaluating[i] === index) break
    }
    const text = `Modules require each other: ${StringSlice(chain, 4)} -> ${this.#ids[index]!}`
    throw coded(text, 'ERR_ISOLANE_MODULE_CYCLE')
  }

  #accuse(index: number, error: unknown): void {
    // The innermost of those that an error passes. What is no object may be another with the same value,
    // after the first was caught: then it is the outermost.
    const hasIdentity = (typeof error === 'object' && error !== null) || typeof error === 'function'
    if (hasIdentity && this.#culprit >= 0 && this.#thrown === error) return
    this.#culprit = index
    this.#thrown = error
  }
}

/** Whether exports have names of their own that can be imported. */
function hasNames(exported: unknown): exported is Record<string, unknown> {
  if (typeof exported === 'function') return true
  if (typeof exported !== 'object' || exported === null) return false
  return !ArrayIsArray(exported) && !ArrayBufferIsView(exported)
}

/**
 * Adds what has been defined without being enumerable, such as a static method. As in Node, a getter of
 * that kind is none.
 */
function addHidden(exported: object, names: Record<string, unknown>): void {
  const keys = ReflectOwnKeys(exported)
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!
    if (typeof key !== 'string' || key in names) continue
    if (typeof exported === 'function' && ArrayIncludes(OF_FUNCTIONS, key)) continue
    const property = ObjectGetOwnPropertyDescriptor(exported, key)
    if (property !== undefined && ObjectHasOwn(property, 'value')) names[key] = property.value
  }
}

/** What functions have, and none of them exports. */
const OF_FUNCTIONS = ['length', 'name', 'prototype', 'arguments', 'caller'] as const

/** As Node does: a getter that throws exports nothing. */
function valueOf(exported: Record<string, unknown>, key: string): unknown {
  try {
    return exported[key]
  } catch {
    return undefined
  }
}

const SLASH = 0x2f

function folderOf(id: string): string {
  let end = id.length - 1
  while (end >= 0 && StringCharCodeAt(id, end) !== SLASH) end--
  return end < 0 ? '.' : StringSlice(id, 0, end)
}

function coded(text: string, code: string): Error {
  const error = new ErrorConstructor(text)
  defineValue(error, 'code', code, true)
  return error
}
