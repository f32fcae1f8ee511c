import { interleave, measure } from '../lib/measure.mjs'
import { SINGLE_THREADED, PISCINA, ISOLANE, startAll } from '../peers/contenders.mjs'
import { startTextSlices } from '../peers/piscina.mjs'
import { start as startIsolane } from '../peers/isolane.mjs'
import { asText } from '../workloads/text.mjs'
import { roomByTag } from '../workloads/workloads.mjs'
import { startService } from '../service/service.mjs'

const ROOMS = 20_000
/** So few that reading and writing JSON is most of the work. */
const TAGS = 5
/** How long the idle service is asked for comparison. */
const IDLE_MS = 1_000

const METRICS = [
  { key: 'wallMs', label: 'wall ms' },
  { key: 'busyMs', label: 'main thread busy ms' },
  { key: 'delayMaxMs', label: 'longest block ms' },
]

const ANSWERS = [
  { key: 'p50Ms', label: 'p50 ms' },
  { key: 'p99Ms', label: 'p99 ms' },
  { key: 'timesIdle', label: 'p99, × idle' },
]

/**
 * JSON bytes in, JSON bytes out: against the one thread that parses, maps and stringifies, and against
 * Workers that get slices of the text, which were cut before and for nothing.
 */
export const bytesSection = {
  name: 'bytes',
  async run({ threads, rounds, note, onUnavailable }) {
    const workload = asText(roomByTag('matchRoom', ROOMS, TAGS))
    const { rules } = workload
    const sessions = await startAll(
      {
        [SINGLE_THREADED]: () => startOneThread(rules),
        [PISCINA]: startTextSlices,
        [ISOLANE]: startIsolane,
      },
      { threads, rules },
      onUnavailable,
    )
    try {
      note('wall and main thread')
      const expected = sessions.get(SINGLE_THREADED).mapText(workload)
      const samples = await interleave(
        sessions,
        rounds,
        (session, name) => sample(session, name, workload, expected),
        1,
      )
      note('HTTP')
      const service = await startService()
      const answers = await interleave(sessions, Math.ceil(rounds / 3), (session) =>
        ask(service, session, workload),
      )
      await service.close()
      const size = (workload.bytes.length / 1e6).toFixed(1)
      const title = `${ROOMS.toLocaleString('en')} rooms × ${TAGS} rules, ${size} MB of JSON to JSON`
      return [
        { id: 'bytes', title, metrics: METRICS, baseline: SINGLE_THREADED, samples },
        {
          id: 'bytes-http',
          title: `a service’s answers meanwhile`,
          metrics: ANSWERS,
          samples: answers,
        },
      ]
    } finally {
      for (const session of sessions.values()) await session.close()
    }
  },
}

function startOneThread(rules) {
  const context = { shared: { rules } }
  return {
    mapText({ fn, bytes }) {
      const items = JSON.parse(bytes.toString())
      return Buffer.from(JSON.stringify(items.map((item, i) => fn(item, i, context))))
    },
    close() {},
  }
}

async function sample(session, name, workload, expected) {
  const { value, wallMs, busyMs, delayMaxMs } = await measure(() => session.mapText(workload))
  if (!value.equals(expected)) throw new Error(`${name} does not give what one thread gives`)
  return { wallMs, busyMs, delayMaxMs }
}

/** The service's latency, idle and then during several maps. */
async function ask(service, session, workload) {
  const idle = await service.latencies(new Promise((resolve) => setTimeout(resolve, IDLE_MS)))
  const busy = await service.latencies(repeat(session, workload))
  return { ...busy, timesIdle: busy.p99Ms / idle.p99Ms }
}

async function repeat(session, workload) {
  const end = performance.now() + IDLE_MS
  do {
    // One thread alone would not let the service be asked, or answer, at all.
    await new Promise(setImmediate)
    await session.mapText(workload)
  } while (performance.now() < end)
}
