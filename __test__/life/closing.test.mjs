import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { PoolClosedError } from 'isolane'
import { onlyV8, Pool } from '../support/engine.mjs'
import {
  occupy,
  range,
  rejection,
  runningFunctions,
  settled,
  until,
  withPool,
} from '../support/pools.mjs'
import { runScript } from '../support/processes.mjs'
import { sized } from '../support/size.mjs'

const spin = (x) => {
  const end = Date.now() + 5
  while (Date.now() < end);
  return x
}
const hang = () => {
  for (;;);
}

function assertClosed(error, name = 'isolane') {
  assert.ok(error instanceof PoolClosedError, error)
  assert.equal(error.code, 'ERR_ISOLANE_POOL_CLOSED')
  assert.match(error.message, new RegExp(name))
}

describe('pool.close', () => {
  it('waits for calls that run and calls that wait', async () => {
    const pool = new Pool({ threads: 1 })
    const order = []
    const calls = range(5).map((n) => pool.run(spin, n).then((x) => order.push(x)))
    const map = pool
      .map(range(10), spin, { chunkSize: 1 })
      .then((result) => order.push(result.length))
    await pool.close().then(() => order.push('closed'))
    await Promise.all([...calls, map])
    assert.deepEqual(order.at(-1), 'closed')
    assert.deepEqual(new Set(order), new Set([0, 1, 2, 3, 4, 10, 'closed']))
  })

  it('waits for items that are still to be encoded', async () => {
    const pool = new Pool({ threads: 2 })
    const items = range(300_000).map((id) => ({ id, text: `item ${id}` }))
    const map = pool.map(items, ({ id }) => id)
    await pool.close()
    assert.deepEqual(await map, range(300_000))
  })

  it('waits for a reduce, which takes two rounds', async () => {
    const pool = new Pool({ threads: 2 })
    const sum = pool.reduce(
      range(1000),
      { reduce: (a, b) => a + b, initial: 0 },
      { chunkSize: 100 },
    )
    await pool.close()
    assert.equal(await sum, 499_500)
  })

  it('with force rejects what waits and lets finish what runs', async () => {
    const pool = new Pool({ threads: 1, name: 'forced' })
    const running = pool.run((milliseconds) => {
      const end = Date.now() + milliseconds
      while (Date.now() < end);
      return 'finished'
    }, 200)
    await until(() => runningFunctions(pool).length === 1)
    const waiting = [pool.run(spin, 1), pool.map([1, 2], spin)].map(rejection)
    const closed = pool.close({ force: true })
    for (const error of waiting) assertClosed(await error, 'forced')
    assert.equal(await running, 'finished')
    await settled(closed)
  })

  it('resolves for a pool that was never used, and twice', async () => {
    const pool = new Pool({ threads: 2 })
    await settled(Promise.all([pool.close(), pool.close()]))
    await settled(pool.close())
    await settled(pool.destroy())
  })

  it('stops the threads', async () => {
    const pool = new Pool({ threads: 2 })
    await pool.run(() => {})
    await pool.close()
    assert.ok(pool.status().every(({ state }) => state === 'stopped'))
  })

  it('leaves calls made before to their signal', async () => {
    const pool = new Pool({ threads: 1 })
    const stop = new AbortController()
    const call = rejection(pool.run(hang, 0, { signal: stop.signal }))
    const closed = pool.close()
    stop.abort()
    assert.equal((await call).code, 'ERR_ISOLANE_ABORTED')
    await settled(closed)
  })

  it('is what Symbol.asyncDispose does', async () => {
    const pool = new Pool({ threads: 1 })
    const call = pool.run(spin, 1)
    await pool[Symbol.asyncDispose]()
    assert.equal(await call, 1)
    assertClosed(await rejection(pool.run(spin, 1)))
  })
})

describe('pool.destroy', () => {
  it('rejects a running map and stops its loops', async () => {
    const pool = new Pool({ threads: 2, name: 'doomed' })
    const map = rejection(pool.map(range(10), hang, { chunkSize: 1 }))
    await until(() => runningFunctions(pool).length === 2)
    await settled(pool.destroy())
    assertClosed(await map, 'doomed')
    assert.ok(pool.status().every(({ state }) => state === 'stopped'))
  })

  it('rejects all that waits', async () => {
    const pool = new Pool({ threads: 1, name: 'doomed' })
    // Without a call that keeps the worker busy the first of the others may be done before the end.
    const running = rejection(pool.run(hang))
    await until(() => runningFunctions(pool).length === 1)
    const waiting = range(1000).map((n) => rejection(pool.run(spin, n)))
    await settled(pool.destroy())
    for (const error of await Promise.all([running, ...waiting])) assertClosed(error, 'doomed')
  })

  it('while items are still being encoded', async () => {
    const pool = new Pool({ threads: 2 })
    const items = range(500_000).map((id) => ({ id, text: `item ${id}` }))
    const map = rejection(pool.map(items, (x) => x))
    await settled(pool.destroy())
    assertClosed(await map)
  })

  it('in the turn in which the pool was made, with a call', async () => {
    const pool = new Pool({ threads: 2 })
    const call = rejection(pool.run(hang))
    await settled(pool.destroy())
    assertClosed(await call)
  })

  it('ends a close that waits', async () => {
    const pool = new Pool({ threads: 1 })
    const call = rejection(pool.run(hang))
    const closed = pool.close()
    await settled(pool.destroy())
    await settled(closed)
    assertClosed(await call)
  })

  it('ends a stream', async () => {
    const pool = new Pool({ threads: 1 })
    const next = rejection(pool.stream([1, 2, 3], hang).next())
    await until(() => runningFunctions(pool).length === 1)
    await settled(pool.destroy())
    assertClosed(await next)
  })

  it('time after time, while calls run', async () => {
    for (const n of range(sized(50, 12))) {
      const pool = new Pool({ threads: 2 })
      const call = pool.map(range(100), (x) => x, { chunkSize: 1 }).catch(({ code }) => code)
      if (n % 2 === 0) await pool.run(() => {})
      await settled(pool.destroy())
      const outcome = await call
      assert.ok(Array.isArray(outcome) || outcome === 'ERR_ISOLANE_POOL_CLOSED', String(outcome))
    }
  })
})

describe('use after close', () => {
  const uses = {
    map: (pool) => pool.map([1], (x) => x),
    'map of no items': (pool) => pool.map([], (x) => x),
    'map of a typed array': (pool) => pool.map(Int8Array.of(1), (x) => x),
    run: (pool) => pool.run((x) => x, 1),
    forEach: (pool) => pool.forEach([1], (x) => x),
    filter: (pool) => pool.filter([1], (x) => x),
    reduce: (pool) => pool.reduce([1], { reduce: (a) => a }),
    'reduce of no items': (pool) => pool.reduce([], { reduce: (a) => a, initial: 0 }),
    stream: async (pool) => pool.stream([1], (x) => x).next(),
    share: (pool) => pool.share('value', 1),
  }
  for (const [name, use] of Object.entries(uses)) {
    it(`${name} rejects with PoolClosedError`, async () => {
      for (const end of ['close', 'destroy']) {
        const pool = new Pool({ threads: 1 })
        const ended = pool[end]()
        assertClosed(await rejection(use(pool)))
        await ended
        assertClosed(await rejection(use(pool)))
      }
    })
  }

  it('status and stats still answer', async () => {
    const pool = new Pool({ threads: 1 })
    await pool.run(() => {})
    await pool.close()
    assert.equal(pool.status().length, 1)
    assert.equal(pool.stats().completed, 1)
  })

  it('a shared value can be disposed of, and refuses an update', () =>
    withPool({ threads: 1 }, async (pool) => {
      const value = await pool.share('value', 1)
      await pool.close()
      assertClosed(await rejection(value.update(2)))
      value.dispose()
    }))

  it('the pool of a call that ended it is not in its way', async () => {
    const pool = new Pool({ threads: 1 })
    const release = await occupy(pool)
    const closed = pool.close()
    await release()
    await settled(closed)
  })
})

/** Only a hang takes longer, also on a machine that is slow for a while. */
const SOON_MS = 60_000

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

/** Repeats `round(n)`; once it has been run often enough, no thread and no memory may be left behind. */
const repeated = (round) => `
  import { readdirSync } from 'node:fs'
  const isLinux = process.platform === 'linux'
  const threads = () => (isLinux ? readdirSync('/proc/self/task').length : 0)
  ${round}
  for (let n = 0; n < ${sized(40, 12)}; n++) await round(n)
  const before = { threads: threads(), rss: process.memoryUsage.rss() }
  for (let n = 0; n < ${sized(160, 24)}; n++) await round(n)
  // A thread that is done takes a moment to end.
  for (let n = 0; n < 200 && threads() > before.threads; n++) await new Promise((resolve) => setTimeout(resolve, 10))
  const grown = (process.memoryUsage.rss() - before.rss) / 2 ** 20
  if (threads() > before.threads) throw new Error(threads() + ' threads, ' + before.threads + ' before')
  if (grown > ${sized(100, 50)}) throw new Error(grown + ' MiB more')
  console.log('go')`

describe('time after time', onlyV8, () => {
  it('a pool that is destroyed with a running call leaves no thread and no memory behind', () =>
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

  it('a Worker that is terminated with running calls leaves no thread and no memory behind', () =>
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
