/**
 * What code of the host's throws that no call waits for is the process's, as from any listener: a
 * process that goes on past it finds its pools as they were.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { engine } from '../support/engine.mjs'
import { runScript } from '../support/processes.mjs'

/** Runs `script` with a pool and a list of what was uncaught; gives its last line, as JSON. */
async function inProcess(script) {
  const { code, stdout, stderr } = await runScript(`
    import { setImmediate as turn } from 'node:timers/promises'
    import { Pool } from 'isolane'
    const uncaught = []
    process.on('uncaughtException', (error) => uncaught.push(error.message))
    const engine = ${JSON.stringify(engine)}
    const bomb = (name) => () => { throw new Error(name) }
    const until = async (condition) => { while (!condition()) await turn() }
    const print = (value) => console.log(JSON.stringify(value))
    ${script}
  `)
  assert.equal(code, 0, stderr)
  return JSON.parse(stdout.trim().split('\n').at(-1))
}

describe('a listener that throws', () => {
  it('of any event: every exception is uncaught once, and the pool answers and closes', async () => {
    const { answers, uncaught } = await inProcess(`
      const pool = new Pool({ engine, threads: 2 })
      for (const name of ['drain', 'log', 'workerCreate', 'workerDestroy']) pool.on(name, bomb(name))
      const answers = []
      await until(() => uncaught.filter((name) => name === 'workerCreate').length === 2)
      for (let n = 0; n < 100; n++) answers.push(await pool.run((x) => (console.log(x), x), n))
      await until(() => uncaught.includes('drain') && uncaught.includes('log'))
      await pool.close()
      await until(() => uncaught.filter((name) => name === 'workerDestroy').length === 2)
      print({ answers: answers.length, uncaught })
    `)
    assert.equal(answers, 100)
    const count = (name) => uncaught.filter((other) => other === name).length
    assert.equal(count('log'), 100)
    assert.equal(count('workerCreate'), 2)
    assert.equal(count('workerDestroy'), 2)
  })

  it("of 'workerDestroy' keeps 'error' from nobody", async () => {
    const { told, code, answer, uncaught } = await inProcess(`
      const pool = new Pool({ engine: 'node', threads: 1 })
      const told = []
      pool.on('workerDestroy', bomb('workerDestroy'))
      pool.on('error', (error) => told.push(error.code))
      pool.on('error', bomb('error'))
      const code = await pool.run(() => process.exit(1)).catch((error) => error.code)
      await until(() => uncaught.length === 2)
      const answer = await pool.run((x) => x, 1)
      pool.removeAllListeners()
      await pool.close()
      print({ told, code, answer, uncaught })
    `)
    assert.deepEqual(told, ['ERR_ISOLANE_WORKER_LOST'])
    assert.equal(code, 'ERR_ISOLANE_WORKER_LOST')
    assert.equal(answer, 1)
    assert.deepEqual(uncaught, ['workerDestroy', 'error'])
  })

  it('thousands of times, while the pool polls for answers', async () => {
    const { answers, drains } = await inProcess(`
      const pool = new Pool({ engine, threads: 1 })
      let drains = 0
      pool.on('drain', () => { drains++; throw new Error('drain') })
      let answers = 0
      for (; answers < 3000; answers++) await pool.run(() => 1)
      await pool.close()
      await until(() => uncaught.length === drains)
      print({ answers, drains })
    `)
    assert.equal(answers, 3000)
    assert.equal(drains, 3000)
  })

  it('ends a process that has no handler for it, as in any emitter', async () => {
    const { code, stderr } = await runScript(`
      import { Pool } from 'isolane'
      const pool = new Pool({ engine: ${JSON.stringify(engine)}, threads: 1 })
      pool.on('drain', () => { throw new Error('a bug in a listener') })
      await pool.run(() => 1)
      setInterval(() => {}, 1000)
    `)
    assert.equal(code, 1)
    assert.match(stderr, /a bug in a listener/)
  })
})

describe('a signal of a library', () => {
  it('whose removeEventListener throws: the call settles, and the exception is uncaught', async () => {
    const { answers, uncaught } = await inProcess(`
      const pool = new Pool({ engine, threads: 1 })
      const signal = { aborted: false, addEventListener() {}, removeEventListener: bomb('remove') }
      const answers = [
        await pool.run((x) => x, 1, { signal }),
        ...await pool.map([2, 3], (x) => x, { signal }),
      ]
      for await (const x of pool.stream([4], (x) => x, { signal })) answers.push(x)
      await pool.close()
      await until(() => uncaught.length === 3)
      print({ answers, uncaught })
    `)
    assert.deepEqual(answers, [1, 2, 3, 4])
    assert.deepEqual(uncaught, ['remove', 'remove', 'remove'])
  })
})

describe('listeners', () => {
  it('may make calls, and may end the pool', async () => {
    const { answers, uncaught } = await inProcess(`
      const answers = []
      for (const end of [(pool) => pool.close(), (pool) => pool.destroy()]) {
        for (const event of ['drain', 'workerCreate', 'log']) {
          const pool = new Pool({ engine, threads: 1 })
          const ends = []
          pool.once(event, () => {
            answers.push(pool.run((x) => x, event).catch((error) => error.code))
            ends.push(end(pool))
          })
          await pool.run(() => console.log('line')).catch(() => {})
          await until(() => ends.length > 0)
          await Promise.all(ends)
        }
      }
      print({ answers: await Promise.all(answers), uncaught })
    `)
    assert.deepEqual(uncaught, [])
    assert.deepEqual(answers.slice(0, 3), ['drain', 'workerCreate', 'log'])
    assert.equal(answers.length, 6)
    for (const answer of answers.slice(3))
      assert.match(answer, /POOL_CLOSED|drain|workerCreate|log/)
  })
})

describe('warnings', () => {
  it('come from no ordinary use', async () => {
    const { warnings } = await inProcess(`
      import { Worker } from 'node:worker_threads'
      const warnings = []
      process.on('warning', ({ name, message }) => warnings.push(name + ': ' + message))
      const pools = Array.from({ length: 20 }, () => new Pool({ engine, threads: 1 }))
      const { signal } = new AbortController()
      const calls = []
      for (let n = 0; n < 1000; n++) calls.push(pools[n % 20].run((x) => x, n, { signal }))
      for (let n = 0; n < 50; n++) calls.push(pools[0].map([n], (x) => x, { signal }))
      await Promise.all(calls)
      const many = { signal, concurrency: 200 }
      for (let n = 0; n < 20; n++)
        for await (const _ of pools[0].stream(Array(300).fill(n), (x) => x, many));
      await Promise.all(pools.map((pool) => pool.close()))
      await turn()
      print({ warnings })
    `)
    assert.deepEqual(warnings, [])
  })
})
