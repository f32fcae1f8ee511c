import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { describe, it } from 'node:test'
import { Worker } from 'node:worker_threads'
import { engine, Pool } from '../support/engine.mjs'
import { range, rejection, withPool } from '../support/pools.mjs'
import { runScript } from '../support/processes.mjs'
import { sized } from '../support/size.mjs'

const require = createRequire(import.meta.url)

const head = `
  const isolane = require(${JSON.stringify(require.resolve('isolane'))})
  class Pool extends isolane.Pool {
    constructor(options) {
      super({ engine: '${engine}', ...options })
    }
  }
  const { parentPort, workerData } = require('node:worker_threads')
  const running = (pool) => pool.status().filter(({ state }) => state === 'running').length
  const until = async (condition) => {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1))
  }
`

/** Runs a script in a Worker; resolves with its messages once it has exited. */
async function inWorker(script, workerData) {
  const worker = new Worker(head + script, { eval: true, workerData })
  const messages = []
  worker.on('message', (message) => messages.push(message))
  const [code] = await once(worker, 'exit')
  return { code, messages }
}

const mapInPool = `
  const pool = new Pool({ threads: 2 })
  pool.map(Array.from({ length: 100 }, (_, n) => n), (x, _, { args }) => x + args, { args: workerData })
    .then((result) => parentPort.postMessage(result.join()))
`

const hangInPool = `
  const pool = new Pool({ threads: 2 })
  pool.map([1, 2, 3, 4], () => { for (;;); }, { chunkSize: 1 }).catch(() => {})
  until(() => running(pool) === 2).then(() => parentPort.postMessage('busy'))
`

const added = (n) =>
  range(100)
    .map((x) => x + n)
    .join()

describe('a pool in a Worker', () => {
  it('maps, and does not keep the Worker alive once it is idle', async () => {
    assert.deepEqual(await inWorker(mapInPool, 5), { code: 0, messages: [added(5)] })
  })

  it('runs in four Workers and the main thread at once', () =>
    withPool({ threads: 2 }, async (pool) => {
      const workers = range(4).map((n) => inWorker(mapInPool, n))
      const here = await Promise.all(
        range(20).map((n) => pool.map(range(100), (x, _, { args }) => x + args, { args: n })),
      )
      here.forEach((result, n) => assert.equal(result.join(), added(n)))
      const there = await Promise.all(workers)
      there.forEach((outcome, n) => assert.deepEqual(outcome, { code: 0, messages: [added(n)] }))
    }))

  it('may be the first in the process, before one in the main thread', async () => {
    const script = `
      import { Worker } from 'node:worker_threads'
      import { once } from 'node:events'
      const worker = new Worker(${JSON.stringify(head + mapInPool)}, { eval: true, workerData: 1, execArgv: [] })
      await once(worker, 'exit')
      const { Pool } = await import('isolane')
      const pool = new Pool({ threads: 3 })
      console.log((await pool.map([1, 2, 3], (x) => x * 2, { chunkSize: 1 })).join())
    `
    assert.deepEqual(await runScript(script), {
      code: 0,
      signal: null,
      stdout: '2,4,6\n',
      stderr: '',
    })
  })

  it('ends with a Worker that is terminated in the middle of a map', () =>
    withPool({ threads: 2 }, async (pool) => {
      for (const _ of range(5)) {
        const worker = new Worker(head + hangInPool, { eval: true })
        await once(worker, 'message')
        assert.equal(await worker.terminate(), 1)
        assert.deepEqual(await pool.map([1, 2], (x) => x * 2), [2, 4])
      }
    }))

  it('ends with a Worker that is terminated while results come in', async () => {
    const script = `
      const pool = new Pool({ threads: 2 })
      const again = () => pool.run((x) => x, 1).then(again)
      for (let n = 0; n < 50; n++) again()
      pool.map(Array.from({ length: 100_000 }, (_, n) => ({ n })), (x) => x, { chunkSize: 10 })
      pool.run(() => {}).then(() => parentPort.postMessage('busy'))
    `
    for (const _ of range(5)) {
      const worker = new Worker(head + script, { eval: true })
      await once(worker, 'message')
      assert.equal(await worker.terminate(), 1)
    }
  })

  it('ends with a Worker that calls process.exit, or throws', async () => {
    const exits = await inWorker(
      `${hangInPool}; parentPort.on('message', () => {}); until(() => running(pool) === 2).then(() => process.exit(3))`,
    )
    assert.equal(exits.code, 3)
    const worker = new Worker(
      `${head}${hangInPool}; until(() => running(pool) === 2).then(() => { throw new Error('thrown') })`,
      { eval: true },
    )
    const [error] = await once(worker, 'error')
    assert.equal(error.message, 'thrown')
  })

  it('ends with a Worker that was terminated before it could do anything', async () => {
    for (const _ of range(10))
      await new Worker(head + mapInPool, { eval: true, workerData: 1 }).terminate()
    assert.deepEqual(await inWorker(mapInPool, 1), { code: 0, messages: [added(1)] })
  })

  it('comes and goes with Workers, one after the other', async () => {
    for (const n of range(sized(30, 8))) {
      assert.deepEqual(await inWorker(mapInPool, n), { code: 0, messages: [added(n)] })
    }
  })

  it('ends with the process, when that exits while Workers are busy', async () => {
    const script = `
      import { Worker } from 'node:worker_threads'
      import { once } from 'node:events'
      const workers = Array.from({ length: 3 }, () => new Worker(${JSON.stringify(head + hangInPool)}, { eval: true, execArgv: [] }))
      await Promise.all(workers.map((worker) => once(worker, 'message')))
      process.exit(7)
    `
    const { code, signal, stderr } = await runScript(script)
    assert.deepEqual({ code, signal, stderr }, { code: 7, signal: null, stderr: '' })
  })
})

describe('two pools at once', () => {
  it('work side by side, each with its own values and functions', () =>
    withPool({ threads: 2, name: 'first' }, (first) =>
      withPool({ threads: 2, name: 'second' }, async (second) => {
        const label = (x, _, { shared }) => `${shared.label}${x}`
        const results = await Promise.all(
          [first, second].map(async (pool, index) => {
            const shared = [await pool.share('label', ['a', 'b'][index])]
            return pool.map(range(100), label, { shared, chunkSize: 3 })
          }),
        )
        assert.deepEqual(
          results[0],
          range(100).map((x) => `a${x}`),
        )
        assert.deepEqual(
          results[1],
          range(100).map((x) => `b${x}`),
        )
      }),
    ))

  it('one may be destroyed while the other works', () =>
    withPool({ threads: 2 }, async (pool) => {
      const map = pool.map(range(1000), (x) => x, { chunkSize: 1 })
      const other = new Pool({ threads: 2 })
      const doomed = rejection(
        other.run(() => {
          for (;;);
        }),
      )
      await other.destroy()
      assert.equal((await doomed).code, 'ERR_ISOLANE_POOL_CLOSED')
      assert.deepEqual(await map, range(1000))
    }))

  it('twenty pools work at once', async () => {
    const pools = range(20).map((n) => new Pool({ threads: 2, name: `pool${n}` }))
    const results = await Promise.all(
      pools.map((pool, n) => pool.map(range(50), (x, _, { args }) => x + args, { args: n })),
    )
    results.forEach((result, n) =>
      assert.deepEqual(
        result,
        range(50).map((x) => x + n),
      ),
    )
    await Promise.all(pools.map((pool) => pool.close()))
  })
})

describe('the addon', () => {
  it('may be required twice: both copies work', async () => {
    const first = require('isolane')
    for (const file of Object.keys(require.cache)) {
      if (file.includes('isolane') && !file.endsWith('.test.mjs')) delete require.cache[file]
    }
    const second = require('isolane')
    assert.notEqual(first.Pool, second.Pool)
    const results = await Promise.all(
      [first, second].map(async (copy, n) => {
        const pool = new copy.Pool({ threads: 1 })
        const result = await pool.map([1, 2], (x, _, { args }) => x * args, { args: n + 1 })
        await pool.close()
        return result
      }),
    )
    assert.deepEqual(results, [
      [1, 2],
      [2, 4],
    ])
  })
})
