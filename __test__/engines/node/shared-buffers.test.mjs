import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Worker } from 'node:worker_threads'
import { range, settled, until, withPool } from '../../support/pools.mjs'

setFlagsFromString('--expose-gc')
const gc = runInNewContext('gc')

const one = { threads: 1 }
const two = { threads: 2 }

const shared = (bytes = 16) => new Int32Array(new SharedArrayBuffer(bytes))

describe('a SharedArrayBuffer on the node engine', () => {
  it('is one memory as an argument, and the same object when it comes back', () =>
    withPool(one, async (pool) => {
      const view = shared()
      const back = await pool.run((words) => {
        words[1] = 42
        return { words, buffer: words.buffer, data: new DataView(words.buffer, 4) }
      }, view)
      assert.equal(view[1], 42)
      assert.equal(back.buffer, view.buffer)
      assert.equal(back.words.buffer, view.buffer)
      assert.equal(back.data.getInt32(0, true), 42)
    }))

  it('keeps its identity inside of a payload', () =>
    withPool(one, async (pool) => {
      const buffer = new SharedArrayBuffer(8)
      const value = { buffer, bytes: new Uint8Array(buffer, 2, 3), data: new DataView(buffer) }
      assert.deepEqual(
        await pool.run(
          ({ buffer: b, bytes, data }) => [b === bytes.buffer, b === data.buffer, bytes.byteOffset],
          value,
        ),
        [true, true, 2],
      )
    }))

  it('crosses in items, args and what a stream takes', () =>
    withPool(two, async (pool) => {
      const view = shared()
      const items = range(100).map((add) => ({ view, add }))
      await pool.map(items, ({ view: words, add }) => Atomics.add(words, 0, add))
      assert.equal(view[0], 4950)
      await pool.map(range(10), (_, __, { args }) => Atomics.add(args, 1, 1), { args: view })
      assert.equal(view[1], 10)
      const outcome = pool.stream([view, view], (words) => (Atomics.add(words, 2, 1), words))
      for await (const words of outcome) assert.equal(words.buffer, view.buffer)
      assert.equal(view[2], 2)
    }))

  it('wakes a worker that waits in it', () =>
    withPool(two, async (pool) => {
      const view = shared()
      const play = (words, me) => {
        for (let turn = me; turn < 20; turn += 2) {
          for (;;) {
            const now = Atomics.load(words, 0)
            if (now === turn) break
            Atomics.wait(words, 0, now)
          }
          Atomics.store(words, 0, turn + 1)
          Atomics.notify(words, 0)
        }
      }
      const source = `([words, me]) => (${play})(words, me)`
      await settled(
        Promise.all([
          pool.run({ source, name: 'even' }, [view, 0]),
          pool.run({ source, name: 'odd' }, [view, 1]),
        ]),
      )
      assert.equal(view[0], 20)
    }))

  it('is made in a worker and works on the host and in other workers', () =>
    withPool(two, async (pool) => {
      const view = await pool.run(() => new Int32Array(new SharedArrayBuffer(16)).fill(7))
      assert.ok(view.buffer instanceof SharedArrayBuffer)
      await pool.map(range(100), (_, __, { args }) => Atomics.add(args, 0, 1), {
        args: view,
        chunkSize: 1,
      })
      assert.deepEqual([...view], [107, 7, 7, 7])
    }))

  it('is carried by partial results of reduce', () =>
    withPool(two, async (pool) => {
      const total = await pool.reduce(
        range(50),
        {
          map: (n) => new Int32Array(new SharedArrayBuffer(4)).fill(n),
          reduce: (a, b) => ((a[0] += b[0]), a),
        },
        { chunkSize: 5 },
      )
      assert.ok(total.buffer instanceof SharedArrayBuffer)
      assert.equal(total[0], 1225)
    }))

  it('can be written to, and grows, in a shared value', () =>
    withPool(two, async (pool) => {
      const buffer = new SharedArrayBuffer(4, { maxByteLength: 8 })
      const words = new Int32Array(buffer)
      const value = await pool.share('table', { buffer, words })
      await pool.map(range(50), (_, __, { shared: { table } }) => Atomics.add(table.words, 0, 1), {
        shared: [value],
      })
      assert.equal(words[0], 50)
      if (buffer.growable !== true) return
      await pool.run((_, { shared: { table } }) => table.buffer.grow(8), 0, { shared: [value] })
      assert.equal(buffer.byteLength, 8)
    }))

  it('reaches a worker that has taken the place of a lost one', () =>
    withPool(one, async (pool) => {
      const words = shared()
      const value = await pool.share('words', words)
      const add = (_, { shared: { words: w } }) => Atomics.add(w, 0, 1)
      await pool.run(add, 0, { shared: [value] })
      await assert.rejects(
        pool.run(() => process.exit(1)),
        { code: 'ERR_ISOLANE_WORKER_LOST' },
      )
      await pool.run(add, 0, { shared: [value] })
      assert.equal(words[0], 2)
    }))

  it('is shared by two pools', () =>
    withPool(one, (pool) =>
      withPool(one, async (other) => {
        const words = shared()
        const add = (w) => (Atomics.add(w, 0, 1), w)
        const back = await Promise.all([pool.run(add, words), other.run(add, words)])
        assert.equal(words[0], 2)
        for (const { buffer } of back) assert.equal(buffer, words.buffer)
      }),
    ))

  it('comes as an Uint8Array where a Buffer is over it', () =>
    withPool(one, async (pool) => {
      const bytes = Buffer.from(new SharedArrayBuffer(100_000))
      await pool.run((b) => void (b[9] = 5), bytes)
      assert.equal(bytes[9], 5)
    }))

  it('leaves a pool whole that is destroyed, or whose encoding fails', () =>
    withPool(two, async (pool) => {
      const words = shared()
      await assert.rejects(
        pool.run((w) => w, [words, () => 1]),
        {
          code: 'ERR_ISOLANE_NOT_CLONEABLE',
        },
      )
      const call = pool.map(
        range(100).map(() => words),
        (w) => Atomics.wait(w, 0, 0, 20),
      )
      const ended = assert.rejects(call, { code: 'ERR_ISOLANE_POOL_CLOSED' })
      await settled(pool.destroy())
      await ended
    }))

  it('is let go by host and workers once its calls and values have ended', () =>
    withPool(two, async (pool) => {
      const collected = new Set()
      const registry = new FinalizationRegistry((name) => collected.add(name))
      await (async () => {
        const words = shared(1 << 20)
        const value = await pool.share('words', words)
        await pool.run((_, { shared: { words: w } }) => void (w[0] = 1), 0, { shared: [value] })
        value.dispose()
        const made = await pool.run(() => new SharedArrayBuffer(1 << 20))
        const failed = shared()
        await assert.rejects(pool.run((w) => w, [failed, () => 1]))
        registry.register(words.buffer, 'value')
        registry.register(made, 'result')
        registry.register(failed.buffer, 'failed')
      })()
      await until(() => {
        gc()
        return collected.size === 3
      }, 'all are collected')
    }))

  it('is let go by a worker that has no more work', () =>
    withPool(one, async (pool) => {
      const track = (buffer) => {
        globalThis.gone = 0
        globalThis.registry = new FinalizationRegistry(() => globalThis.gone++)
        globalThis.registry.register(buffer, 0)
      }
      await pool.run(track, new SharedArrayBuffer(8))
      const source = `async () => {
        require('node:v8').setFlagsFromString('--expose-gc')
        await new Promise((done) => setTimeout(done, 5))
        require('node:vm').runInNewContext('gc')()
        await new Promise((done) => setTimeout(done, 5))
        return globalThis.gone
      }`
      await until(() => pool.run({ source, name: 'gone' }), 'it is collected')
    }))

  it('is shared by a pool in a Worker', async () => {
    const code = `
      const { parentPort, workerData } = require('node:worker_threads')
      const { Pool } = require(${JSON.stringify(import.meta.dirname + '/../../../npm/isolane')})
      const pool = new Pool({ engine: 'node', threads: 1 })
      pool.run((w) => void Atomics.add(w, 0, 3), workerData).then(() => pool.close())`
    const words = shared()
    const worker = new Worker(code, { eval: true, workerData: words })
    await settled(new Promise((done, fail) => worker.once('error', fail).once('exit', done)))
    assert.equal(words[0], 3)
  })
})
