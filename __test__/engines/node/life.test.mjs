import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Pool } from '../../support/engine.mjs'
import { allIdle, rejection, settled, until, withPool } from '../../support/pools.mjs'
import { runScript } from '../../support/processes.mjs'

const head = `
  import { Pool } from 'isolane'
  const pool = new Pool({ threads: 2, engine: 'node' })`

describe('a process with a pool of Workers', () => {
  it('ends when nothing is outstanding, whether its Workers have started or not', async () => {
    for (const script of [head, `${head}\n console.log(await pool.run((x) => x, 1))`]) {
      const { code, stderr } = await settled(runScript(script))
      assert.deepEqual([code, stderr], [0, ''])
    }
  })

  it('ends also with functions that have left timers and servers behind', async () => {
    const { code, stdout } = await settled(
      runScript(`${head}
        const leave = () => {
          setInterval(() => {}, 1000)
          return new Promise((resolve) => require('node:net').createServer().listen(0, () => resolve('listens')))
        }
        console.log(await pool.run(leave))`),
    )
    assert.deepEqual([code, stdout.trim()], [0, 'listens'])
  })

  it('waits for calls that are outstanding', async () => {
    const { code, stdout } = await settled(
      runScript(`${head}
        pool.run(() => new Promise((resolve) => setTimeout(resolve, 200, 'done'))).then(console.log)`),
    )
    assert.deepEqual([code, stdout.trim()], [0, 'done'])
  })

  it('exits at once in the middle of calls that compute, wait, or have just ended', async () => {
    for (const fn of [
      '() => { for (;;); }',
      '() => new Promise((r) => setTimeout(r, 1e6))',
      '() => 1',
    ]) {
      const { code } = await settled(
        runScript(`${head}
          await pool.run(() => 1)
          pool.map([1, 2, 3, 4], ${fn}, { chunkSize: 1 }).catch(() => {})
          setTimeout(() => process.exit(7), 50)`),
      )
      assert.equal(code, 7)
    }
  })

  it('ends after close(), also with spares', async () => {
    const { code, stdout } = await settled(
      runScript(`
        import { Pool } from 'isolane'
        const pool = new Pool({ threads: 1, engine: 'node', spareWorkers: 2 })
        console.log(await pool.run((x) => x, 1))
        await pool.close()`),
    )
    assert.deepEqual([code, stdout.trim()], [0, '1'])
  })

  it('may make the pool in a Worker that is terminated in the middle', async () => {
    const { code, stdout } = await settled(
      runScript(`
        import { Worker } from 'node:worker_threads'
        const host = new Worker(\`
          const { Pool } = require('isolane')
          const { parentPort } = require('node:worker_threads')
          const pool = new Pool({ threads: 2, engine: 'node' })
          pool.run(() => 1).then(() => {
            pool.map([1, 2], () => { for (;;); }, { chunkSize: 1 })
            setTimeout(() => parentPort.postMessage('busy'), 20)
          })
        \`, { eval: true, execArgv: [] })
        host.once('message', async () => console.log(await host.terminate()))`),
    )
    assert.deepEqual([code, stdout.trim()], [0, '1'])
  })
})

describe('a pool that nobody refers to', () => {
  /** `fn` gets two flags: it may begin when the first is set, and has begun when it sets the second. */
  const collects = async (options, fn, { begins = false } = {}) => {
    const { code, stdout } = await settled(
      runScript(
        `import { readdirSync } from 'node:fs'
         import { Pool } from 'isolane'
         const threads = () => (process.platform === 'linux' ? readdirSync('/proc/self/task').length : 0)
         const use = async (fn, begins) => {
           const pool = new Pool({ engine: 'node', threads: 1, ...${JSON.stringify(options)} })
           const flags = new Int32Array(new SharedArrayBuffer(8))
           await pool.run(fn, flags)
           Atomics.store(flags, 0, 1)
           while (begins && Atomics.load(flags, 1) === 0) await new Promise((resolve) => setTimeout(resolve, 1))
           return pool
         }
         await (await use(() => 1)).destroy()
         const before = threads()
         const lost = new WeakRef(await use(${fn}, ${begins}))
         do {
           await new Promise((resolve) => setTimeout(resolve, 5))
           // Before it is asked for: that keeps it for the rest of the turn.
           globalThis.gc()
         } while (lost.deref() !== undefined || threads() > before)
         console.log('gone')`,
        { flags: ['--expose-gc'] },
      ),
    )
    assert.deepEqual([code, stdout.trim()], [0, 'gone'])
  }

  it('takes its spares along', () => collects({ spareWorkers: 2 }, () => 1))

  it('takes along what its functions have left open', () =>
    collects({}, () => {
      setInterval(() => {}, 1)
      require('node:net').createServer().listen(0)
    }))

  it('takes along what its functions compute in the background', () =>
    collects(
      {},
      (flags) => {
        setInterval(() => {
          if (Atomics.load(flags, 0) === 0) return
          Atomics.store(flags, 1, 1)
          for (;;);
        }, 1)
      },
      { begins: true },
    ))
})

describe('closing', () => {
  it('before the Workers have started', async () => {
    const pool = new Pool({ threads: 2 })
    await settled(pool.close())
    const other = new Pool({ threads: 2 })
    const call = rejection(other.run(() => 1))
    await settled(other.destroy())
    assert.equal((await call).code, 'ERR_ISOLANE_POOL_CLOSED')
  })

  it('while a Worker is replaced', async () => {
    const pool = new Pool({ threads: 1 })
    await rejection(pool.run(() => process.exit(1)))
    await settled(pool.destroy())
  })

  it("lets functions' exit handlers run", () =>
    withPool({ threads: 1 }, async (pool) => {
      const watch = () => {
        const { writeFileSync } = require('node:fs')
        const file = require('node:path').join(
          require('node:os').tmpdir(),
          `isolane-exit-${process.pid}`,
        )
        process.once('exit', () => writeFileSync(file, 'left'))
        return file
      }
      const file = await pool.run(watch)
      await pool.close()
      const { readFileSync, rmSync } = await import('node:fs')
      assert.equal(readFileSync(file, 'utf8'), 'left')
      rmSync(file)
    }))
})

describe('an idle Worker', () => {
  it('serves what functions have left open', () =>
    withPool({ threads: 1 }, async (pool) => {
      const leave = () => {
        globalThis.ticks = 0
        setInterval(() => globalThis.ticks++, 5)
      }
      await pool.run(leave)
      await until(async () => {
        await new Promise((resolve) => setTimeout(resolve, 100))
        return (await pool.run(() => globalThis.ticks)) > 5
      })
    }))

  it('takes work again when it has waited long', () =>
    withPool({ threads: 2 }, async (pool) => {
      await allIdle(pool)
      for (const pause of [0, 5, 30, 120]) {
        await new Promise((resolve) => setTimeout(resolve, pause))
        assert.equal(await settled(pool.run((x) => x, pause)), pause)
      }
    }))
})

describe('options of the node engine', () => {
  it('are refused on another', () => {
    for (const options of [{ concurrency: 2 }, { spareWorkers: 1 }]) {
      const [name] = Object.keys(options)
      assert.throws(() => new Pool({ engine: 'v8', ...options }), {
        code: /ERR_ISOLANE_(INVALID_ARGUMENT|ENGINE_UNAVAILABLE)/,
        message: new RegExp(`${name}|v8`),
      })
    }
  })

  for (const options of [
    { concurrency: 0 },
    { concurrency: 1001 },
    { concurrency: '2' },
    { spareWorkers: -1 },
    { spareWorkers: 65 },
  ]) {
    it(`${JSON.stringify(options)} is out of range`, () => {
      const [[name, value]] = Object.entries(options)
      assert.throws(() => new Pool(options), {
        code: 'ERR_ISOLANE_INVALID_ARGUMENT',
        message: new RegExp(`${name}.*${value}`),
      })
    })
  }
})
