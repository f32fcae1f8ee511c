const noop = () => undefined

/**
 * @param {typeof import('isolane').Pool} Pool of any build
 * @param {'v8' | 'node'} engine
 * @param {object} options
 * @param {'objects' | 'deep'} [freeze] the peers' rules are not frozen at all, and a frozen array
 *   costs every reader the same anywhere
 */
export async function startPool(Pool, engine, { threads, rules }, freeze = 'objects') {
  const pool = new Pool({ threads, engine })
  const shared = rules === undefined ? [] : [await pool.share('rules', rules, { freeze })]
  return {
    map: ({ fn, items }, options) => pool.map(items, fn, { ...options, shared }),
    noop: () => pool.run(noop),
    async answered() {
      // Until all are up, those that are would only hold the others up. Calls made then at once need
      // not come to a worker each: one that is done takes the next before another has been woken.
      if (pool.status().some(({ state }) => state === 'starting')) return 0
      await Promise.all(Array.from({ length: threads }, () => pool.run(noop)))
      return threads
    },
    close: () => pool.close(),
  }
}
