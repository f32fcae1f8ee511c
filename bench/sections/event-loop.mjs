import { interleave, measure } from '../lib/measure.mjs'
import { POOLS, withSessions } from '../peers/contenders.mjs'
import { roomByTag } from '../workloads/workloads.mjs'
import { startService } from '../service/service.mjs'

const ROOMS = 20_000
/** How long the idle service is asked for comparison. */
const IDLE_MS = 2_000

/** What a service notices of a long map beside it: how late its timers are, and its answers. */
export const eventLoopSection = {
  name: 'event-loop',
  run: (context) => {
    const long = roomByTag('matchRoom', ROOMS)
    return withSessions(POOLS, { ...context, rules: long.rules }, async (sessions) => {
      const rounds = Math.max(2, Math.ceil(context.rounds / 3))
      context.note('timers')
      const timers = await interleave(sessions, rounds, async (session) => {
        const { value, ...costs } = await measure(() => session.map(long))
        assertComplete(value)
        return costs
      })
      context.note('HTTP')
      const service = await startService()
      const answers = await interleave(sessions, rounds, (session) => ask(service, session, long))
      await service.close()
      const during = `while ${ROOMS.toLocaleString('en')} rooms × 300 tag rules run`
      return [
        { id: 'event-loop', title: `event loop ${during}`, metrics: TIMERS, samples: timers },
        { id: 'http', title: `a service’s answers ${during}`, metrics: ANSWERS, samples: answers },
      ]
    })
  },
}

/** The service's latency, idle and then during the map. */
async function ask(service, session, workload) {
  const idle = await service.latencies(new Promise((resolve) => setTimeout(resolve, IDLE_MS)))
  const map = session.map(workload)
  const busy = await service.latencies(map)
  assertComplete(await map)
  return { ...busy, idleP99Ms: idle.p99Ms, timesIdle: busy.p99Ms / idle.p99Ms }
}

function assertComplete(results) {
  if (results.length !== ROOMS) throw new Error(`${results.length} results of ${ROOMS}`)
}

const TIMERS = [
  { key: 'wallMs', label: 'wall ms' },
  { key: 'delayP99Ms', label: 'delay p99 ms' },
  { key: 'delayMaxMs', label: 'delay max ms' },
  { key: 'busyMs', label: 'main thread busy ms' },
]

const ANSWERS = [
  { key: 'p50Ms', label: 'p50 ms' },
  { key: 'p99Ms', label: 'p99 ms' },
  { key: 'idleP99Ms', label: 'idle p99 ms' },
  { key: 'timesIdle', label: 'p99, × idle' },
]
