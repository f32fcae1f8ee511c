import { createRequire, type Module } from 'node:module'
import { isAbsolute, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import vm from 'node:vm'
import { functionPathEnd, functionPathStart } from '../functions/files.js'
import type { FunctionText } from '../addon/native.js'
import { EvaluationError, LoadError, ModuleError } from '../driver/failure.js'
import type { UserFunction } from '../driver/folding.js'
import { FunctionForm, type ModuleAddress } from '../protocol.js'

/** Functions that stay loaded. */
const MAX_LOADED = 256

/** Names that inline source finds besides the globals. */
const PARAMETERS = '__name,require,module,exports'

type Loaded = UserFunction | Promise<UserFunction>

// Captured: functions may replace them.
const bind = Function.prototype.call
const { get, set, has, delete: remove } = Map.prototype
const mapGet = bind.bind(get) as (map: Map<number, Loaded>, id: number) => Loaded | undefined
const mapSet = bind.bind(set) as (map: Map<number, Loaded>, id: number, value: Loaded) => void
const mapHas = bind.bind(has) as (map: Map<number, Loaded>, id: number) => boolean
const mapDelete = bind.bind(remove) as (map: Map<number, Loaded>, id: number) => void
const { apply } = Reflect
const { parse } = JSON

/** Turns texts into functions, and keeps them by id. */
export class Loader {
  readonly #loaded = new Map<number, Loaded>()
  /** Ids of what is loaded, in a ring: the oldest makes room. */
  readonly #ids = new Float64Array(MAX_LOADED)
  #next = 0
  readonly #require: NodeRequire
  /** The start of a path in the folder that `require` and `import` in inline source are resolved from. */
  readonly #base: string
  readonly #import: Importer

  constructor(resolveFrom: string) {
    this.#base = functionPathStart(resolveFrom)
    this.#require = createRequire(join(resolveFrom, 'functions.cjs'))
    this.#import = importer(this.#require, this.#base)
  }

  /**
   * The function with this id. Throws, or rejects with, a {@link LoadError},
   * {@link EvaluationError} or {@link ModuleError}.
   */
  load(id: number, text: () => FunctionText): Loaded {
    const known = mapGet(this.#loaded, id)
    if (known !== undefined) return known
    const { name, source, form } = text()
    if (form === FunctionForm.Source) return this.#keep(id, this.#compile(name, source))
    const loading = importFunction(parse(source) as ModuleAddress).then(
      (fn) => this.#keep(id, fn) as UserFunction,
      (error: unknown) => {
        // The file may be there the next time.
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

  /** As the v8 engine does (`source.rs`): strict first, sloppy if that fails; one expression. */
  #compile(name: string, source: string): UserFunction {
    const filename = this.#base + functionPathEnd(name)
    let wrapper: Function
    try {
      wrapper = compileBody(`'use strict';return(\n${source}\n)`, filename, this.#import)
    } catch {
      try {
        wrapper = compileBody(`return(\n${source}\n)`, filename, this.#import)
      } catch (error) {
        throw loadError(error, source)
      }
    }
    try {
      // A text that closes the parenthesis around it is more than one expression: it cannot close
      // a bracket too.
      compileBody(`return[\n${source}\n]`, filename, this.#import)
    } catch (error) {
      throw loadError(error, source)
    }
    const module = { exports: {} } as Module
    let fn: unknown
    try {
      fn = apply(wrapper, undefined, [nameHelper, this.#require, module, module.exports])
    } catch (error) {
      throw new EvaluationError(error)
    }
    if (typeof fn === 'function') return fn as UserFunction
    const text = `The source gives a value of type ${typeof fn}, not a function`
    throw new LoadError(new TypeError(text), 0, 0)
  }
}

type Importer = vm.ScriptOptions['importModuleDynamically']

/** What `import()` in inline source goes to. */
function importer(require: NodeRequire, base: string): Importer {
  // Resolves from the file name, which lies in the folder that functions are resolved from.
  const loader = vm.constants?.USE_MAIN_CONTEXT_DEFAULT_LOADER
  if (loader !== undefined) return loader
  // Before Node 20.12 there was none.
  return (specifier) => {
    if (/^\.{0,2}\/|^[a-z]+:/.test(specifier)) {
      return import(new URL(specifier, pathToFileURL(base)).href)
    }
    const resolved = require.resolve(specifier)
    return import(isAbsolute(resolved) ? pathToFileURL(resolved).href : resolved)
  }
}

/** Not by `vm.compileFunction`: in Node 20 its lines cannot begin at 0. */
function compileBody(body: string, filename: string, importModuleDynamically: Importer): Function {
  const script = new vm.Script(`(function(${PARAMETERS}){${body}})`, {
    filename,
    lineOffset: -1,
    importModuleDynamically,
  })
  return script.runInThisContext() as Function
}

/** `__name`, which esbuild and tsx leave in functions. */
function nameHelper<F extends object>(fn: F, name: string): F {
  const property = { __proto__: null, value: name, configurable: true } as PropertyDescriptor
  return Object.defineProperty(fn, 'name', property)
}

/**
 * Where a source stops making sense. Node writes the place in front of the stack: file and line,
 * the text of that line, and a caret under the column.
 */
function loadError(error: unknown, source: string): LoadError {
  if (!(error instanceof SyntaxError)) return new LoadError(error, 0, 0)
  const [head = '', , caret = ''] = String(error.stack).split('\n')
  const line = Number(/:(\d+)$/.exec(head)?.[1] ?? 0)
  const lines = source.split('\n')
  if (line > lines.length) {
    // The compiler met it in what stands around the text.
    const end = new SyntaxError('Unexpected end of input')
    return new LoadError(end, lines.length, [...lines.at(-1)!].length + 1)
  }
  error.stack = `${error.name}: ${error.message}`
  return new LoadError(error, line, caret.indexOf('^') + 1)
}

async function importFunction({ filename, name }: ModuleAddress): Promise<UserFunction> {
  const exported = await importFile(filename)
  const fn = pick(exported, name)
  if (typeof fn === 'function') return fn as UserFunction
  const what = name === undefined ? 'default export' : `export '${name}'`
  const message =
    fn === undefined
      ? `${filename} has no ${what}; it has: ${namesOf(exported).join(', ') || 'none'}`
      : `The ${what} of ${filename} is no function but of type ${typeof fn}`
  throw new ModuleError(new TypeError(message))
}

async function importFile(filename: string): Promise<Record<string, unknown>> {
  try {
    return (await import(pathToFileURL(filename).href)) as Record<string, unknown>
  } catch (error) {
    throw new ModuleError(error)
  }
}

/** An export; of CommonJS also where Node's lexer does not see it, and as transpilers write it. */
function pick(exported: Record<string, unknown>, name: string | undefined): unknown {
  const main = exported['default'] as Record<string, unknown> | undefined
  if (name !== undefined) return exported[name] ?? main?.[name]
  if (typeof main === 'object' && main !== null && main['__esModule']) return main['default']
  return main
}

function namesOf(exported: Record<string, unknown>): string[] {
  const main = exported['default']
  const inner = typeof main === 'object' && main !== null ? Object.keys(main) : []
  return [...new Set([...Object.keys(exported), ...inner])].filter((name) => name !== '__esModule')
}
