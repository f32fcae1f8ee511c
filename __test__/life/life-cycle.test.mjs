import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { onlyV8 } from '../support/engine.mjs'
import { runScript } from '../support/processes.mjs'

/** Long for a process that has nothing left to do; only a hang takes longer. */
const SOON_MS = 5000

/** Runs a script, and measures from the line `go` to its end. */
async function ends(script, expected = { code: 0, signal: null }, onGo = () => {}) {
  let went
  const onLine = (line, child) => {
    if (line !== 'go') return
    went = performance.now()
    onGo(child)
  }
  const { code, signal, stderr } = await runScript(`import { Pool } from 'isolane'\n${script}`, {
    onLine,
  })
  assert.deepEqual({ code, signal }, expected, stderr)
  assert.ok(went !== undefined, 'it came to its end')
  assert.ok(performance.now() - went < SOON_MS, 'it does not hang')
}

const workers = (count, body) => `
  import { Worker } from 'node:worker_threads'
  const body = ${JSON.stringify(`import { parentPort } from 'node:worker_threads'\nimport { Pool } from 'isolane'\n${body}`)}
  const start = () => new Promise((resolve, reject) => {
    const worker = new Worker(new URL('data:text/javascript,' + encodeURIComponent(body.replaceAll("'isolane'", JSON.stringify(import.meta.resolve('isolane'))))))
    worker.once('message', (message) => resolve({ worker, message }))
    worker.once('error', reject)
  })
  const started = await Promise.all(Array.from({ length: ${count} }, start))
`

describe('a process with pools in many threads', onlyV8, () => {
  it('runs them all at once, and ends', () =>
    ends(`${workers(
      6,
      `const pool = new Pool({ threads: 1 })
       parentPort.postMessage(await pool.map([1, 2, 3], (x) => x * 2))
       await pool.destroy()`,
    )}
      const pool = new Pool({ threads: 2 })
      const own = await pool.map([4, 5], (x) => x * 2)
      for (const { message } of started) if (message.join() !== '2,4,6') throw new Error(message)
      if (own.join() !== '8,10') throw new Error(own)
      console.log('go')`))

  it('gets over Workers that are terminated while jobs run in them', () =>
    ends(`${workers(
      6,
      `const pool = new Pool({ threads: 2 })
       for (let n = 0; n < 20; n++) pool.run({ source: '() => { for (;;); }' }).catch(() => {})
       setTimeout(() => parentPort.postMessage('busy'), 50)`,
    )}
      await Promise.all(started.map(({ worker }) => worker.terminate()))
      const pool = new Pool({ threads: 2 })
      if (await pool.run((x) => x * 2, 21) !== 42) throw new Error('wrong')
      console.log('go')`))

  it('ends by process.exit in the middle of all that', () =>
    ends(
      `${workers(
        4,
        `const pool = new Pool({ threads: 2 })
         for (let n = 0; n < 20; n++) pool.run({ source: '() => { for (;;); }' }).catch(() => {})
         setTimeout(() => parentPort.postMessage('busy'), 50)`,
      )}
      console.log('go')
      process.exit(7)`,
      { code: 7, signal: null },
    ))
})

/** V8 does not look for interrupts while ICU orders combining marks: minutes of that. */
const unstoppable = `() => ('a' + '\\u0301\\u0316'.repeat(3e5)).normalize('NFD').length`

describe('a process whose isolate cannot be interrupted', onlyV8, () => {
  it('ends all the same by process.exit', () =>
    ends(
      `const pool = new Pool({ threads: 2 })
       for (let n = 0; n < 100; n++) pool.run({ source: ${JSON.stringify(unstoppable)} }).catch((error) => console.error(error))
       await new Promise((resolve) => setTimeout(resolve, 1500))
       console.log('go')
       process.exit(7)`,
      { code: 7, signal: null },
    ))

  it('ends all the same when its Worker is terminated', () =>
    ends(
      `${workers(
        1,
        `const pool = new Pool({ threads: 1 })
         pool.run({ source: ${JSON.stringify(unstoppable)} }).catch(() => {})
         setTimeout(() => parentPort.postMessage('busy'), 1500)`,
      )}
      console.log('go')
      await started[0].worker.terminate()
      process.exit(7)`,
      { code: 7, signal: null },
    ))

  it('ends by SIGTERM while close() waits for it', () =>
    ends(
      `const pool = new Pool({ threads: 2 })
       for (let n = 0; n < 100; n++) pool.run({ source: '() => { for (;;); }' }).catch(() => {})
       pool.close()
       setTimeout(() => console.log('go'), 50)
       setInterval(() => {}, 1000)`,
      { code: null, signal: 'SIGTERM' },
      (child) => child.kill('SIGTERM'),
    ))

  it('goes on when V8 can only abort, and says that a worker was lost', () =>
    ends(
      `const pool = new Pool({ threads: 1, memoryLimitMb: 32 })
       const errors = []
       pool.on('error', (error) => errors.push(error.message))
       for (let n = 0; n < 3; n++) {
         const code = await pool.run({ source: "() => 'a'.repeat(2e8).split('')" }).catch(({ code }) => code)
         if (code !== 'ERR_ISOLANE_MEMORY_LIMIT') throw new Error(code)
         if (await pool.run((x) => x * 2, 21) !== 42) throw new Error('wrong')
       }
       if (errors.length !== 3) throw new Error(errors.join())
       await pool.destroy()
       console.log('go')`,
    ))
})

/** Repeats `round(n)` 200 times; from the 40th on, no thread and no memory may be left behind. */
const repeated = (round) => `
  import { readdirSync } from 'node:fs'
  const isLinux = process.platform === 'linux'
  const threads = () => (isLinux ? readdirSync('/proc/self/task').length : 0)
  ${round}
  for (let n = 0; n < 40; n++) await round(n)
  const before = { threads: threads(), rss: process.memoryUsage.rss() }
  for (let n = 0; n < 160; n++) await round(n)
  // A thread that is done takes a moment to end.
  for (let n = 0; n < 200 && threads() > before.threads; n++) await new Promise((resolve) => setTimeout(resolve, 10))
  const grown = (process.memoryUsage.rss() - before.rss) / 2 ** 20
  if (threads() > before.threads) throw new Error(threads() + ' threads, ' + before.threads + ' before')
  if (grown > 100) throw new Error(grown + ' MiB more')
  console.log('go')`

describe('200 times, one after the other', onlyV8, () => {
  it('a pool that is destroyed with a call on board leaves no thread and no memory behind', () =>
    ends(
      repeated(`const round = async (n) => {
         const pool = new Pool({ threads: 2 })
         const shared = await pool.share('value', [n])
         const running = pool.run({ source: '() => { for (;;); }' }).catch(() => {})
         const [first] = await pool.map([n], (x, _, { shared }) => x + shared.value[0], { shared: [shared] })
         if (first !== 2 * n) throw new Error('wrong')
         await pool.destroy()
         await running
       }`),
    ))

  it('a Worker that is terminated with calls on board leaves no thread and no memory behind', () =>
    ends(
      repeated(`
       const { Worker } = await import('node:worker_threads')
       const { once } = await import('node:events')
       const round = async () => {
         const worker = new Worker('./__test__/support/busy-worker.mjs', { execArgv: [] })
         await once(worker, 'message')
         await worker.terminate()
       }`),
    ))
})
