import { ISOLANE, PISCINA, SINGLE_THREADED } from '../peers/contenders.mjs'
import { number, ratio } from './format.mjs'
import { median } from './statistics.mjs'

/**
 * What a run must reach with two threads on two cores and Node 20: what README.md states, less
 * the fifth by which other load moves such figures, and what docs/latency.md promises. What neither
 * states has no target.
 */
const TARGETS = [
  atLeast('room-by-tag, full results, against one thread', 2.4, '×', 'room-by-tag', speedUp),
  atLeast('room-by-tag, a count per room, against one thread', 2.9, '×', 'count', speedUp),
  atLeast('room-by-tag, tag ids per room, against one thread', 3, '×', 'ids', speedUp),
  atMost('main thread busy during room-by-tag, of piscina’s', 0.25, '×', 'room-by-tag', (of) =>
    shareOf(of, 'busyMs', PISCINA),
  ),
  atLeast('JSON to JSON, against one thread', 2.8, '×', 'bytes', speedUp),
  atMost('main thread busy during JSON to JSON, of one thread’s time', 0.025, '×', 'bytes', (of) =>
    shareOf(of, 'busyMs', SINGLE_THREADED),
  ),
  atMost('a service’s p99 beside JSON to JSON, idle', 1.5, '×', 'bytes-http', (of) =>
    own(of, 'timesIdle'),
  ),
  atMost('no-op round trip p50, of piscina’s', 0.6, '×', 'round-trip', (of) =>
    shareOf(of, 'p50Us', PISCINA),
  ),
  atLeast('burst of 20,000 no-ops, against piscina’s rate', 6, '×', 'burst', (of) =>
    shareOf(of, 'perSecond', PISCINA),
  ),
  atMost('map of ten trivial items', 30, 'µs', 'small-trivial', (of) => own(of, 'of10Us')),
  atMost('2 threads, from new Pool to all first results', 60, 'ms', 'start-up', (of) =>
    own(of, 'readyMs'),
  ),
  atMost('each further worker, time', 1.5, 'ms', 'further-worker', (of) => own(of, 'ms')),
  atMost('each further worker, memory', 2, 'MB', 'further-worker', (of) => own(of, 'rssMb')),
  atMost('first call of a worker that is warm, of a late one', 1.5, '×', 'warm', (of) =>
    own(of, 'firstTimes'),
  ),
  atMost('the same in place of another worker', 1.5, '×', 'warm', (of) => own(of, 'replacedTimes')),
  atMost('a call by name, beyond pool.run', 3, 'µs', 'functions-call', (of) =>
    differenceOf(of, 'p50Us', 'functions.run'),
  ),
  atMost('a source of 1 MiB by all rules, CPU', 100, 'ms', 'check', (of) => own(of, 'cpuMs')),
  atMost('rejection after the deadline, p99', 10, 'ms', 'timeouts', (of) => own(of, 'lateP99Ms')),
]

function atLeast(label, limit, unit, id, measured) {
  const isMet = (value) => value >= limit
  return { label, target: `≥ ${limit} ${unit}`, unit, id, measured, isMet }
}

function atMost(label, limit, unit, id, measured) {
  const isMet = (value) => value <= limit
  return { label, target: `≤ ${limit} ${unit}`, unit, id, measured, isMet }
}

function speedUp(measurement) {
  return ratio(measurement, 'wallMs', ISOLANE, SINGLE_THREADED)
}

/** Undefined where the reference was left out. */
function shareOf(measurement, metric, reference) {
  if (measurement.samples[reference] === undefined) return undefined
  return ratio(measurement, metric, reference, ISOLANE)
}

/** How much more of `metric` another took, in the same round. */
function differenceOf({ samples }, metric, other) {
  const reference = samples[ISOLANE][metric]
  return median(samples[other][metric].map((value, round) => value - reference[round]))
}

function own({ samples }, metric) {
  return median(samples[ISOLANE]?.[metric] ?? [])
}

/**
 * The targets that the run has measured.
 *
 * @param {import('./format.mjs').Measurement[]} measurements
 * @returns {{ label: string, target: string, measured: string, isMet: boolean }[]}
 */
export function judge(measurements) {
  return TARGETS.flatMap(({ label, target, unit, id, measured, isMet }) => {
    const measurement = measurements.find((one) => one.id === id)
    // Without isolane's v8 engine there is nothing to judge.
    if (measurement?.samples[ISOLANE] === undefined) return []
    const value = measured(measurement)
    if (value === undefined) return []
    if (!Number.isFinite(value)) throw new Error(`The target '${label}' has no figure`)
    return { label, target, measured: `${number(value)} ${unit}`, isMet: isMet(value), value }
  })
}
