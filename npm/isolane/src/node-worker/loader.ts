import { createRequire, type Module } from 'node:module'
import { join } from 'node:path'
import { functionPathEnd, functionPathStart } from '../functions/files.js'
import type { FunctionText } from '../addon/native.js'
import { importFunction } from '../functions/modules.js'
import { EvaluationError, LoadError } from '../driver/failure.js'
import type { UserFunction } from '../driver/folding.js'
import { FunctionForm, type ModuleAddress } from '../protocol.js'
import { NodeModules, type Program, type Resolve } from './modules/modules.js'
import { Packages } from './modules/packages.js'
import { compileExpression, importer, loadError, nameHelper, type Importer } from './script.js'

/** Functions that stay loaded. */
const MAX_LOADED = 256

/** Names that inline source finds besides the globals. */
const PARAMETERS = ['__name', 'require', 'module', 'exports']

type Loaded = UserFunction | Promise<UserFunction>

/** Functions of which modules have failed; a list. */
interface Failed {
  id: number
  modules: NodeModules
  next: Failed | undefined
}

// Captured: functions may replace them.
const bind = Function.prototype.call
const { get, set, has, delete: remove } = Map.prototype
const mapGet = bind.bind(get) as (map: Map<number, Loaded>, id: number) => Loaded | undefined
const mapSet = bind.bind(set) as (map: Map<number, Loaded>, id: number, value: Loaded) => void
const mapHas = bind.bind(has) as (map: Map<number, Loaded>, id: number) => boolean
const mapDelete = bind.bind(remove) as (map: Map<number, Loaded>, id: number) => void
const { apply } = Reflect
const { parse } = JSON

/** Turns texts into functions, and keeps them by id, but for those that are loaded for one call. */
export class Loader {
  readonly #loaded = new Map<number, Loaded>()
  /** Those whose modules are being evaluated. */
  readonly #evaluating = new Map<number, Loaded>()
  /** Since the last call. */
  #failed: Failed | undefined
  /** Ids of what is loaded, in a ring: the oldest makes room. */
  readonly #ids = new Float64Array(MAX_LOADED)
  #next = 0
  /** Whether the function that was asked for last, and is not loaded yet, is made of modules. */
  loadsModules = false
  readonly #require: NodeRequire
  readonly #packages: Packages
  /** The start of a path in the folder that `require` and `import` in inline source are resolved from. */
  readonly #base: string
  readonly #import: Importer
  readonly #resolve: (id: number, from: number, specifier: string) => number

  /** @param resolve what a specifier means in a module of the function with this id */
  constructor(
    resolveFrom: string,
    resolve: (id: number, from: number, specifier: string) => number,
  ) {
    this.#resolve = resolve
    this.#base = functionPathStart(resolveFrom)
    this.#require = createRequire(join(resolveFrom, 'functions.cjs'))
    this.#packages = new Packages(this.#require)
    this.#import = importer(this.#require, this.#base)
  }

  /**
   * The function with this id. Throws, or rejects with, a {@link LoadError},
   * {@link EvaluationError} or `ModuleError`.
   */
  load(id: number, text: () => FunctionText): Loaded {
    if (this.#failed !== undefined) this.#renew()
    const known = mapGet(this.#loaded, id)
    this.loadsModules = mapHas(this.#evaluating, id)
    if (known !== undefined) return known
    const found = text()
    const { source, form, fresh } = found
    // What Node has imported it keeps by itself.
    if (form === FunctionForm.Module) {
      return this.#keepPromised(id, importFunction(parse(source) as ModuleAddress))
    }
    const loaded =
      form === FunctionForm.Modules
        ? this.#evaluate(id, parse(source) as Program)
        : this.#compile(found)
    if (fresh) return loaded
    return typeof loaded === 'function' ? this.#keep(id, loaded) : this.#keepPromised(id, loaded)
  }

  #evaluate(id: number, program: Program): Loaded {
    const resolve: Resolve = (from, specifier) => this.#resolve(id, from, specifier)
    // Then the next call evaluates them anew.
    const onFailure = (modules: NodeModules) => {
      this.#failed = { id, modules, next: this.#failed }
    }
    const loaded = new NodeModules(program, resolve, this.#packages, onFailure).load()
    if (typeof loaded === 'function') return loaded
    mapSet(this.#evaluating, id, loaded)
    this.loadsModules = true
    const isDone = () => void mapDelete(this.#evaluating, id)
    loaded.then(isDone, isDone)
    return loaded
  }

  /** Has what has failed ready to be evaluated anew, before the function is called. */
  #renew(): void {
    let failed = this.#failed
    for (this.#failed = undefined; failed !== undefined; failed = failed.next) {
      const { id, modules } = failed
      const loaded = mapGet(this.#loaded, id)
      if (loaded !== undefined) this.#keepPromised(id, modules.renewed(loaded))
    }
  }

  #keepPromised(id: number, promised: Promise<UserFunction>): Loaded {
    const loading = promised.then(
      (fn) => this.#keep(id, fn) as UserFunction,
      (error: unknown) => {
        // It may work the next time.
        mapDelete(this.#loaded, id)
        throw error
      },
    )
    return this.#keep(id, loading)
  }

  #keep(id: number, loaded: Loaded): Loaded {
    if (!mapHas(this.#loaded, id)) {
      mapDelete(this.#loaded, this.#ids[this.#next]!)
      this.#ids[this.#next] = id
      this.#next = (this.#next + 1) % MAX_LOADED
    }
    mapSet(this.#loaded, id, loaded)
    return loaded
  }

  /** As the v8 engine does (`expression.rs`): in the mode of its form; one expression. */
  #compile(text: FunctionText): UserFunction {
    const filename = this.#base + functionPathEnd(text.name)
    const options = { filename, importModuleDynamically: this.#import }
    let wrapper: Function
    try {
      wrapper = compileExpression(text, PARAMETERS, options)
    } catch (error) {
      throw loadError(error, text.source)
    }
    const module = { exports: {} } as Module
    let fn: unknown
    try {
      fn = apply(wrapper, undefined, [nameHelper, this.#require, module, module.exports])
    } catch (error) {
      throw new EvaluationError(error)
    }
    if (typeof fn === 'function') return fn as UserFunction
    const message = `The source gives a value of type ${typeof fn}, not a function`
    throw new LoadError(new TypeError(message), 0, 0)
  }
}
