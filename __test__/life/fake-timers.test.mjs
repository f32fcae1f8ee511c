import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { engine } from '../support/engine.mjs'
import { runScript } from '../support/processes.mjs'

/** Puts timers and clocks that stand still in the place of Node's, in all that can be reached. */
const fake = `
  import timers from 'node:timers'
  import { syncBuiltinESMExports } from 'node:module'
  const real = { ...timers, Date, queueMicrotask, now: performance.now }
  const names = ['setTimeout', 'setInterval', 'setImmediate', 'clearTimeout', 'clearInterval', 'clearImmediate']
  function install() {
    for (const name of names) globalThis[name] = timers[name] = () => ({ ref() {}, unref() {} })
    globalThis.queueMicrotask = () => {}
    performance.now = () => 0
    globalThis.Date = class extends real.Date { constructor() { super(0) } static now() { return 0 } }
    syncBuiltinESMExports()
  }
  function remove() {
    for (const name of names) globalThis[name] = timers[name] = real[name]
    globalThis.queueMicrotask = real.queueMicrotask
    performance.now = real.now
    globalThis.Date = real.Date
    syncBuiltinESMExports()
  }
`

const calls = `
  const large = Array.from({ length: 50_000 }, (_, n) => ({ n, text: 'item ' + n }))
  async function use(pool) {
    const loggedAt = []
    pool.on('log', ({ time }) => loggedAt.push(time.getTime()))
    const got = [
      await pool.run((x) => (console.log('line'), x), 1),
      (await pool.map(large, (x) => x.n)).length,
      (await pool.map(new Float64Array(100_000), (x) => x)).length,
      await pool.reduce([1, 2, 3], { reduce: (a, b) => a + b }),
      await pool.run(() => { for (;;); }, 0, { timeout: 50 }).catch((error) => error.code),
      await pool.run((x) => x, new Uint8Array(1 << 17)).then((bytes) => bytes.length),
    ]
    for await (const x of pool.stream([4, 5], (x) => x)) got.push(x)
    await pool.close()
    got.push(loggedAt.length > 0 && loggedAt.every((time) => time > 0))
    return got
  }
`
const right = [1, 50_000, 100_000, 6, 'ERR_ISOLANE_TIMEOUT', 1 << 17, 4, 5, true]

async function printed(script) {
  const { code, stdout, stderr } = await runScript(script)
  assert.equal(code, 0, stderr)
  return JSON.parse(stdout)
}

describe('timers and clocks that are replaced after the package was loaded', () => {
  it('change nothing, before, while and after they stand still', async () => {
    const got = await printed(`
      import { Pool } from 'isolane'
      ${fake}
      ${calls}
      const options = { engine: '${engine}', threads: 1 }
      const early = new Pool(options)
      await early.run(() => 1)
      install()
      const results = [await use(early), await use(new Pool(options))]
      const late = new Pool(options)
      await late.run(() => 1)
      remove()
      results.push(await use(late), await use(new Pool(options)))
      console.log(JSON.stringify(results))
    `)
    assert.deepEqual(got, [right, right, right, right])
  })
})
