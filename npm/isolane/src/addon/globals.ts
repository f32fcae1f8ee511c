import { runInThisContext } from 'node:vm'

/** Node's own, also where the package is loaded in a context that lacks them, such as jsdom's. */
export const structuredClone = runInThisContext(
  'structuredClone',
) as typeof globalThis.structuredClone
export const AbortController = runInThisContext(
  'AbortController',
) as typeof globalThis.AbortController
