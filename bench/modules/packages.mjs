import { fileURLToPath } from 'node:url'
import { hasPackages } from '../../scripts/fetched/packages.mjs'
import { outputOf, startChild } from '../lib/children.mjs'
import { interleave } from '../lib/measure.mjs'

const child = fileURLToPath(new URL('packages-child.mjs', import.meta.url))

/** Each with a small use of it, as `__test__/packages/uses.mjs` has it. */
const PACKAGES = ['lodash', 'zod', '@turf/turf']

/** How a function comes by a package. */
const WAYS = ['isolane, a file', 'isolane, a bundle', 'isolane (node), a file']

const METRICS = [
  { key: 'firstMs', label: 'first call ms' },
  { key: 'secondMs', label: 'first call of the next isolate ms' },
  { key: 'laterUs', label: 'later calls µs', digits: 1 },
]

/** First and later calls of functions that use packages, each sample in a process of its own. */
export const packagesSection = {
  name: 'packages',
  usesProcesses: true,
  async run({ rounds, note, onUnavailable }) {
    if (!hasPackages()) {
      const error = new Error('the packages have not been fetched (npm run test:all)')
      onUnavailable('packages', error)
      return []
    }
    const measurements = []
    for (const name of PACKAGES) {
      note(`functions that use ${name}`)
      const ways = new Map(WAYS.map((way) => [way, way]))
      const samples = await interleave(ways, rounds, (way) => sample(way, name))
      measurements.push({
        id: `packages-${name}`,
        title: `a function that uses ${name}`,
        metrics: METRICS,
        samples,
      })
    }
    return measurements
  },
}

async function sample(way, name) {
  return JSON.parse(await outputOf(startChild([child, way, name])))
}
