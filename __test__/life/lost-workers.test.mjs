/**
 * Code that nothing can stop: V8 does not look for interrupts while ICU puts combining marks in
 * order, which takes quadratic time. In processes of their own, since such a thread computes on.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { onlyV8 } from '../support/engine.mjs'
import { runScript } from '../support/processes.mjs'

/** Takes many times the five seconds that an interrupted call has, and yet ends one day. */
const unstoppable = `() => ('a' + '\\u0301\\u0316'.repeat(3e5)).normalize('NFD').length`

const head = `
  import { Pool } from 'isolane'
  const pool = new Pool({ threads: 2, name: 'grave' })
  const unstoppable = { name: 'unstoppable', source: ${JSON.stringify(unstoppable)} }
  const seen = { destroyed: [], created: [], errors: [] }
  pool.on('workerDestroy', (worker) => seen.destroyed.push(worker))
  pool.on('workerCreate', (worker) => seen.created.push(worker.id))
  pool.on('error', ({ name, code, message }) => seen.errors.push({ name, code, message }))
  const report = (more) => console.log(JSON.stringify({ ...seen, ...more }))`

describe('a call that cannot be stopped', { ...onlyV8, concurrency: 3 }, () => {
  it('rejects with a WorkerLostError; its worker is given up and replaced; other calls go on', async () => {
    const { destroyed, created, errors, ...rest } = await reportOf(`
      const call = pool.run(unstoppable, undefined, { timeout: 1000 }).catch((error) => error)
      const meanwhile = await pool.map([1, 2, 3], (x) => x * 2)
      const { code, cause } = await call
      const both = () => pool.run(() => { const end = Date.now() + 50; while (Date.now() < end); return 1 })
      const afterwards = await Promise.all([both(), both()])
      const isLost = ({ state }) => state === 'lost'
      const states = pool.status().filter((worker) => !isLost(worker)).map(({ id }) => id)
      const lost = pool.status().filter(isLost)
      await pool.destroy()
      const after = pool.status().filter(isLost).map(({ id }) => id)
      report({ meanwhile, code, cause: cause.code, limit: cause.timeout, afterwards, states, lost, after })`)
    assert.equal(rest.code, 'ERR_ISOLANE_WORKER_LOST')
    assert.deepEqual([rest.cause, rest.limit], ['ERR_ISOLANE_TIMEOUT', 1000])
    assert.deepEqual(rest.meanwhile, [2, 4, 6])
    assert.deepEqual(rest.afterwards, [1, 1])
    const given = destroyed.filter((worker) => worker.reason !== undefined)
    assert.equal(given.length, 1)
    const [{ id, reason }] = given
    assert.match(reason, /did not stop within 5s/)
    assert.deepEqual(errors, [
      {
        name: 'WorkerLostError',
        code: 'ERR_ISOLANE_WORKER_LOST',
        message: `Worker ${id} was lost: ${reason}`,
      },
    ])
    assert.equal(rest.lost.length, 1)
    assert.deepEqual([rest.lost[0].id, rest.lost[0].function], [id, 'unstoppable'])
    assert.deepEqual(rest.after, [id], 'it computes on, also when the pool is gone')
    assert.equal(rest.states.length, 2)
    assert.ok(!rest.states.includes(id), 'a replacement has an id of its own')
    for (const worker of rest.states) assert.ok(created.includes(worker))
  })

  it('leaves the rest of a map that wants what it has at its timeout', async () => {
    const { status, results, missing, lost } = await reportOf(`
      const items = Array.from({ length: 6 }, (_, n) => n)
      const sticky = { source: '(x) => x === 5 ? (' + unstoppable.source + ')() : x' }
      const outcome = await pool.map(items, sticky, { timeout: 2000, onTimeout: 'partial', chunkSize: 1 })
      report({ ...outcome, lost: seen.destroyed.length })`)
    assert.equal(status, 'partial')
    assert.deepEqual(results.slice(0, 5), [0, 1, 2, 3, 4])
    assert.deepEqual(missing, [[5, 6]])
    assert.equal(lost, 1)
  })

  it('keeps neither an aborted call, nor destroy(), nor the process', async () => {
    const { code, cause, destroyed } = await reportOf(`
      const stop = new AbortController()
      const call = pool.run(unstoppable, undefined, { signal: stop.signal }).catch((error) => error)
      // Long enough for it to be where it cannot be stopped: nothing can tell from outside.
      await new Promise((resolve) => setTimeout(resolve, 1000))
      stop.abort('enough')
      await pool.destroy()
      const { code, cause } = await call
      report({ code, cause })`)
    assert.equal(code, 'ERR_ISOLANE_ABORTED')
    assert.equal(cause, 'enough')
    assert.equal(destroyed.filter(({ reason }) => reason !== undefined).length, 1)
  })
})

/** What the script reported, once its process has ended by itself. */
async function reportOf(script) {
  const { code, stdout, stderr } = await runScript(`${head}\n${script}`)
  assert.equal(code, 0, stderr)
  return JSON.parse(stdout)
}
