import { tracingChannel } from 'node:diagnostics_channel'

import { interleave } from '../lib/measure.mjs'
import { quantile } from '../lib/statistics.mjs'
import { ISOLANE, POOLS, withSessions } from '../peers/contenders.mjs'

const BURST = 20_000
const ROUND_TRIPS = 2_000

const ROUND_TRIP_METRICS = [
  { key: 'p50Us', label: 'p50 µs' },
  { key: 'p99Us', label: 'p99 µs' },
]

export const roundTripSection = {
  name: 'round-trip',
  async run(context) {
    context.note(`${ROUND_TRIPS} no-ops, one after another`)
    const samples = await withSessions(context.pools ?? POOLS, context, (sessions) =>
      interleave(sessions, context.rounds, roundTrips, 2),
    )
    return [{ id: 'round-trip', title: 'no-op round trip', metrics: ROUND_TRIP_METRICS, samples }]
  },
}

/** What it costs that calls could be followed on a diagnostics channel, and what it costs to do so. */
export const channelsSection = {
  name: 'channels',
  async run(context) {
    context.note(`${ROUND_TRIPS} no-ops, followed on isolane.call or not`)
    return withSessions([ISOLANE], context, async (sessions) => {
      const session = sessions.get(ISOLANE)
      const turns = new Map([
        ['nobody listens', () => roundTrips(session)],
        ['a monitor listens', () => whileFollowed(() => roundTrips(session))],
      ])
      const samples = await interleave(turns, context.rounds, (turn) => turn(), 2)
      const title = 'no-op round trip, with diagnostics channels'
      return [{ id: 'channels', title, metrics: ROUND_TRIP_METRICS, samples }]
    })
  },
}

export const burstSection = {
  name: 'burst',
  async run(context) {
    context.note(`${BURST} no-ops at once`)
    const samples = await withSessions(context.pools ?? POOLS, context, (sessions) =>
      interleave(sessions, context.rounds, burst, 2),
    )
    const metrics = [
      { key: 'perSecond', label: 'no-ops per second' },
      { key: 'wallMs', label: 'wall ms' },
    ]
    return [{ id: 'burst', title: 'burst of 20,000 no-ops', metrics, samples }]
  },
}

/** A monitor that listens to all that a call publishes, and does nothing. */
async function whileFollowed(run) {
  const channel = tracingChannel('isolane.call')
  const listener = () => undefined
  const subscribers = Object.fromEntries(
    ['start', 'end', 'asyncStart', 'asyncEnd', 'error'].map((name) => [name, listener]),
  )
  channel.subscribe(subscribers)
  try {
    return await run()
  } finally {
    channel.unsubscribe(subscribers)
  }
}

async function roundTrips(session) {
  const micros = new Float64Array(ROUND_TRIPS)
  for (let i = 0; i < ROUND_TRIPS; i++) {
    const started = performance.now()
    await session.noop()
    micros[i] = (performance.now() - started) * 1000
  }
  return { p50Us: quantile(micros, 0.5), p99Us: quantile(micros, 0.99) }
}

async function burst(session) {
  const started = performance.now()
  await Promise.all(Array.from({ length: BURST }, () => session.noop()))
  const wallMs = performance.now() - started
  return { perSecond: (BURST / wallMs) * 1000, wallMs }
}
