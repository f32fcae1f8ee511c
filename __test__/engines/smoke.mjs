/** What every host of the addon is to do, run by each: `other-hosts.test.mjs` reads what it prints. */
import { Pool } from 'isolane'

const engine = process.argv[2]
const seen = {}

const pool = new Pool({ engine, threads: 2 })
const rules = await pool.share('rules', { add: [1, 2, 3] })
const codeOf = (call) =>
  call.then(
    () => 'none',
    (error) => error.code,
  )

seen.map = await pool.map([1, 2, 3], (x) => x * 2)
seen.share = await pool.map([1, 2], (x, _, { shared }) => x + shared.rules.add[2], {
  shared: [rules],
})
seen.typedArrays = Array.from(await pool.map(new Float64Array([1, 2]), (x) => x / 2))
const { map } = await pool.run((x) => x, { map: new Map([[1, new Date(0)]]) })
seen.values = map.get(1).getTime()
seen.throws = await codeOf(
  pool.run(() => {
    throw new TypeError('no')
  }),
)
seen.timeout = await codeOf(
  pool.run(
    () => {
      for (;;);
    },
    undefined,
    { timeout: 100 },
  ),
)
seen.partial = await pool
  .map(
    [1, 2, 3],
    (x) => {
      if (x === 3) for (;;);
      return x
    },
    { timeout: 500, onTimeout: 'partial', chunkSize: 1 },
  )
  .then(({ status }) => status)
seen.afterwards = await pool.run((x) => x, 'works')
if (engine === 'node') {
  seen.timers = await pool.run(
    () => new Promise((resolve) => setTimeout(resolve, 5, typeof require('node:fs'))),
  )
  seen.waits = await codeOf(
    pool.run(() => new Promise((resolve) => setTimeout(resolve, 60_000)), undefined, {
      timeout: 100,
    }),
  )
  seen.exits = await codeOf(pool.run(() => process.exit(3)))
}
await pool.close()

/** A pool with a memory limit: what comes of a call that passes it, or why there is none. */
const limited = async () => {
  const small = new Pool({ engine, threads: 1, memoryLimitMb: 64 })
  const hoard = () => {
    const hoarded = []
    for (;;) hoarded.push(new Array(200_000).fill(hoarded.length))
  }
  const code = await codeOf(small.run(hoard, undefined, { timeout: 60_000 }))
  seen.afterMemory = await small.run(() => 'works')
  await small.destroy()
  return code
}
seen.memory = await limited().catch(({ code, message }) => `${code}: ${message}`)
console.log(JSON.stringify(seen))
