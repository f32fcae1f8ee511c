import { Pool } from 'isolane'

const noop = () => undefined

/** `engine: 'v8'`, so that a build without the addon fails instead of measuring something else. */
export async function start({ threads, rules }) {
  const pool = new Pool({ threads, engine: 'v8' })
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
