import { wrong } from '../errors/errors.js'
import type { FunctionStore } from './store.js'

const METHODS = ['head', 'read', 'records', 'commit', 'history'] as const

/** @throws {InvalidArgumentError} */
export function checkStore(what: string, store: unknown): asserts store is FunctionStore {
  const isStore =
    typeof store === 'object' &&
    store !== null &&
    METHODS.every((method) => typeof (store as FunctionStore)[method] === 'function')
  if (!isStore) throw wrong(what, `a store (${METHODS.join(', ')}), such as memory()`, store)
}
