/** The process has no file descriptor left, or few: by `ulimit -n`. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { engines } from 'isolane'

import { runScript } from '../support/processes.mjs'

const UNAVAILABLE = 'ERR_ISOLANE_ENGINE_UNAVAILABLE'
const LOST = 'ERR_ISOLANE_WORKER_LOST'
const TIMEOUT = 'ERR_ISOLANE_TIMEOUT'

const skip = process.platform === 'win32' ? 'has no such limit' : false

/** What comes of a pool's life where so many descriptors are `left`; the pool starts before or after that. */
async function life({ engine, left, startsBefore = false, loadsBefore = true }) {
  const { code, signal, stdout, stderr } = await runScript(
    `import { closeSync, openSync } from 'node:fs'
    import { engines, Pool } from 'isolane'
    const outcomes = { events: [] }
    const note = async (name, act) => {
      const settle = ({ code, message }) => ({ code, message })
      try { outcomes[name] = await act() } catch (error) { outcomes[name] = settle(error) }
    }
    const start = () => new Pool({ engine: '${engine}', threads: 1, niceIncrement: 0 })
    const double = (x) => x * 2
    const hang = () => { for (;;); }
    const soon = { timeout: 60_000 }
    if (${loadsBefore}) engines()
    let pool
    if (${startsBefore}) {
      pool = start()
      await pool.run(double, 1)
    }

    const opened = []
    try { for (;;) opened.push(openSync('/dev/null')) } catch ({ code }) { outcomes.full = code }
    for (let i = 0; i < ${left}; i++) closeSync(opened.pop())
    await note('start', () => { pool ??= start() })
    if (pool !== undefined) {
      pool.on('error', ({ code }) => outcomes.events.push(code))
      await note('run', () => pool.run(double, 21, soon))
      await note('loop', () => pool.run(hang, 0, { timeout: 50 }))
      await note('again', () => pool.run(double, 21, soon))
      await note('map', () => pool.map([1, 2, 3], double, soon))
      await note('close', () => pool.close())
    }

    for (const descriptor of opened) closeSync(descriptor)
    await note('later', async () => {
      const pool = start()
      const result = await pool.run(double, 21, soon)
      await pool.close()
      return result
    })
    console.log(JSON.stringify(outcomes))`,
    { through: ['sh', '-c', 'ulimit -n 64; exec "$0" "$@"'] },
  )
  assert.deepEqual({ code, signal }, { code: 0, signal: null }, stderr)
  const outcomes = JSON.parse(stdout)
  assert.equal(outcomes.full, 'EMFILE')
  assert.equal(outcomes.later, 42, 'a pool starts once there are descriptors again')
  return outcomes
}

function assertWorks({ start, run, loop, again, map, close }) {
  const found = { start, run, loop: loop?.code, again, map, close }
  const works = { run: 42, loop: TIMEOUT, again: 42, map: [2, 4, 6] }
  assert.deepEqual(found, { start: undefined, ...works, close: undefined })
}

/** Each call gives its result or says why it cannot. */
function assertWorksOrRefuses({ run, loop, again, map, close, events }) {
  const answers = { run: 42, again: 42, map: [2, 4, 6] }
  for (const [name, outcome] of Object.entries({ run, again, map })) {
    if (outcome?.code === undefined) assert.deepEqual(outcome, answers[name])
    else assert.ok([UNAVAILABLE, LOST].includes(outcome.code), `${name}: ${outcome.message}`)
  }
  assert.ok([TIMEOUT, UNAVAILABLE, LOST].includes(loop.code), loop.message)
  assert.equal(close, undefined)
  for (const code of events) assert.equal(code, LOST)
}

describe('where the process has no file descriptor left', { skip }, () => {
  for (const engine of engines()) {
    it(`a pool of engine ${engine} whose addon is not loaded says why`, async () => {
      const { start } = await life({ engine, left: 0, loadsBefore: false })
      assert.equal(start?.code, UNAVAILABLE)
      assert.match(start.message, /EMFILE/)
    })
  }

  for (const engine of engines()) {
    for (const startsBefore of [false, true]) {
      const when = startsBefore ? 'that has started' : 'that starts'
      it(`a pool of engine ${engine} ${when} works or says why not`, async () => {
        for (const left of [0, 2, 4]) {
          const outcomes = await life({ engine, left, startsBefore })
          if (engine === 'v8') assertWorks(outcomes)
          else assertWorksOrRefuses(outcomes)
        }
        assertWorks(await life({ engine, left: 20, startsBefore }))
      })
    }
  }
})
