import { createContext, runInContext } from 'node:vm'
import { FunctionRegistry, memory } from '@isolane/functions'
import { Pool } from 'isolane'
import { ISOLANE } from '../peers/contenders.mjs'
import { publicationsOf } from './texts.mjs'

/**
 * How a service may run functions that it has as text. Each is given their number and that of its threads, and
 * gives what makes a call.
 *
 * @type {Record<string, (functions: number, threads: number) => Promise<(name: string, order: object) => Promise<unknown>>>}
 */
export const WAYS = {
  async [ISOLANE](functions, threads) {
    const registry = new FunctionRegistry(new Pool({ threads }), { store: memory() })
    await registry.publishAll(publicationsOf(functions, 1))
    return (name, order) => registry.run(name, order)
  },
  async 'vm, a context for each call'(functions) {
    const texts = textsOf(functions)
    return async (name, order) => loaded(name, texts.get(name))(order)
  },
  async 'vm, a context for each function'(functions) {
    const texts = textsOf(functions)
    const known = new Map()
    return async (name, order) => {
      let fn = known.get(name)
      if (fn === undefined) known.set(name, (fn = loaded(name, texts.get(name))))
      return fn(order)
    }
  },
}

const textsOf = (functions) =>
  new Map(publicationsOf(functions, 1).map(({ name, source }) => [name, source]))

function loaded(name, text) {
  const module = { exports: {} }
  const context = createContext({ module, exports: module.exports, console })
  runInContext(text, context, { filename: name })
  return module.exports
}
