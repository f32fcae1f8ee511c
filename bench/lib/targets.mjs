import { ISOLANE, ISOLANE_FROZEN, PISCINA, SINGLE_THREADED } from '../peers/contenders.mjs'
import { number, ratio } from './format.mjs'
import { median } from './statistics.mjs'

/**
 * What a run must reach with two threads on two cores and Node 20: what README.md states, less
 * the fifth by which other load moves such figures. What it does not state has no target.
 */
const TARGETS = [
  atLeast('room-by-tag, full results, against one thread', 1.6, '×', (of) =>
    ratio(of('room-by-tag'), 'wallMs', ISOLANE_FROZEN, SINGLE_THREADED),
  ),
  atLeast('room-by-tag, a count per room, against one thread', 1.75, '×', (of) =>
    ratio(of('count'), 'wallMs', ISOLANE_FROZEN, SINGLE_THREADED),
  ),
  atLeast('room-by-tag, tag ids per room, against one thread', 1.75, '×', (of) =>
    ratio(of('ids'), 'wallMs', ISOLANE_FROZEN, SINGLE_THREADED),
  ),
  atMost('main thread busy during room-by-tag, of piscina’s', 0.25, '×', (of) =>
    ratio(of('room-by-tag'), 'busyMs', PISCINA, ISOLANE_FROZEN),
  ),
  atMost('no-op round trip p50, of piscina’s', 0.6, '×', (of) =>
    ratio(of('round-trip'), 'p50Us', PISCINA, ISOLANE),
  ),
  atLeast('burst of 20,000 no-ops, against piscina’s rate', 6, '×', (of) =>
    ratio(of('burst'), 'perSecond', PISCINA, ISOLANE),
  ),
  atMost('2 threads, from new Pool to all first results', 60, 'ms', (of) =>
    own(of('start-up'), 'readyMs'),
  ),
  atMost('each further worker, time', 1.5, 'ms', (of) => own(of('further-worker'), 'ms')),
  atMost('each further worker, memory', 2, 'MB', (of) => own(of('further-worker'), 'rssMb')),
  atMost('rejection after the deadline, p99', 10, 'ms', (of) => own(of('timeouts'), 'lateP99Ms')),
]

function atLeast(label, limit, unit, measured) {
  return { label, target: `≥ ${limit} ${unit}`, unit, measured, isMet: (value) => value >= limit }
}

function atMost(label, limit, unit, measured) {
  return { label, target: `≤ ${limit} ${unit}`, unit, measured, isMet: (value) => value <= limit }
}

const own = ({ samples }, metric) => median(samples[ISOLANE]?.[metric] ?? [])

/**
 * The targets that the run has measured.
 *
 * @param {import('./format.mjs').Measurement[]} measurements
 * @returns {{ label: string, target: string, measured: string, isMet: boolean }[]}
 */
export function judge(measurements) {
  const of = (id) => measurements.find((one) => one.id === id) ?? { samples: {} }
  return TARGETS.map(({ label, target, unit, measured, isMet }) => {
    const value = measured(of)
    return { label, target, measured: `${number(value)} ${unit}`, isMet: isMet(value), value }
  }).filter(({ value }) => Number.isFinite(value))
}
