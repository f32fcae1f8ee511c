import { engine } from './engine.mjs'

/** Bytes of the heap in use of a pool's only worker. */
export async function heapOf(pool) {
  if (engine === 'node') {
    return pool.run(async () => {
      const { setFlagsFromString } = await import('node:v8')
      const { runInNewContext } = await import('node:vm')
      // What is garbage stays long where there is room for it.
      setFlagsFromString('--expose-gc')
      runInNewContext('gc')()
      return process.memoryUsage().heapUsed
    })
  }
  // Long enough for the isolate to look.
  const work = '(n) => { let sum = 0; for (let i = 0; i < n; i++) sum += i % 3; return sum }'
  await pool.run({ source: work, name: 'work' }, 3e6)
  return pool.status()[0].heapUsed
}
