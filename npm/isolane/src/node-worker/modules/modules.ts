import vm from 'node:vm'
import { ModuleError } from '../../driver/failure.js'
import type { UserFunction } from '../../driver/folding.js'
import { exportedFunction } from '../../driver/late/exported.js'
import { ModuleInstances } from '../../driver/late/module-instances.js'
import type { CommonJsBody, ModuleHost } from '../../driver/module-host.js'
import { FunctionForm, ModuleFormat } from '../../protocol.js'
import { EsModules } from './es-modules.js'
import type { Packages } from './packages.js'
import { compileExpression, loadError, nameHelper } from '../script.js'

/** A function that is made of modules, as `crates/isolane/src/modules/mod.rs` tells of it. */
export interface Program {
  /** The first gives the function. */
  modules: readonly ProgramModule[]
  /** What it is exported as; the main export without it. */
  name?: string
  allowsCycles: boolean
}

/** A module of a {@link Program}; others are known by their places. */
export interface ProgramModule {
  id: string
  /** A `ModuleFormat`. */
  format: number
  source: string
  /** Whether it awaits at its top level. */
  awaits: boolean
  /** Whether it is to find `__name`: it refers to that, and does not declare it. */
  lacksNameHelper: boolean
  /** Places of the modules that it asks for, by specifier. */
  targets: readonly (readonly [specifier: string, place: number])[]
  /** Places of those that it imports, if it is an ES module. */
  imports: readonly number[]
}

/** What is found of a specifier that is none of a module's targets; -1 for nothing. */
export type Resolve = (from: number, specifier: string) => number

/** What a CommonJS module finds besides the globals, in the order in which the driver passes it. */
const NAMES = ['exports', 'require', 'module', '__filename', '__dirname']

/** The modules of one function in a Worker, evaluated once. */
export class NodeModules implements ModuleHost {
  readonly allowsCycles: boolean
  readonly #program: Program
  readonly #resolve: Resolve
  readonly #packages: Packages
  readonly #targets: ReadonlyMap<string, number>[]
  readonly #instances: ModuleInstances
  readonly #es: EsModules
  #hasFailed = false
  /** What stopped the last text that did not compile. */
  #unparsed: { place: number; error: unknown } | undefined

  /**
   * @param packages gives what is Node's to load
   * @param onFailure ES modules have failed: they stay so until {@link renewed}
   */
  constructor(
    program: Program,
    resolve: Resolve,
    packages: Packages,
    onFailure: (modules: NodeModules) => void,
  ) {
    const { modules, allowsCycles } = program
    this.allowsCycles = allowsCycles
    this.#program = program
    this.#resolve = resolve
    this.#packages = packages
    this.#targets = modules.map(({ targets }) => new Map(targets))
    const ids = modules.map(({ id }) => id)
    const formats = modules.map(({ format }) => format)
    this.#instances = new ModuleInstances(this, ids, formats, nameHelper)
    this.#es = new EsModules(modules, this, this.#instances, packages, () => {
      if (!this.#hasFailed) onFailure(this)
      this.#hasFailed = true
    })
  }

  /** The function. Throws, or rejects with, a `LoadError` or a {@link ModuleError}. */
  load(): UserFunction | Promise<UserFunction> {
    if (!this.#program.modules.some(({ format }) => format === ModuleFormat.Module)) {
      return this.#picked(this.#told(() => this.#instances.require(0)))
    }
    return this.#es.load(0).then(
      ({ exported }) => this.#picked(exported),
      (error: unknown) => {
        throw this.#failure(error)
      },
    )
  }

  /** The function, once ES modules that have failed are ready to be evaluated anew by whoever asks for them. */
  async renewed(fn: UserFunction | Promise<UserFunction>): Promise<UserFunction> {
    const loaded = await fn
    this.#hasFailed = false
    await this.#es.renew()
    return loaded
  }

  compile(index: number): CommonJsBody {
    const { id, source, format, lacksNameHelper } = this.#program.modules[index]!
    // Others may declare one of their own.
    const names = lacksNameHelper ? [...NAMES, '__name'] : NAMES
    const importModuleDynamically = (specifier: string) => this.#es.importFrom(index, specifier)
    const options = { filename: id, importModuleDynamically: importModuleDynamically as never }
    try {
      if (format === ModuleFormat.Expression)
        return compileExpression(
          { source, preamble: '', form: FunctionForm.Source },
          names,
          options,
        ) as CommonJsBody
      return vm.compileFunction(source, names, options) as CommonJsBody
    } catch (error) {
      this.#unparsed = { place: index, error }
      throw error
    }
  }

  text(index: number): string {
    return this.#program.modules[index]!.source
  }

  resolve(from: number, specifier: string): number {
    return this.#targets[from]!.get(specifier) ?? this.#resolve(from, specifier)
  }

  importNow(index: number): object {
    return this.#es.importNow(index)
  }

  builtin(id: string): unknown {
    return this.#packages.require(id)
  }

  #picked(exported: unknown): UserFunction {
    const { name, modules } = this.#program
    return this.#told(() => exportedFunction(exported, name, modules[0]!.id))
  }

  #told<T>(step: () => T): T {
    try {
      return step()
    } catch (error) {
      throw this.#failure(error)
    }
  }

  /** What is told of what a module threw. */
  #failure(error: unknown): unknown {
    if (error instanceof ModuleError) return error
    const { modules } = this.#program
    if (this.#unparsed !== undefined && this.#unparsed.error === error) {
      const { id, source } = modules[this.#unparsed.place]!
      return loadError(error, source, id)
    }
    const failed = this.#es.failedWith(error)
    return new ModuleError(error, failed ?? this.#instances.culprit(error))
  }
}
