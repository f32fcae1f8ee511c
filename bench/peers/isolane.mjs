import { Pool } from 'isolane'

const noop = () => undefined

/** A build without the engine fails instead of measuring another one. */
export const start = (options) => startOn('v8', options)

export async function startOn(engine, { threads, rules }) {
  const pool = new Pool({ threads, engine })
  // The peers' rules are not frozen either: a frozen array costs every reader the same anywhere.
  const shared =
    rules === undefined ? [] : [await pool.share('rules', rules, { freeze: 'objects' })]
  return {
    map: ({ fn, items }, options) => pool.map(items, fn, { ...options, shared }),
    noop: () => pool.run(noop),
    async answered() {
      await Promise.all(Array.from({ length: threads }, () => pool.run(noop)))
      return pool.status().filter((worker) => worker.itemsDone > 0).length
    },
    close: () => pool.close(),
  }
}
