import { fileURLToPath } from 'node:url'
import { outputOf, startChild } from '../lib/children.mjs'
import { interleave } from '../lib/measure.mjs'
import { WAYS } from './ways.mjs'

const child = fileURLToPath(new URL('service-child.mjs', import.meta.url))

/** Of all functions so many are called. */
const SHARE = 1 / 20
/** Fewer than isolates keep contexts. */
const MOST = 100

const METRICS = [
  { key: 'rssMb', label: 'most memory MB' },
  { key: 'cpuUs', label: 'CPU a call µs' },
  { key: 'perTenth', label: 'calls/s at a tenth of a core' },
  { key: 'perSecond', label: 'calls/s' },
  { key: 'delayP99Ms', label: 'delay p99 ms' },
]

/** A service of functions, in the ways in which one can be built; each sample in a process of its own. */
export async function services({ rounds, functions, threads, note }) {
  const count = Math.min(MOST, Math.ceil(functions * SHARE))
  note(`services of ${count} functions`)
  const ways = new Map(Object.keys(WAYS).map((way) => [way, way]))
  const samples = await interleave(ways, Math.ceil(rounds / 3), async (way) => {
    const args = [child, way, String(count), String(threads)]
    return JSON.parse(await outputOf(startChild(args)))
  })
  const title = `a service of ${count} functions, some called more often than others`
  return { id: 'functions-service', title, metrics: METRICS, samples }
}
