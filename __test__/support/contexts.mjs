/** The package as test runners load it: inside a context of node:vm, with some globals of the outer one. */

import { readFileSync } from 'node:fs'
import { createRequire, isBuiltin } from 'node:module'
import { dirname } from 'node:path'
import vm from 'node:vm'

/** What jest and vitest hand on; every other built-in is the context's own. */
const HANDED_ON = {
  AbortController,
  AbortSignal,
  ArrayBuffer,
  Buffer,
  Uint8Array,
  clearImmediate,
  clearInterval,
  clearTimeout,
  console,
  performance,
  process,
  queueMicrotask,
  setImmediate,
  setInterval,
  setTimeout,
}

/** Makes a context and loads the package in it. */
export function packageInContext() {
  const context = vm.createContext({ ...HANDED_ON })
  const evaluate = (source) => vm.runInContext(source, context)
  const loaded = new Map()
  const load = (file) => {
    if (loaded.has(file)) return loaded.get(file).exports
    const module = { exports: {} }
    loaded.set(file, module)
    const outer = createRequire(file)
    const require = (id) =>
      isBuiltin(id) || id.endsWith('.node') ? outer(id) : load(outer.resolve(id))
    require.resolve = outer.resolve
    const text = readFileSync(file, 'utf8')
    if (file.endsWith('.json')) module.exports = evaluate(`(${text})`)
    else {
      const wrapper = `(function (exports, require, module, __filename, __dirname) {${text}\n})`
      const run = vm.runInContext(wrapper, context, { filename: file })
      run(module.exports, require, module, file, dirname(file))
    }
    return module.exports
  }
  return { evaluate, ...load(createRequire(import.meta.url).resolve('isolane')) }
}
