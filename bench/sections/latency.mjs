import { setTimeout as pause } from 'node:timers/promises'
import { Pool } from 'isolane'
import { interleave } from '../lib/measure.mjs'
import { ISOLANE } from '../peers/contenders.mjs'
import { roomByTag } from '../workloads/workloads.mjs'
import { startService } from '../service/service.mjs'

const ROOMS = 20_000
/** About as long as the map takes on two cores. */
const DURATION_MS = 4_000
/** Results that the main thread makes in one go when it makes them alone. */
const AT_ONCE = 125

const METRICS = [
  { key: 'p50Ms', label: 'p50 ms' },
  { key: 'p99Ms', label: 'p99 ms' },
]

/**
 * What the latency of a service beside a map is made of: its parts, each by itself. `docs/latency.md`
 * tells what follows.
 */
export const latencySection = {
  name: 'latency',
  async run({ threads, rounds, note, onUnavailable }) {
    note('answers of a service, beside parts of a map and whole ones')
    const service = await startService()
    const { cases, close } = await startCases(threads).catch((error) => {
      onUnavailable(ISOLANE, error)
      return { cases: new Map(), close: () => undefined }
    })
    const samples = await interleave(
      cases,
      Math.max(2, Math.ceil(rounds / 2)),
      async (occupy) => {
        const done = occupy()
        const latencies = await service.latencies(done)
        await done
        return latencies
      },
      1,
    )
    await close()
    await service.close()
    return [{ id: 'latency', title: 'a service’s answers', metrics: METRICS, samples }]
  },
}

async function startCases(threads) {
  const full = roomByTag('matchRoom', ROOMS)
  const counts = roomByTag('countMatches', ROOMS)
  const pools = []
  const start = async (options) => {
    const pool = new Pool({ threads, engine: 'v8', ...options })
    pools.push(pool)
    const rules = await pool.share('rules', full.rules)
    return {
      spin: () => Promise.all(Array.from({ length: threads }, () => pool.run(spin, DURATION_MS))),
      map: ({ items, fn }) => pool.map(items, fn, { shared: [rules] }),
    }
  }
  const [none, five, ten, most] = await Promise.all(
    [0, 5, 10, 19].map((niceIncrement) => start({ niceIncrement })),
  )
  const usual = await start({})
  const shortSlices = await start({ sliceMs: 1 })
  const results = await usual.map(full)
  return {
    cases: new Map([
      ['nothing', () => pause(DURATION_MS / 2)],
      ['busy workers, niceIncrement 0', none.spin],
      ['busy workers, niceIncrement 5', five.spin],
      ['busy workers, niceIncrement 10', ten.spin],
      ['busy workers, niceIncrement 19', most.spin],
      ['the results alone, made by the main thread', () => makeAlike(results)],
      ['map, a count per room', () => usual.map(counts)],
      ['map, a count per room, sliceMs 1', () => shortSlices.map(counts)],
      ['map, full results', () => usual.map(full)],
      ['map, full results, sliceMs 1', () => shortSlices.map(full)],
      ['map, full results, niceIncrement 0', () => none.map(full)],
    ]),
    close: () => Promise.all(pools.map((pool) => pool.close())),
  }
}

/** Objects as the map gives them, made over the same time, and kept as the caller of the map does. */
async function makeAlike(results) {
  const made = []
  const step = DURATION_MS / (results.length / AT_ONCE)
  const started = performance.now()
  for (let i = 0; i < results.length; i += AT_ONCE) {
    made.push(results.slice(i, i + AT_ONCE).map(alike))
    const due = started + (i / AT_ONCE + 1) * step
    await pause(Math.max(1, due - performance.now()))
  }
  return made
}

const alike = ({ roomId, hotelId, matches }) => ({
  roomId,
  hotelId,
  matches: matches.map(({ tag, score }) => ({ tag, score })),
})

const spin = (ms) => {
  const end = Date.now() + ms
  while (Date.now() < end);
}
