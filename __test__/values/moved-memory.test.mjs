/** What becomes of moved memory: when its call is stopped, and after many calls. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { move } from 'isolane'
import { engine } from '../support/engine.mjs'
import { rejection, settled, withPool } from '../support/pools.mjs'
import { runScript } from '../support/processes.mjs'

const MIB = 1 << 20

const counting = (length) => Uint8Array.from({ length }, (_, i) => i & 0x7f)

describe('with a moved buffer in flight', () => {
  test('an abort and a timeout end the call as ever', () =>
    withPool({ threads: 1 }, async (pool) => {
      const forever = () => {
        for (;;);
      }
      for (let i = 0; i < 3; i++) {
        const stop = new AbortController()
        const call = pool.map(move(new Float64Array(MIB)), forever, { signal: stop.signal })
        setTimeout(() => stop.abort(), 20)
        assert.equal((await rejection(call)).code, 'ERR_ISOLANE_ABORTED')
        const late = pool.run(forever, move(new Uint8Array(MIB)), { timeout: 20 })
        assert.equal((await rejection(late)).code, 'ERR_ISOLANE_TIMEOUT')
      }
      const halted = await pool.map(
        move(counting(MIB)),
        (x, i) => {
          if (i >= 5000) for (;;);
          return x
        },
        { timeout: 1000, onTimeout: 'partial', chunkSize: 1000 },
      )
      assert.equal(halted.status, 'partial')
      assert.deepEqual(halted.results.subarray(0, 5000), counting(5000))
      assert.ok(halted.completed >= 5000)
      const whole = await pool.map(move(counting(MIB)), (x) => x)
      assert.deepEqual(whole, counting(MIB))
    }))

  test('the end of the pool rejects the call', async () => {
    let call
    await withPool({ threads: 1 }, async (pool) => {
      call = rejection(
        pool.map(move(new Float64Array(MIB)), () => {
          for (;;);
        }),
      )
    })
    assert.equal((await settled(call)).code, 'ERR_ISOLANE_POOL_CLOSED')
  })

  test('the end of a Worker that made the call leaves the process well', async () => {
    const caller = `
      const { parentPort } = require('node:worker_threads')
      const { Pool, move } = require('isolane')
      const pool = new Pool({ threads: 2, engine: '${engine}' })
      // Sorting cannot be interrupted: who is at it when the Worker ends is left behind.
      const sort = (x, i) =>
        i % 4000 === 0 ? Float64Array.from({ length: 2e6 }, Math.random).sort()[0] : x
      pool.map(move(new Float64Array(4e6).fill(1)), sort, { chunkSize: 1000 })
      pool.run((x) => { for (;;) x[0]++ }, move(new Float64Array(4e6)))
      setTimeout(() => parentPort.postMessage('busy'), 50)`
    const script = `
      import { Worker } from 'node:worker_threads'
      import { Pool, move } from 'isolane'
      for (let i = 0; i < 6; i++) {
        const worker = new Worker(${JSON.stringify(caller)}, { eval: true, execArgv: [] })
        await new Promise((resolve) => worker.once('message', resolve))
        await new Promise((resolve) => setTimeout(resolve, i * 3))
        await worker.terminate()
      }
      const pool = new Pool({ threads: 2, engine: '${engine}' })
      const sum = (x) => x.reduce((a, b) => a + b)
      console.log(await pool.run(sum, move(new Float64Array(1e6).fill(1))))
      await pool.close()`
    const { code, stdout, stderr } = await runScript(script)
    assert.deepEqual({ code, stdout }, { code: 0, stdout: '1000000\n' }, stderr)
  })
})

describe('memory', () => {
  test('does not grow over many calls', () =>
    withPool({ threads: 2 }, async (pool) => {
      const once = async () => {
        await pool.map(move(new Float64Array(MIB)), (x) => x + 1)
        const back = await pool.run((x) => x, move(new Uint8Array(8 * MIB)))
        assert.equal(back.length, 8 * MIB)
      }
      for (let i = 0; i < 10; i++) await once()
      const before = process.memoryUsage.rss()
      // 24 MiB each, and as much again on the way.
      for (let i = 0; i < 60; i++) await once()
      const grown = (process.memoryUsage.rss() - before) / MIB
      assert.ok(grown < 500, `grew by ${grown} MiB`)
    }))

  test('of a job that has ended is let go, without another call', async () => {
    const script = `
      import { Pool, move } from 'isolane'
      const pool = new Pool({ threads: 1, engine: '${engine}' })
      const collected = []
      const watch = new FinalizationRegistry((name) => collected.push(name))
      await (async () => {
        const mapped = await pool.map(move(new Float64Array(1e6)), (x) => x + 1)
        watch.register(mapped.buffer, 'mapped')
        const given = await pool.run((x) => x, move(new Uint8Array(1e6)))
        watch.register(given.buffer, 'given')
      })()
      for (let i = 0; i < 100 && collected.length < 2; i++) {
        globalThis.gc()
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
      console.log(collected.sort().join())
      await pool.close()`
    const { code, stdout, stderr } = await runScript(script, { flags: ['--expose-gc'] })
    assert.deepEqual({ code, stdout }, { code: 0, stdout: 'given,mapped\n' }, stderr)
  })
})
