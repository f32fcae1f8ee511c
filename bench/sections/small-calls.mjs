import { interleave } from '../lib/measure.mjs'
import { median } from '../lib/statistics.mjs'
import { ISOLANE, SINGLE_THREADED, withSessions } from '../peers/contenders.mjs'

/** Calls in a row, of which the median counts. */
const CALLS = 200
const NUMBERS = 10_000
const NUMBER_CALLS = 30

const trivial = (n) => n * 7

/** A microsecond, by the clock of a machine of today. */
const microsecond = (n) => {
  let sum = n
  for (let i = 0; i < 900; i++) sum = (Math.imul(sum, 1664525) + 1013904223) | 0
  return sum
}

const items = (count) => Array.from({ length: count }, (_, index) => index + 0.5)

const SMALL = [1, 2, 5, 10, 100]
const BREAK_EVEN = [10, 30, 100, 300, 1000, 3000]

const micros = (id, title, fn, counts) => ({
  id,
  title,
  cases: counts.map((count) => ({
    metric: { key: `of${count}Us`, label: `${count.toLocaleString('en')} items µs` },
    workload: { fn, items: items(count) },
    calls: Math.max(20, Math.min(CALLS, Math.ceil(20_000 / count))),
    unit: 1e3,
  })),
})

const MEASUREMENTS = [
  micros('small-trivial', 'map of a few numbers, n => n * 7', trivial, SMALL),
  micros('break-even', 'map of numbers, a microsecond for each', microsecond, BREAK_EVEN),
  {
    id: 'numbers',
    title: `map of ${NUMBERS.toLocaleString('en')} numbers, n => n * 7`,
    cases: [
      { key: 'arrayMs', label: 'array ms', list: items(NUMBERS) },
      { key: 'doublesMs', label: 'Float64Array ms', list: Float64Array.from(items(NUMBERS)) },
    ].map(({ key, label, list }) => ({
      metric: { key, label },
      workload: { fn: trivial, items: list },
      calls: NUMBER_CALLS,
      unit: 1,
    })),
  },
]

/** Maps that are done in microseconds, one after the other: from where on a pool pays. */
export const smallCallsSection = {
  name: 'small-calls',
  async run(context) {
    const names = context.pools ?? [SINGLE_THREADED, ISOLANE]
    return withSessions(names, context, async (sessions) => {
      const measurements = []
      for (const { id, title, cases } of MEASUREMENTS) {
        context.note(title)
        const sample = (session) => sampleOf(session, cases)
        const samples = await interleave(sessions, context.rounds, sample, 2)
        measurements.push({ id, title, metrics: cases.map(({ metric }) => metric), samples })
      }
      return measurements
    })
  },
}

async function sampleOf(session, cases) {
  const sample = {}
  for (const { metric, workload, calls, unit } of cases) {
    sample[metric.key] = (await medianMs(session, workload, calls)) * unit
  }
  return sample
}

/** Milliseconds of a call. */
async function medianMs(session, workload, calls) {
  const times = new Float64Array(calls)
  for (let i = 0; i < calls; i++) {
    const started = performance.now()
    const { length } = await session.map(workload)
    times[i] = performance.now() - started
    if (length !== workload.items.length) throw new Error(`${length} results`)
  }
  return median(times)
}
