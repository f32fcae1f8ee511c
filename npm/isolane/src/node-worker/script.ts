/** Text that becomes code in a Worker, and what its compile errors say. */

import { isAbsolute } from 'node:path'
import { pathToFileURL } from 'node:url'
import vm from 'node:vm'
import { LoadError } from '../driver/failure.js'
import { FunctionForm } from '../protocol.js'

/** What `import()` in a text goes to. */
export type Importer = vm.ScriptOptions['importModuleDynamically']

/** What a script is called, and where it imports from. */
export interface Origin {
  filename: string
  importModuleDynamically: Importer
}

/** What `import()` in inline source goes to. */
export function importer(require: NodeRequire, base: string): Importer {
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

/** A text that is one expression, what stands before it in one line, and in which mode it is. */
export interface ExpressionText {
  source: string
  preamble: string
  form: number
}

/** Compiles one expression as a function of `names` that gives its value, as the v8 engine does (`expression.rs`). */
export function compileExpression(
  { source, preamble, form }: ExpressionText,
  names: readonly string[],
  origin: Origin,
): Function {
  const inMode = (directive: string) =>
    compileBody(`${directive}${preamble}return(\n${source}\n)`, names, origin)
  let wrapper: Function | undefined
  try {
    if (form !== FunctionForm.Sloppy) wrapper = inMode(`'use strict';`)
  } catch (error) {
    if (form === FunctionForm.Strict) throw error
  }
  wrapper ??= inMode('')
  // A text that closes the parenthesis around it is more than one expression: it cannot close
  // a bracket too.
  compileBody(`return[\n${source}\n]`, names, origin)
  return wrapper
}

/** Not by `vm.compileFunction`: in Node 20 its lines cannot begin at 0. */
function compileBody(body: string, names: readonly string[], origin: Origin): Function {
  const text = `(function(${names.join(',')}){${body}})`
  const script = new vm.Script(text, { ...origin, lineOffset: -1 })
  return script.runInThisContext() as Function
}

/** `__name`, which esbuild and tsx leave in functions. */
export function nameHelper<F extends object>(fn: F, name: string): F {
  const property = { __proto__: null, value: name, configurable: true } as PropertyDescriptor
  return Object.defineProperty(fn, 'name', property)
}

/**
 * Where a source stops making sense. Node writes the place in front of the stack: file and line,
 * the text of that line, and a caret under the column.
 *
 * @param module the id of the module that it is, if it is one
 */
export function loadError(error: unknown, source: string, module?: string): LoadError {
  if (!(error instanceof SyntaxError)) return new LoadError(error, 0, 0, module)
  const [head = '', , caret = ''] = String(error.stack).split('\n')
  const line = Number(/:(\d+)$/.exec(head)?.[1] ?? 0)
  const lines = source.split('\n')
  if (line > lines.length) {
    // The compiler met it in what stands around the text.
    const end = new SyntaxError('Unexpected end of input')
    return new LoadError(end, lines.length, [...lines.at(-1)!].length + 1, module)
  }
  error.stack = `${error.name}: ${error.message}`
  return new LoadError(error, line, caret.indexOf('^') + 1, module)
}
