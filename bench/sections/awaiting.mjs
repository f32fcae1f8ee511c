import { Pool } from 'isolane'
import { interleave, measure } from '../lib/measure.mjs'
import { EVENT_LOOP, ISOLANE_NODE, PISCINA, startAll } from '../peers/contenders.mjs'

const CALLS = 1_000
const TIMER_MS = 10
/** Calls that one thread awaits at once. */
const CONCURRENCY = 50

const METRICS = [
  { key: 'wallMs', label: 'wall ms' },
  { key: 'busyMs', label: 'main thread busy ms' },
]

const CONTENDERS = {
  [EVENT_LOOP]: startEventLoop,
  [ISOLANE_NODE]: startIsolane,
  [PISCINA]: async (options) => (await import('../peers/piscina.mjs')).startWaiter(options),
}

/** Calls that wait and compute nothing: what handing them over costs is all there is to see. */
export const awaitingSection = {
  name: 'awaiting',
  async run({ rounds, threads, note, onUnavailable }) {
    const together = `${CONCURRENCY * threads} at once`
    note(`${CALLS} timers, ${together}`)
    const sessions = await startAll(
      CONTENDERS,
      { threads, concurrency: CONCURRENCY },
      onUnavailable,
    )
    const samples = await interleave(sessions, rounds, sample, 2)
    for (const session of sessions.values()) await session.close()
    const title = `${CALLS.toLocaleString('en')} calls that each await a timer of ${TIMER_MS} ms, ${together}`
    return [{ id: 'awaiting', title, metrics: METRICS, baseline: EVENT_LOOP, samples }]
  },
}

async function sample(session) {
  const { value, wallMs, busyMs } = await measure(() => session.waitForAll(CALLS, TIMER_MS))
  if (value.length !== CALLS || value.some((ms) => ms !== TIMER_MS)) {
    throw new Error(`${value.length} results of ${CALLS}`)
  }
  return { wallMs, busyMs }
}

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms, ms))

/** So many loops, each of which takes the next call when its last one has ended. */
function startEventLoop({ threads, concurrency }) {
  return {
    async waitForAll(calls, ms) {
      const results = []
      let left = calls
      const take = async () => {
        while (left-- > 0) results.push(await wait(ms))
      }
      await Promise.all(Array.from({ length: threads * concurrency }, take))
      return results
    },
    close() {},
  }
}

function startIsolane(options) {
  const pool = new Pool({ engine: 'node', ...options })
  return {
    waitForAll: (calls, ms) => Promise.all(Array.from({ length: calls }, () => pool.run(wait, ms))),
    close: () => pool.close(),
  }
}
