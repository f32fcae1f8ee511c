const noop = () => undefined

/**
 * @param {typeof import('isolane').Pool} Pool of any build
 * @param {'v8' | 'node'} engine
 * @param {object} options
 * @param {'deep' | 'objects' | false} [freeze] of the rules; by default as `share` has it
 */
export async function startPool(Pool, engine, { threads, rules, memoryLimitMb }, freeze) {
  const pool = new Pool({ threads, engine, memoryLimitMb })
  const shared = rules === undefined ? [] : [await pool.share('rules', rules, { freeze })]
  return {
    map: ({ fn, items }, options) => pool.map(items, fn, { ...options, shared }),
    mapText: ({ fn, bytes }) => pool.map(bytes, fn, { from: 'json', into: 'json', shared }),
    noop: () => pool.run(noop),
    async answered() {
      // Until all are up, those that are would only hold the others up. Calls made then at once need
      // not come to a worker each: one that is done takes the next before another has been woken.
      if (pool.status().some(({ state }) => state === 'starting')) return 0
      await Promise.all(Array.from({ length: threads }, () => pool.run(noop)))
      return threads
    },
    heapUsed: () => pool.status().reduce((sum, { heapUsed }) => sum + heapUsed, 0),
    close: () => pool.close(),
  }
}
