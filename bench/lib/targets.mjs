import {
  EVENT_LOOP,
  ISOLANE,
  ISOLANE_NODE,
  PISCINA,
  SINGLE_THREADED,
} from '../peers/contenders.mjs'
import { number, ratio } from './format.mjs'
import { median } from './statistics.mjs'

/** What a run must reach with two threads on two cores and Node 20. */
const TARGETS = [
  atLeast('room-by-tag, full results, against one thread', 2.4, '×', (of) =>
    ratio(of('room-by-tag'), 'wallMs', ISOLANE, SINGLE_THREADED),
  ),
  atLeast('room-by-tag, a count per room, against one thread', 2.5, '×', (of) =>
    ratio(of('count'), 'wallMs', ISOLANE, SINGLE_THREADED),
  ),
  atMost('main thread busy during room-by-tag, of piscina’s', 0.1, '×', (of) =>
    ratio(of('room-by-tag'), 'busyMs', PISCINA, ISOLANE),
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
  atMost('event-loop delay p99 while 20,000 rooms run', 12, 'ms', (of) =>
    own(of('event-loop'), 'delayP99Ms'),
  ),
  atMost('a service’s p99 meanwhile, against its idle p99', 1.5, '×', (of) =>
    own(of('http'), 'timesIdle'),
  ),
  atMost('rejection after the deadline, p99', 10, 'ms', (of) => own(of('timeouts'), 'lateP99Ms')),
  atMost('next call on that worker done after it, p50', 2, 'ms', (of) =>
    own(of('timeouts'), 'nextP50Ms'),
  ),
  atLeast('node engine: full results, against one thread', 1.75, '×', (of) =>
    ratio(of('room-by-tag'), 'wallMs', ISOLANE_NODE, SINGLE_THREADED),
  ),
  atLeast('node engine: full results, against piscina', 1.5, '×', (of) =>
    ratio(of('room-by-tag'), 'wallMs', ISOLANE_NODE, PISCINA),
  ),
  atLeast('node engine: a count per room, against one thread', 1.8, '×', (of) =>
    ratio(of('count'), 'wallMs', ISOLANE_NODE, SINGLE_THREADED),
  ),
  atMost('node engine: no-op round trip p50, of piscina’s', 1, '×', (of) =>
    ratio(of('round-trip'), 'p50Us', PISCINA, ISOLANE_NODE),
  ),
  atLeast('node engine: burst of 20,000 no-ops, against piscina’s rate', 2, '×', (of) =>
    ratio(of('burst'), 'perSecond', PISCINA, ISOLANE_NODE),
  ),
  atMost('node engine: 1,000 calls that await a timer, of one event loop’s time', 2, '×', (of) =>
    ratio(of('awaiting'), 'wallMs', EVENT_LOOP, ISOLANE_NODE),
  ),
  atMost('process.exit() with 100 endless calls', 1000, 'ms', (of) => own(of('exits'), 'busyMs')),
  atMost('process.exit() with native code running', 1000, 'ms', (of) =>
    own(of('exits'), 'unstoppableMs'),
  ),
  atMost('SIGTERM during close()', 1000, 'ms', (of) => own(of('exits'), 'closingMs')),
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
