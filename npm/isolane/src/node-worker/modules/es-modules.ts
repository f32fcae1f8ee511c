import vm from 'node:vm'
import { ModuleError } from '../../driver/failure.js'
import type { ModuleInstances } from '../../driver/late/module-instances.js'
import type { ModuleHost } from '../../driver/module-host.js'
import { ModuleFormat } from '../../protocol.js'
import type { ProgramModule } from './modules.js'
import type { Packages } from './packages.js'

/** ES modules among the modules of a function, by Node's own, which a Worker has by a flag. */
export class EsModules {
  readonly #modules: readonly ProgramModule[]
  readonly #host: ModuleHost
  readonly #instances: ModuleInstances
  readonly #packages: Packages
  readonly #onFailure: () => void
  /** By place; of a module that is no ES module what stands for it. */
  readonly #made: (vm.Module | undefined)[] = []
  readonly #places = new Map<vm.Module, number>()

  constructor(
    modules: readonly ProgramModule[],
    host: ModuleHost,
    instances: ModuleInstances,
    packages: Packages,
    onFailure: () => void,
  ) {
    this.#modules = modules
    this.#host = host
    this.#instances = instances
    this.#packages = packages
    this.#onFailure = onFailure
  }

  /**
   * What a module exports, once it and what it needs have been evaluated. In an object, since a module
   * may export `then`, which a promise would call.
   */
  async load(place: number): Promise<{ exported: unknown }> {
    await this.#prepare(place)
    const isEs = this.#modules[place]!.format === ModuleFormat.Module
    return {
      exported: isEs ? (await this.#evaluated(place)).namespace : this.#instances.require(place),
    }
  }

  /** `import()` in the module `from`. */
  async importFrom(from: number, specifier: string): Promise<vm.Module> {
    const place = this.#host.resolve(from, specifier)
    if (place < 0) {
      const text = `Cannot find module '${specifier}', which '${this.#modules[from]!.id}' imports`
      throw Object.assign(new Error(text), { code: 'ERR_ISOLANE_MODULE_NOT_FOUND' })
    }
    await this.#prepare(place)
    if (this.#made[place] === undefined) await this.#make(place)
    try {
      return await this.#evaluated(place)
    } catch (error) {
      this.#onFailure()
      throw error
    }
  }

  /** The namespace of an ES module that is linked, evaluated at once. */
  importNow(place: number): object {
    const module = this.#made[place]
    const { id } = this.#modules[place]!
    const order = this.#order(place, ({ imports }) => imports)
    if (order.some((at) => this.#modules[at]!.awaits)) {
      throw coded(
        `Module '${id}' awaits at its top level, and so cannot be required: import it`,
        'ERR_REQUIRE_ASYNC_MODULE',
      )
    }
    if (module === undefined || module.status === 'unlinked' || module.status === 'linking') {
      throw coded(
        `Module '${id}' cannot be required by a computed name: import it`,
        'ERR_REQUIRE_ASYNC_MODULE',
      )
    }
    if (order.some((at) => this.#made[at]?.status === 'evaluating')) {
      throw coded(`Module '${id}' is still being evaluated`, 'ERR_ISOLANE_MODULE_CYCLE')
    }
    // It is evaluated by the time that this returns; why it fails is asked below.
    if (module.status === 'linked') module.evaluate().catch(() => {})
    if (module.status === 'errored') {
      this.#onFailure()
      throw module.error as unknown
    }
    return module.namespace
  }

  /** Makes modules anew that have failed, and those that import them: as they are they cannot but fail again. */
  async renew(): Promise<void> {
    const importers: number[][] = this.#modules.map(() => [])
    for (const [place, { imports }] of this.#modules.entries()) {
      for (const imported of imports) importers[imported]!.push(place)
    }
    const gone = new Set<number>()
    const places = this.#made.flatMap((module, at) => (module?.status === 'errored' ? [at] : []))
    for (let place = places.pop(); place !== undefined; place = places.pop()) {
      if (gone.has(place)) continue
      gone.add(place)
      places.push(...importers[place]!)
    }
    const made = [...gone].filter((place) => this.#made[place] !== undefined)
    for (const place of made) {
      this.#places.delete(this.#made[place]!)
      this.#made[place] = undefined
    }
    // What requires one cannot wait for that.
    for (const place of made) await this.#remake(place).catch(() => {})
  }

  async #remake(place: number): Promise<void> {
    await this.#prepare(place)
    if (this.#made[place] === undefined) await this.#make(place)
    await this.#link(this.#made[place]!)
  }

  /** The id of the first ES module that has failed, with `error`. */
  failedWith(error: unknown): string | undefined {
    const order = this.#order(0, ({ imports }) => imports)
    const failed = order.find((place) => {
      const module = this.#made[place]
      return module?.status === 'errored' && module.error === error
    })
    return failed === undefined ? undefined : this.#modules[failed]!.id
  }

  async #evaluated(place: number): Promise<vm.Module> {
    const module = this.#made[place]!
    await this.#link(module)
    // One that has been evaluated gives the same promise again.
    await module.evaluate()
    return module
  }

  /** Makes the ES modules that a module needs, and evaluates what is none and is imported by them. */
  async #prepare(root: number): Promise<void> {
    const order = this.#order(root, ({ targets }) => targets.map(([, place]) => place))
    for (const place of order) {
      const { format, imports } = this.#modules[place]!
      if (format !== ModuleFormat.Module || this.#made[place] !== undefined) continue
      for (const imported of imports) {
        if (this.#modules[imported]!.format !== ModuleFormat.Module) await this.#make(imported)
      }
      await this.#make(place)
    }
    if (this.#modules[root]!.format !== ModuleFormat.Module) await this.#linkRequired(root)
  }

  async #make(place: number): Promise<void> {
    if (this.#made[place] !== undefined) return
    const { id, format, source } = this.#modules[place]!
    if (format === ModuleFormat.Module) {
      const made = quietly(
        () =>
          new (classes().SourceTextModule)(source, {
            identifier: id,
            initializeImportMeta: (meta) => void ((meta as { url?: string }).url = id),
            importModuleDynamically: ((specifier: string) =>
              this.importFrom(place, specifier)) as never,
          }),
      )
      return this.#keep(place, made)
    }
    const names = await this.#namesOf(place)
    const { SyntheticModule } = classes()
    const module: vm.SyntheticModule = quietly(
      () =>
        new SyntheticModule(
          Object.keys(names),
          () => {
            for (const name of Object.keys(names)) module.setExport(name, names[name])
          },
          { identifier: id },
        ),
    )
    this.#keep(place, module)
  }

  /** What a module exports that is none of the language's, or no text of ours. */
  async #namesOf(place: number): Promise<Record<string, unknown>> {
    const imported = this.#packages.import(this.#modules[place]!.id)
    if (imported !== undefined) return (await imported) as Record<string, unknown>
    await this.#linkRequired(place)
    return this.#instances.namespace(place) as Record<string, unknown>
  }

  #keep(place: number, module: vm.Module): void {
    this.#made[place] = module
    this.#places.set(module, place)
  }

  /** Links the ES modules that one of CommonJS requires, which cannot wait for that. */
  async #linkRequired(root: number): Promise<void> {
    for (const place of this.#order(root, ({ targets }) => targets.map(([, target]) => target))) {
      const module = this.#made[place]
      if (this.#modules[place]!.format === ModuleFormat.Module && module !== undefined) {
        await this.#link(module)
      }
    }
  }

  async #link(module: vm.Module): Promise<void> {
    if (module.status !== 'unlinked') return
    await module.link((specifier, referrer) => {
      const from = this.#places.get(referrer)!
      return this.#made[this.#host.resolve(from, specifier)]!
    })
  }

  /** Places that are reached by some edges: each behind those that it leads to, as far as there is no circle. */
  #order(root: number, edgesOf: (module: ProgramModule) => readonly number[]): number[] {
    const order: number[] = []
    const met = new Set([root])
    const path = [{ place: root, edges: edgesOf(this.#modules[root]!), next: 0 }]
    while (path.length > 0) {
      const last = path.at(-1)!
      const target = last.edges[last.next++]
      if (target === undefined) {
        order.push(last.place)
        path.pop()
      } else if (!met.has(target)) {
        met.add(target)
        path.push({ place: target, edges: edgesOf(this.#modules[target]!), next: 0 })
      }
    }
    return order
  }
}

function coded(text: string, code: string): Error {
  return Object.assign(new Error(text), { code })
}

function classes(): Pick<typeof vm, 'SourceTextModule' | 'SyntheticModule'> {
  const { SourceTextModule, SyntheticModule } = vm
  if (SourceTextModule !== undefined) return { SourceTextModule, SyntheticModule }
  const text =
    'Workers have no ES modules of this kind, since the options of the process are not for them'
  throw new ModuleError(new Error(text))
}

/** Without Node's word that its modules are experimental, which would come as a line of the function's. */
function quietly<T>(make: () => T): T {
  const { emitWarning } = process
  process.emitWarning = () => {}
  try {
    return make()
  } finally {
    process.emitWarning = emitWarning
  }
}
