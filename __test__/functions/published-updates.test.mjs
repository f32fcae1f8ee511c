import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { FunctionError, InvalidTypeError, PoolClosedError } from 'isolane'
import { engine } from '../support/engine.mjs'
import { occupy, range, rejection, withPool } from '../support/pools.mjs'
import { runScript } from '../support/processes.mjs'

const one = { threads: 1 }

const double = (x) => x * 2
const triple = (x) => x * 3

describe('update', () => {
  it('gives the new version to the calls made afterwards', () =>
    withPool({ threads: 2 }, async (pool) => {
      const fn = await pool.publish('fn', double)
      assert.equal(await pool.run(fn, 1), 2)
      assert.equal(await fn.update(triple), 2)
      assert.equal(fn.version, 2)
      const results = await Promise.all(range(20).map((n) => pool.run(n % 2 === 0 ? fn : 'fn', 1)))
      assert.deepEqual(new Set(results), new Set([3]))
    }))

  it('leaves the old one to calls made before, started or not', () =>
    withPool(one, async (pool) => {
      const fn = await pool.publish('fn', double)
      const release = await occupy(pool)
      const before = pool.map([1, 2, 3], 'fn', { chunkSize: 1, priority: 'low' })
      const sum = pool.reduce([1, 2, 3], { map: fn, reduce: (a, b) => a + b })
      const update = fn.update(triple, { priority: 'high' })
      const meanwhile = pool.run(fn, 1)
      await release()
      assert.equal(await update, 2)
      const after = pool.run(fn, 1)
      assert.deepEqual(await before, [2, 4, 6])
      assert.equal(await sum, 12)
      assert.equal(await meanwhile, 2)
      assert.equal(await after, 3)
    }))

  it('leaves the old one to a call that goes on running', () =>
    withPool(one, async (pool) => {
      // It would run for very long; it ends when it meets what is put there after the update.
      const options = engine === 'v8' ? { tenant: 'a', stateful: true } : {}
      const watch = await pool.publish('watch', () => {
        if (globalThis.updated) throw new Error('old version saw the update')
      })
      let started
      const running = new Promise((resolve) => (started = resolve))
      const call = rejection(
        pool.forEach(new Uint8Array(1 << 24), watch, {
          ...options,
          chunkSize: 1,
          onProgress: started,
        }),
      )
      await running
      await watch.update(() => 'new')
      await pool.run(() => void (globalThis.updated = true), 0, options)
      assert.equal(await pool.run(watch, 0, options), 'new')
      const error = await call
      assert.ok(error instanceof FunctionError, error)
      assert.match(error.message, /^watch@1 threw at item \d+: Error: old version saw the update/)
    }))

  it('leaves the old one to all items of a stream', () =>
    withPool(one, async (pool) => {
      const fn = await pool.publish('fn', double)
      async function* source() {
        yield 1
        await fn.update(triple)
        yield 1
      }
      const results = []
      for await (const value of pool.stream(source(), 'fn')) results.push(value)
      assert.deepEqual(results, [2, 2])
      assert.equal(await pool.run('fn', 1), 3)
    }))

  it('is all or nothing: each call runs the version of its moment', () =>
    withPool({ threads: 2 }, async (pool) => {
      const fn = await pool.publish('fn', () => 1)
      const updates = Promise.all(range(50).map((n) => fn.update({ source: `() => ${n + 2}` })))
      const check = async (name) => {
        const { version } = fn
        assert.equal(await pool.run(name), version)
      }
      while (fn.version < 51) await Promise.all([fn, 'fn', fn, 'fn'].map(check))
      assert.deepEqual(
        await updates,
        range(50).map((n) => n + 2),
      )
    }))

  it('happens in the order asked for, however long each check takes', () =>
    withPool({ threads: 2 }, async (pool) => {
      const fn = await pool.publish('fn', () => 1)
      const slow = '(() => { for (let i = 0; i < 2e7; i++); return () => "slow" })()'
      const outcomes = await Promise.allSettled([
        fn.update({ source: slow }),
        fn.update({ source: '() => {' }),
        fn.update(() => 'quick'),
      ])
      assert.deepEqual(
        outcomes.map(({ value, reason }) => value ?? reason.code),
        [2, 'ERR_ISOLANE_SOURCE', 3],
      )
      assert.match(outcomes[1].reason.message, /^fn@3 does not compile/)
      assert.equal(fn.version, 3)
      assert.equal(await pool.run(fn), 'quick')
    }))

  it('lets old versions go that nothing uses any more', async () => {
    const script = `
      import { createRequire } from 'node:module'
      import { dirname, join } from 'node:path'
            import { Pool } from 'isolane'
      const require = createRequire(process.cwd() + '/')
      const { NativePool } = require(join(dirname(require.resolve('isolane')), 'native/binding.js'))
      const { define, releaseFunction } = NativePool.prototype
      const known = new Map()
      NativePool.prototype.define = function (name, ...rest) {
        const key = define.call(this, name, ...rest)
        known.set(key, name)
        return key
      }
      NativePool.prototype.releaseFunction = function (key) {
        known.delete(key)
        releaseFunction.call(this, key)
      }
      const pool = new Pool({ threads: 1, engine: '${engine}' })
      const fn = await pool.publish('fn', () => 1)
      for (let n = 2; n <= 20; n++) {
        await fn.update({ source: '() => ' + n })
        await pool.run(fn)
        await pool.run('fn', 0, { stateful: true })
      }
      const alive = setInterval(() => {}, 1000)
      const left = async (count) => {
        while (new Set(known.values()).size > count) {
          globalThis.gc()
          await new Promise(setImmediate)
        }
      }
      await left(1)
      const version = [...known.values()][0]
      fn.dispose()
      await left(0)
      clearInterval(alive)
      console.log(version)
    `
    const { stdout, stderr } = await runScript(script, { flags: ['--expose-gc'] })
    assert.equal(stdout, 'fn@20\n', stderr)
  })
})

describe('dispose', () => {
  it('ends the use of handle and name, and frees the name', () =>
    withPool(one, async (pool) => {
      const fn = await pool.publish('fn', double)
      await fn.update(double)
      fn.dispose()
      fn.dispose()
      for (const use of [() => pool.run(fn, 1), () => fn.update(triple)]) {
        const error = await rejection(use())
        assert.ok(error instanceof InvalidTypeError)
        assert.match(error.message, /'fn' has been disposed of/)
      }
      assert.match((await rejection(pool.run('fn', 1))).message, /No function is published as 'fn'/)
      const again = await pool.publish('fn', triple)
      fn[Symbol.dispose]()
      assert.equal(again.version, 1)
      assert.equal(await pool.run('fn', 1), 3)
    }))

  it('leaves the function to calls made before', () =>
    withPool(one, async (pool) => {
      const fn = await pool.publish('fn', double)
      const release = await occupy(pool)
      const call = pool.map([1, 2], fn, { chunkSize: 1 })
      fn.dispose()
      await release()
      assert.deepEqual(await call, [2, 4])
    }))

  it('ends updates that are on their way, being checked or waiting', () =>
    withPool(one, async (pool) => {
      const fn = await pool.publish('fn', double)
      const release = await occupy(pool)
      const updates = [fn.update(triple), fn.update(triple)].map(rejection)
      while (pool.stats().queued === 0) await new Promise(setImmediate)
      fn.dispose()
      await release()
      for (const update of updates)
        assert.match((await update).message, /'fn' has been disposed of/)
      assert.equal(fn.version, 1)
      assert.equal(pool.published('fn'), undefined)
    }))
})

describe('a pool that closes', () => {
  it('waits for the updates that were asked for, and takes no more', async () => {
    await withPool(one, async (pool) => {
      const fn = await pool.publish('fn', double)
      const updates = [fn.update(triple), fn.update(() => 4)]
      await pool.close()
      assert.deepEqual(await Promise.all(updates), [2, 3])
      for (const call of [fn.update(double), pool.publish('new', double), pool.run('fn', 1)]) {
        assert.ok((await rejection(call)) instanceof PoolClosedError)
      }
      assert.equal(fn.version, 3)
      fn.dispose()
    })
  })

  it('rejects them when it is destroyed', () =>
    withPool(one, async (pool) => {
      const fn = await pool.publish('fn', double)
      const endless = rejection(pool.run({ source: '() => { for (;;); }' }))
      const updates = [fn.update(triple), fn.update(triple)].map(rejection)
      await pool.destroy()
      for (const call of [endless, ...updates]) assert.ok((await call) instanceof PoolClosedError)
      assert.equal(fn.version, 1)
    }))
})
