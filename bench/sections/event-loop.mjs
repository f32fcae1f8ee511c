import { interleave, measure } from '../lib/measure.mjs'
import { median } from '../lib/statistics.mjs'
import { ISOLANE, POOLS, withSessions } from '../peers/contenders.mjs'
import { roomByTag } from '../workloads/workloads.mjs'

const LENGTH_MS = 2_000

/** How late a service's timers are while a long map runs beside it. */
export const eventLoopSection = {
  name: 'event-loop',
  run: (context) => {
    const workload = roomByTag('matchRoom')
    return withSessions(POOLS, { ...context, rules: workload.rules }, async (sessions) => {
      const items = await roomsFor(LENGTH_MS, sessions, workload)
      context.note(`a map over ${items} rooms`)
      const long = roomByTag('matchRoom', items)
      const samples = await interleave(
        sessions,
        Math.max(2, Math.ceil(context.rounds / 3)),
        async (session) => {
          const { value, ...costs } = await measure(() => session.map(long))
          if (value.length !== items) throw new Error(`${value.length} results of ${items}`)
          return costs
        },
      )
      const title = `event loop while ${items.toLocaleString('en')} rooms × 300 tag rules run`
      return [{ id: 'event-loop', title, metrics: METRICS, samples }]
    })
  },
}

const METRICS = [
  { key: 'wallMs', label: 'wall ms' },
  { key: 'delayP99Ms', label: 'delay p99 ms' },
  { key: 'delayMaxMs', label: 'delay max ms' },
  { key: 'busyMs', label: 'main thread busy ms' },
]

/** As many rooms as keep isolane (or else the first peer there is) busy for so long. */
async function roomsFor(milliseconds, sessions, workload) {
  const session = sessions.get(ISOLANE) ?? sessions.values().next().value
  const { calibration } = await interleave(
    new Map([['calibration', session]]),
    3,
    async () => ({ wallMs: (await measure(() => session.map(workload))).wallMs }),
    1,
  )
  const rooms = (workload.items.length * milliseconds) / median(calibration.wallMs)
  return Math.ceil(rooms / 1000) * 1000
}
