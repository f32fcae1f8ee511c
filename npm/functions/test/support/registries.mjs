import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'

import { FunctionRegistry, memory } from '@isolane/functions'
import { engines, Pool } from 'isolane'

/** How long a helper waits for what must come before it calls that a hang. */
const PATIENCE_MS = 60_000

/** Whether pools of these tests have isolates. */
export const hasV8 = engines().includes('v8')

/** The options of a call for a tenant, where there can be any. */
export const tenancy = hasV8 ? { tenant: 't' } : {}

/** A pool for tests: as urgent as they are, and silent. */
export function newPool(options = {}) {
  return new Pool({ threads: 2, niceIncrement: 0, console: false, ...options })
}

/**
 * Gives `use` a pool, and a function that makes registries on it; ends all of them.
 *
 * @template T
 * @param {(tools: { pool: Pool, open: (options?: object, pool?: Pool) => FunctionRegistry }) => Promise<T>} use
 */
export async function withRegistries(use, options) {
  const pool = newPool(options)
  const registries = []
  const alive = setInterval(() => {}, PATIENCE_MS)
  const open = (given = {}, on = pool) => {
    const registry = new FunctionRegistry(on, { store: memory(), ...given })
    registries.push(registry)
    return registry
  }
  try {
    return await use({ pool, open })
  } finally {
    await Promise.all(registries.map((registry) => registry.close()))
    await pool.destroy()
    clearInterval(alive)
  }
}

/** Lines of a pool, with the ids of workers, as they come. */
export function linesOf(pool) {
  const lines = []
  pool.on('log', ({ worker, message }) => lines.push({ worker, message }))
  return lines
}

/** A store in which functions are published already, by somebody who has not loaded them. */
export async function storeWith(functions) {
  const store = memory()
  const editor = new FunctionRegistry(undefined, { store, closeStore: false })
  await editor.publishAll(Object.entries(functions).map(([name, source]) => ({ name, source })))
  await editor.close()
  return store
}

/** Resolves once `condition()` is truthy, with what it gave. */
export async function until(condition, what = String(condition)) {
  const end = performance.now() + PATIENCE_MS
  for (;;) {
    const value = await condition()
    if (value) return value
    if (performance.now() > end) throw new Error(`still not so: ${what}`)
    await pause(1)
  }
}

/** When a registry has a revision in force. */
export async function atRevision(registry, revision) {
  while (registry.health().revision < revision) await once(registry, 'revision')
}

/** What `promise` rejects with. */
export async function rejection(promise) {
  return promise.then(
    (value) => {
      throw new Error(`resolved with ${JSON.stringify(value)}`)
    },
    (error) => error,
  )
}
