import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { runScript } from '../support/processes.mjs'

const head = `
  import { Pool } from './__test__/support/engine.mjs'
  const pool = new Pool({ threads: 2 })
  const hang = () => { for (;;); }
  const running = () => pool.status().filter(({ state }) => state === 'running').length
  const until = async (condition) => {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1))
  }
`

async function assertEnds(script, expected, options) {
  const { code, signal, stdout, stderr } = await runScript(head + script, options)
  const { stderr: pattern = /^$/, ...rest } = expected
  assert.match(stderr, pattern)
  assert.deepEqual({ code, signal, stdout }, { code: 0, signal: null, stdout: '', ...rest })
}

describe('a pool that is idle does not keep the process alive', () => {
  it('one that was never used', () => assertEnds('', {}))

  it('one that was used', () =>
    assertEnds('console.log(await pool.map([1, 2], (x) => x * 2))', { stdout: '[ 2, 4 ]\n' }))

  it('one that holds shared values', () =>
    assertEnds(
      `const value = await pool.share('value', [1])
       console.log(await pool.run((_, { shared }) => shared.value, 0, { shared: [value] }))`,
      { stdout: '[ 1 ]\n' },
    ))

  it('one whose call failed', () =>
    assertEnds(
      `await pool.run(() => { throw new Error('no') }).catch((error) => console.log(error.code))
       await pool.run(hang, 0, { timeout: 20 }).catch((error) => console.log(error.code))`,
      { stdout: 'ERR_ISOLANE_FUNCTION\nERR_ISOLANE_TIMEOUT\n' },
    ))

  it('one whose stream was left half way', () =>
    assertEnds(
      `for await (const n of pool.stream([1, 2, 3, 4], (x) => x)) { console.log(n); break }`,
      { stdout: '1\n' },
    ))

  it('one with listeners', () =>
    assertEnds(
      `for (const event of ['log', 'drain', 'error', 'workerCreate']) pool.on(event, () => {})`,
      {},
    ))
})

describe('a pool that is busy keeps the process alive', () => {
  it('until a call has ended', () =>
    assertEnds(
      `pool.run(() => { const end = Date.now() + 100; while (Date.now() < end); return 'done' }).then(console.log)`,
      { stdout: 'done\n' },
    ))

  it('until calls that wait have ended', () =>
    assertEnds(
      `const spin = (x) => { const end = Date.now() + 30; while (Date.now() < end); return x }
       for (let n = 0; n < 6; n++) pool.run(spin, n).then(() => process.stdout.write('.'))`,
      { stdout: '......' },
    ))

  it('until a map has ended', () =>
    assertEnds(
      `const spin = (x) => { const end = Date.now() + 1; while (Date.now() < end); return x }
       pool.map(Array.from({ length: 100 }, (_, n) => n), spin).then(({ length }) => console.log(length))`,
      { stdout: '100\n' },
    ))

  it('until a call has been stopped by its timeout', () =>
    assertEnds(`pool.run(hang, 0, { timeout: 50 }).catch(({ code }) => console.log(code))`, {
      stdout: 'ERR_ISOLANE_TIMEOUT\n',
    }))

  it('until close() has resolved', () =>
    assertEnds(`await pool.close(); console.log('closed')`, { stdout: 'closed\n' }))

  it('until destroy() has resolved', () =>
    assertEnds(
      `pool.run(hang).catch(({ code }) => console.log(code))
       await until(() => running() === 1)
       await pool.destroy()
       console.log('destroyed')`,
      { stdout: 'ERR_ISOLANE_POOL_CLOSED\ndestroyed\n' },
    ))
})

describe('a process that ends in the middle of a map ends as it should', () => {
  const busy = `
    pool.map([1, 2, 3, 4], hang, { chunkSize: 1 }).catch(() => console.log('rejected'))
    await until(() => running() === 2)
  `

  it('by process.exit', () => assertEnds(`${busy}; process.exit(7)`, { code: 7 }))

  it('by process.exit in the turn of the call', () =>
    assertEnds(`pool.map([1, 2], hang); process.exit(7)`, { code: 7 }))

  it('by process.exit in the turn that made the pool', () =>
    assertEnds(`process.exit(7)`, { code: 7 }))

  it('by process.exit in a callback, with 100 calls outstanding', () =>
    assertEnds(
      `for (let n = 0; n < 100; n++) pool.run((x) => { if (x > 50) for (;;); return x }, n).then((x) => {
         if (x === 40) process.exit(7)
       })
       await new Promise((resolve) => setTimeout(resolve, 1e6))`,
      { code: 7 },
    ))

  it('by process.exit in onProgress and in a log listener', async () => {
    await assertEnds(
      `await pool.map([1, 2, 3], (x) => x, { chunkSize: 1, onProgress: () => process.exit(7) })`,
      { code: 7 },
    )
    await assertEnds(
      `pool.on('log', () => process.exit(8))
       await pool.map([1, 2, 3], (x, _, { log }) => log(x), { chunkSize: 1 })`,
      { code: 8 },
    )
  })

  it('by process.exit while close() waits', () =>
    assertEnds(`${busy}; pool.close(); setImmediate(() => process.exit(7))`, { code: 7 }))

  it('by an uncaught exception', () =>
    assertEnds(`${busy}; setImmediate(() => { throw new Error('uncaught') })`, {
      code: 1,
      stderr: /Error: uncaught/,
    }))

  it('by an unhandled rejection of a call', () =>
    assertEnds(
      `pool.run(hang).catch(() => {}); pool.run(function fails() { throw new Error('unhandled') })`,
      {
        code: 1,
        stderr: /FunctionError: fails threw: Error: unhandled/,
      },
    ))

  it('by SIGTERM, also while close() waits', async () => {
    const onLine = (_, child) => child.kill('SIGTERM')
    const stay = 'await new Promise((resolve) => setTimeout(resolve, 1e6))'
    for (const script of [
      `${busy}; console.log('busy');`,
      `${busy}; pool.close(); console.log('busy');`,
    ]) {
      await assertEnds(
        script + stay,
        { code: null, signal: 'SIGTERM', stdout: 'busy\n' },
        { onLine },
      )
    }
  })

  it('by process.abort, without a hang', async () => {
    const { signal } = await runScript(`${head}${busy}; process.abort()`)
    assert.equal(signal, 'SIGABRT')
  })
})

describe('a process with pools that nobody refers to', () => {
  const flags = ['--expose-gc']

  it('collects them and ends their threads', () =>
    assertEnds(
      `import { readdirSync } from 'node:fs'
       const threads = () => (process.platform === 'linux' ? readdirSync('/proc/self/task').length : 0)
       const use = async (n) => {
         const lost = new Pool({ threads: 2 })
         const value = await lost.share('value', [n])
         lost.on('log', () => value)
         const add = (x, { shared }) => x + shared.value[0]
         if ((await lost.run(add, n, { shared: [value] })) !== 2 * n) throw new Error('wrong')
         return lost
       }
       // What a first pool leaves behind in the process.
       await (await use(1)).destroy()
       await until(() => pool.status().every(({ state }) => state === 'idle'))
       const before = threads()
       const lost = []
       for (let n = 0; n < 5; n++) lost.push(new WeakRef(await use(n)))
       await until(() => {
         globalThis.gc()
         return lost.every((pool) => pool.deref() === undefined) && threads() <= before
       })
       console.log(await pool.run((x) => x, 'alive'))`,
      { stdout: 'alive\n' },
      { flags },
    ))

  it('settles their calls first', () =>
    assertEnds(
      `const later = (x) => { const end = Date.now() + 100; while (Date.now() < end); return x }
       const collecting = setInterval(globalThis.gc, 5)
       const calls = [1, 2, 3].map((x) => new Pool({ threads: 1 }).run(later, x))
       console.log((await Promise.all(calls)).join())
       clearInterval(collecting)`,
      { stdout: '1,2,3\n' },
      { flags },
    ))

  it('and lets a pool end that is being closed', () =>
    assertEnds(
      `const collecting = setInterval(globalThis.gc, 5)
       const ends = [1, 2].map(() => new Pool({ threads: 1 }).close())
       await Promise.all(ends)
       clearInterval(collecting)
       console.log('closed')`,
      { stdout: 'closed\n' },
      { flags },
    ))
})
