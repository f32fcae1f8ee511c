import type { FunctionOfModules, ModuleText } from 'isolane'

import type { FunctionRecord } from '../store/store.js'
import { joinedHash } from './function-set.js'

/** The version of a text that is not published. Those that are begin with 1. */
export const UNSAVED = 0

/** What is the same for all functions of a registry. */
export type Surroundings = Readonly<Pick<FunctionOfModules, 'resolveFrom' | 'print'>>

/**
 * A function with all that it requires, each in one version: what a call runs. Functions share what they
 * require.
 */
export class Linked {
  /** `name@version`, which stack traces, logs and errors name it by; `name@unsaved` of what has no version. */
  readonly id: string
  /** What it is, with all that it requires: the same for the same texts only. */
  readonly linkHash: string
  #runnable: FunctionOfModules | undefined
  /** While somebody has it: of an expression it is another text, as long. */
  #asRequired: WeakRef<ModuleText> | undefined

  constructor(
    readonly record: FunctionRecord,
    /** By the specifiers of its text. */
    readonly requires: ReadonlyMap<string, Linked>,
    readonly surroundings: Surroundings,
  ) {
    this.id = `${record.name}@${record.version === UNSAVED ? 'unsaved' : record.version}`
    const pairs = [...requires].map(([specifier, { linkHash }]) => [specifier, linkHash])
    this.linkHash = joinedHash([record.hash, pairs.sort()])
  }

  /** As the pool takes it. Frozen, and the same object each time, so that the pool recognises it. */
  get runnable(): FunctionOfModules {
    return (this.#runnable ??= Object.freeze({
      ...this.surroundings,
      entry: this.id,
      modules: Object.freeze([
        this.#module(this.record.source, this.record.form === 'function'),
        ...Array.from(this.reached, (each) => each.required()),
      ]),
    }))
  }

  /** All that it requires, and these require. */
  get reached(): Iterable<Linked> {
    // By their ids: a version that is pinned may be the one in force.
    const reached = new Map<string, Linked>()
    const add = (linked: Linked) => {
      if (!reached.has(linked.id)) reached.set(linked.id, linked)
    }
    for (const each of this.requires.values()) add(each)
    for (const each of reached.values()) each.requires.forEach(add)
    return reached.values()
  }

  /** @internal As a module of another function. What is one expression there is what it exports. */
  required(): ModuleText {
    const known = this.#asRequired?.deref()
    if (known !== undefined) return known
    const { form, source } = this.record
    const text = form === 'function' ? `module.exports = (${source}\n)` : source
    const module = this.#module(text, false)
    this.#asRequired = new WeakRef(module)
    return module
  }

  #module(source: string, isFunction: boolean): ModuleText {
    const pairs = [...this.requires].map(([specifier, { id }]) => [specifier, id])
    const imports = Object.freeze(Object.fromEntries(pairs) as Record<string, string>)
    const module = { id: this.id, source, imports }
    if (isFunction) return Object.freeze(module)
    const format = this.record.form === 'module' ? 'module' : 'commonjs'
    return Object.freeze({ ...module, format } as const)
  }
}

/** The same for the same version of the same texts only. */
export function keyOf({ id, linkHash }: Linked): string {
  return `${id} ${linkHash}`
}

/**
 * A function that does nothing but load others, as modules that are required: these need not give a function
 * themselves. Of one set, so that what several of them require is loaded once.
 */
export function loadingOf(functions: readonly Linked[]): FunctionOfModules {
  const modules = new Map<string, Linked>()
  for (const linked of functions) {
    for (const each of [linked, ...linked.reached]) modules.set(each.id, each)
  }
  const imports = Object.fromEntries(functions.map(({ id }, i) => [`#${i}`, id]))
  const lines = functions.map((_, i) => `import '#${i}'`)
  const source = [...lines, 'export default () => {}'].join('\n')
  const entry = `load ${functions.map(({ id }) => id).join(', ')}`.slice(0, LONGEST_ID)
  const first: ModuleText = { id: entry, source, format: 'module', imports }
  const texts = Array.from(modules.values(), (each) => each.required())
  const { print: _, ...place } = functions[0]?.surroundings ?? {}
  return { ...place, entry, modules: [first, ...texts] }
}

/** Of what is shown only if it fails. */
const LONGEST_ID = 200
