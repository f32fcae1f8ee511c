import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MemoryLimitError } from 'isolane'
import { engine, onlyV8 } from '../support/engine.mjs'
import { hoard, range, rejection, until, withPool } from '../support/pools.mjs'
import { runScript } from '../support/processes.mjs'

const small = { threads: 1, memoryLimitMb: 32 }

describe('a function that uses more memory than memoryLimitMb', () => {
  it('rejects with MemoryLimitError, and the next call succeeds', () =>
    withPool(small, async (pool) => {
      for (const _ of range(3)) {
        const error = await rejection(pool.run(hoard))
        assert.ok(error instanceof MemoryLimitError)
        assert.equal(error.name, 'MemoryLimitError')
        assert.equal(error.code, 'ERR_ISOLANE_MEMORY_LIMIT')
        assert.equal(error.memoryLimitMb, 32)
        assert.match(error.message, /hoard.*32 MiB.*memoryLimitMb/)
        assert.equal(await pool.run((x) => x * 2, 21), 42)
      }
    }))

  it('loses its worker, which is replaced', () =>
    withPool(small, async (pool) => {
      const [{ id }] = pool.status()
      await rejection(pool.run(hoard))
      assert.equal(await pool.run(() => 1), 1)
      const workers = pool.status().filter(({ state }) => state !== 'lost')
      assert.equal(workers.length, 1)
      assert.notEqual(workers[0].id, id)
    }))

  it('cannot catch it', () =>
    withPool(small, async (pool) => {
      const stubborn = () => {
        const hoarded = []
        for (;;) {
          try {
            for (;;) hoarded.push(new Array(200_000).fill(hoarded.length))
          } catch {
            hoarded.push('caught')
          }
        }
      }
      assert.equal((await rejection(pool.run(stubborn))).code, 'ERR_ISOLANE_MEMORY_LIMIT')
      assert.equal(await pool.run(() => 42), 42)
    }))

  it('ends its map, not the calls of others, whose chunks are not lost', () =>
    withPool({ threads: 2, memoryLimitMb: 32 }, async (pool) => {
      const doomed = rejection(pool.map([1], hoard))
      const other = pool.map(range(2000), (x) => x, { chunkSize: 1 })
      assert.equal((await doomed).code, 'ERR_ISOLANE_MEMORY_LIMIT')
      assert.deepEqual(await other, range(2000))
    }))

  it('may be one that keeps more with each call', () =>
    withPool(small, async (pool) => {
      const leak = () => {
        globalThis.leaked ??= []
        globalThis.leaked.push(new Array(200_000).fill(0))
        return globalThis.leaked.length
      }
      const outcomes = []
      for (const _ of range(60)) outcomes.push(await pool.run(leak).catch(({ code }) => code))
      const again = outcomes.indexOf(1, 1)
      assert.ok(again > 0, String(outcomes))
      // A Worker may meet its limit when the call has its result already.
      if (engine === 'v8') assert.equal(outcomes[again - 1], 'ERR_ISOLANE_MEMORY_LIMIT')
    }))

  it('may be an async one, or one whose microtasks hoard', () =>
    withPool(small, async (pool) => {
      const later = async () => {
        const hoarded = []
        for (;;) hoarded.push(await Promise.resolve(new Array(200_000).fill(hoarded.length)))
      }
      assert.equal((await rejection(pool.run(later))).code, 'ERR_ISOLANE_MEMORY_LIMIT')
      assert.equal(await pool.run(() => 42), 42)
    }))

  // In a Worker small objects and strings may come so far past the limit that Node ends the process.
  it('may be its result or its strings', onlyV8, () =>
    withPool(small, async (pool) => {
      const result = () => Array.from({ length: 3_000_000 }, (_, n) => ({ n, text: `text ${n}` }))
      assert.equal((await rejection(pool.run(result))).code, 'ERR_ISOLANE_MEMORY_LIMIT')
      const strings = () => {
        const parts = []
        for (;;) parts.push(`part ${parts.length} `.repeat(10))
      }
      assert.equal((await rejection(pool.run(strings))).code, 'ERR_ISOLANE_MEMORY_LIMIT')
      assert.equal(await pool.run(() => 42), 42)
    }),
  )

  it('leaves the place to twenty replacements', () =>
    withPool({ threads: 2, memoryLimitMb: 16 }, async (pool) => {
      for (const _ of range(20)) {
        assert.equal((await rejection(pool.run(hoard))).code, 'ERR_ISOLANE_MEMORY_LIMIT')
      }
      assert.deepEqual(await pool.map(range(100), (x) => x, { chunkSize: 1 }), range(100))
      await until(() => pool.status().filter(({ state }) => state !== 'lost').length === 2)
    }))
})

describe('memoryLimitMb', () => {
  it('holds also for what is allocated in one piece', onlyV8, () =>
    withPool(small, async (pool) => {
      const keep = () => {
        globalThis.kept = new Array(1e7).fill(0.5)
        return globalThis.kept.length
      }
      assert.equal((await rejection(pool.run(keep))).code, 'ERR_ISOLANE_MEMORY_LIMIT')
      assert.equal(await pool.run(() => 42), 42)
    }),
  )

  it('leaves room for what fits', () =>
    withPool({ threads: 1, memoryLimitMb: 128 }, async (pool) => {
      const build = () => Array.from({ length: 500_000 }, (_, n) => ({ n })).length
      for (const _ of range(5)) assert.equal(await pool.run(build), 500_000)
    }))

  it('counts per isolate, not per call: garbage is collected', () =>
    withPool(small, async (pool) => {
      const litter = () => {
        let length = 0
        for (let n = 0; n < 200; n++)
          length += Array.from({ length: 10_000 }, (_, i) => ({ i })).length
        return length
      }
      for (const _ of range(5)) assert.equal(await pool.run(litter), 2_000_000)
    }))
})

describe('array buffers count', onlyV8, () => {
  it('one too large is refused by a RangeError, which the function may get over', () =>
    withPool(small, async (pool) => {
      const [{ id }] = pool.status()
      const modest = () => {
        try {
          return new ArrayBuffer(64 << 20).byteLength
        } catch (error) {
          return error instanceof RangeError && new Float64Array(1 << 20).byteLength
        }
      }
      for (const _ of range(3)) assert.equal(await pool.run(modest), 8 << 20)
      assert.equal(pool.status()[0].id, id)
    }))

  it('a function that does not get over it has met the limit', () =>
    withPool(small, async (pool) => {
      for (const source of [
        '() => new ArrayBuffer(64 << 20)',
        '() => { const all = []; for (;;) all.push(new Uint8Array(1 << 16)) }',
        '() => new SharedArrayBuffer(64 << 20)',
        'async () => { await 0; return new Float64Array(1e8).length }',
      ]) {
        assert.equal((await rejection(pool.run({ source }))).code, 'ERR_ISOLANE_MEMORY_LIMIT')
        assert.equal(await pool.run((x) => x * 2, 21), 42)
      }
    }))

  it('together with the heap', () =>
    withPool(small, async (pool) => {
      const both = () => {
        globalThis.objects = Array.from({ length: 400_000 }, (_, n) => ({ n }))
        globalThis.buffers = Array.from({ length: 24 }, () => new ArrayBuffer(1 << 20))
        return globalThis.buffers.length
      }
      assert.equal((await rejection(pool.run(both))).code, 'ERR_ISOLANE_MEMORY_LIMIT')
      assert.equal(await pool.run(() => 42), 42)
    }))

  it('until they are garbage', () =>
    withPool(small, async (pool) => {
      const litter = () => {
        let bytes = 0
        for (let n = 0; n < 500; n++) bytes += new Uint8Array(1 << 20).fill(n).length
        return bytes
      }
      for (const _ of range(5)) assert.equal(await pool.run(litter), 500 << 20)
    }))
})

describe('one huge allocation does not end the process', onlyV8, () => {
  const hungry = {
    'an array larger than an array can be, by split': '() => "a".repeat(2e8).split("")',
    'an array larger than an array can be, by match': '() => "a".repeat(2e8).match(/a/g)',
    'an array that grows without end': '() => { const list = []; for (;;) list.push(1) }',
    'a string that doubles': '() => { let text = "x"; for (;;) text += text }',
    'an array that doubles': '() => { let list = [{}]; for (;;) list = list.concat(list) }',
    'a join': '() => new Array(1e7).fill("0123456789").join("")',
  }
  for (const [name, source] of Object.entries(hungry)) {
    it(name, async () => {
      const script = `
        import { Pool } from './__test__/support/engine.mjs'
        const pool = new Pool({ threads: 1, memoryLimitMb: 32, timeout: 30_000 })
        const outcome = await pool.run({ source: ${JSON.stringify(source)} }).catch(({ code }) => code)
        const next = await pool.run((x) => x * 2, 21)
        console.log(String(outcome), next)
        await pool.destroy()
      `
      const { code, signal, stdout } = await runScript(script)
      assert.deepEqual({ code, signal }, { code: 0, signal: null })
      assert.match(stdout, /^ERR_ISOLANE_(MEMORY_LIMIT|FUNCTION|WORKER_LOST) 42\n$/)
    })
  }
})
