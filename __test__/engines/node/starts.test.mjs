/** Workers that die at their start, or never come to its end. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { settled, until, withPool } from '../../support/pools.mjs'
import { runScript } from '../../support/processes.mjs'

const fixture = fileURLToPath(new URL('fixtures/preload.cjs', import.meta.url))

/** What a script reports in whose Workers `preload` runs before anything else. */
async function withPreload(preload, script) {
  const { code, stdout, stderr } = await settled(
    runScript(
      `import { Pool } from 'isolane'
       const created = [], destroyed = [], errors = []
       const open = (options) => {
         const pool = new Pool({ engine: 'node', threads: 1, ...options })
         pool.on('workerCreate', ({ id }) => created.push(id))
         pool.on('workerDestroy', ({ id }) => destroyed.push(id))
         pool.on('error', ({ message }) => errors.push(message))
         return pool
       }
       const failure = (call) => call.then(() => 'none', ({ code, message, cause }) => ({ code, message, cause: String(cause) }))
       const report = (more) => console.log(JSON.stringify({ created: created.sort(), destroyed: destroyed.sort(), errors, ...more }))
       ${script}`,
      { flags: ['--require', fixture], env: { ISOLANE_TEST_PRELOAD: preload } },
    ),
  )
  assert.equal(code, 0, stderr)
  return JSON.parse(stdout)
}

const deaths = {
  'throws at once': [`throw new RangeError('no')`, /nobody caught RangeError: no/],
  'rejects and nobody handles it': [
    `Promise.reject(new Error('agent: no connection'))`,
    /nobody caught Error: agent: no connection/,
  ],
  'throws a little later': [
    `setImmediate(() => { throw new Error('late') })`,
    /nobody caught Error: late/,
  ],
  exits: [`process.exit(3)`, /its thread ended with code 3/],
  'requires what is not there': [`require('/missing.cjs')`, /missing\.cjs/],
}

describe('a preload that', () => {
  for (const [what, [preload, reason]] of Object.entries(deaths)) {
    for (const threads of [1, 3]) {
      it(`${what}: calls reject with the reason, and ${threads} Workers are not started forever`, async () => {
        const { call, next, created, destroyed, errors } = await withPreload(
          preload,
          `const pool = open({ threads: ${threads} })
           const call = await failure(pool.run(() => 1))
           const next = await failure(pool.run(() => 1))
           await pool.close()
           report({ call, next })`,
        )
        for (const { code, message } of [call, next]) {
          // One that had the call already rejects it by itself.
          assert.match(code, /^ERR_ISOLANE_(ENGINE_UNAVAILABLE|WORKER_LOST)$/)
          assert.match(message, reason)
        }
        assert.deepEqual(created, destroyed)
        // Each call that began started the account anew.
        const most = 3 * (6 + 2 * threads)
        assert.ok(errors.length <= most, `${errors.length} Workers were started`)
      })
    }
  }

  it('throws: the error comes as the cause', async () => {
    const { call } = await withPreload(
      `throw new RangeError('no')`,
      `report({ call: await failure(open().run(() => 1)) })`,
    )
    assert.equal(call.cause, 'RangeError: no')
  })

  it('fails for a while: the pool works once it does not', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'isolane-starts-'))
    try {
      const { value, created } = await withPreload(
        `const { readdirSync, mkdtempSync } = require('node:fs')
         const tries = readdirSync(${JSON.stringify(folder)}).length
         mkdtempSync(${JSON.stringify(join(folder, 'try-'))})
         if (tries < 4) throw new Error('not yet')`,
        `const pool = open()
         const value = await pool.run((x) => x, 1)
         await pool.close()
         report({ value })`,
      )
      assert.deepEqual([value, created.length], [1, 1])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  for (const preload of ['for (;;);', 'setImmediate(() => { for (;;); })']) {
    it(`never ends (${preload}): timeout and queueTimeout hold, close() and destroy() resolve`, async () => {
      const { codes, messages, created, destroyed } = await withPreload(
        preload,
        `const pool = open()
         const calls = [
           pool.run(() => 1, undefined, { timeout: 100 }),
           pool.map([1, 2], (x) => x, { timeout: 100 }),
           pool.run(() => 1, undefined, { queueTimeout: 100 }),
         ]
         const failures = await Promise.all(calls.map(failure))
         const other = open()
         const left = failure(other.run(() => 1))
         await Promise.all([pool.close(), other.destroy()])
         const messages = failures.slice(0, 2).map(({ message }) => message)
         report({ codes: [...failures, await left].map(({ code }) => code), messages })`,
      )
      for (const message of messages) {
        assert.match(
          message,
          /was not started within its timeout of 100 ms: no worker has started yet$/,
        )
      }
      assert.deepEqual(codes, [
        'ERR_ISOLANE_TIMEOUT',
        'ERR_ISOLANE_TIMEOUT',
        'ERR_ISOLANE_QUEUE_TIMEOUT',
        'ERR_ISOLANE_POOL_CLOSED',
      ])
      assert.deepEqual(created, destroyed)
    })
  }
})

describe('a loop that a function leaves in the background', () => {
  /** Begins once the first of the flags is set, and says so by the second. */
  const leave = (flags) => {
    setInterval(() => {
      if (Atomics.load(flags, 0) === 0) return
      Atomics.store(flags, 1, 1)
      for (;;);
    }, 1)
  }

  /** Resolves when the loop runs, and the call that left it has ended. */
  async function leaveLoop(pool) {
    const flags = new Int32Array(new SharedArrayBuffer(8))
    await settled(pool.run(leave, flags))
    Atomics.store(flags, 0, 1)
    await until(() => Atomics.load(flags, 1) === 1)
  }

  for (const end of ['close', 'destroy']) {
    it(`does not keep ${end}()`, () =>
      withPool({ threads: 1 }, async (pool) => {
        await leaveLoop(pool)
        await settled(pool[end]())
      }))
  }

  it('does not keep the next call: another Worker has it', () =>
    withPool({ threads: 1 }, async (pool) => {
      await leaveLoop(pool)
      assert.equal(await settled(pool.run((x) => x, 1)), 1)
    }))
})
