/** `node common-child.mjs <way> <functions> <modules>`: what first calls cost, as JSON on stdout. */
import { setTimeout as pause } from 'node:timers/promises'
import { Pool } from 'isolane'
import { endWithParent } from '../lib/children.mjs'
import { median } from '../lib/statistics.mjs'

/** Functions of a module, of which each has some 200 bytes of text. */
const FUNCTIONS_OF_MODULE = 40

endWithParent()

const [way, functions, count] = process.argv.slice(2)

const moduleText = (m) =>
  Array.from(
    { length: FUNCTIONS_OF_MODULE },
    (_, f) => `exports.f${f} = function f${f}(room, rate) {
      let total = ${m * f}
      for (const night of room.nights) {
        if (night.rate > rate) total += night.rate * ${f + 1} / 100
        else total -= night.discount ?? ${m}
      }
      return { id: room.id, total, by: 'm${m}.f${f}' }
    }`,
  ).join('\n')

const modules = Array.from({ length: Number(count) }, (_, m) => [`m${m}`, moduleText(m)])
const body = (n) =>
  `(room) => [${n}, m${n % modules.length}.f${n % FUNCTIONS_OF_MODULE}(room, ${n})]`
const names = modules.map(([id]) => id)

const made = {
  modules: (n) => ({
    entry: `entry${n}`,
    modules: [
      {
        id: `entry${n}`,
        source: `${names.map((id) => `const ${id} = require('${id}')`).join('\n')}
          module.exports = ${body(n)}`,
      },
      ...modules.map(([id, source]) => ({ id, source })),
    ],
  }),
  bundles: (n) => {
    const texts = modules.map(([id, text]) => `const ${id} = {}; ((exports) => {${text}})(${id})`)
    return { name: `entry${n}`, source: `(() => { ${texts.join('\n')}\nreturn ${body(n)} })()` }
  },
}[way]
const options = way === 'bundles' ? { stateful: true } : {}
const room = { id: 1, nights: [{ rate: 50 }, { rate: 5, discount: 1 }] }

const pool = new Pool({ threads: 1, engine: 'v8', memoryLimitMb: 8192, maxContexts: 4096 })
await pool.run((x) => x, 1)
const rssBefore = process.memoryUsage.rss()
const times = []
for (let n = 0; n < Number(functions); n++) {
  const fn = made(n)
  const called = performance.now()
  await pool.run(fn, room, options)
  times.push((performance.now() - called) * 1e3)
}
// The worker reads its heap when it has nothing to do.
await pause(500)
const allMs = times.reduce((sum, time) => sum + time, 0) / 1e3
const rssMb = (process.memoryUsage.rss() - rssBefore) / 1e6
const heapMb = pool.status()[0].heapUsed / 1e6
process.stdout.write(JSON.stringify({ firstUs: median(times), allMs, heapMb, rssMb }), () =>
  process.exit(),
)
