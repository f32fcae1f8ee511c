import { fileURLToPath } from 'node:url'
import { outputOf, startChild } from '../lib/children.mjs'
import { interleave } from '../lib/measure.mjs'

const child = fileURLToPath(new URL('common-child.mjs', import.meta.url))

const FUNCTIONS = 1_000
const MODULES = 20

/** How the functions come by what they have in common. */
const WAYS = ['modules', 'bundles']

/** Many functions over the same modules, against one bundle for each; each sample in a process of its own. */
export const commonModulesSection = {
  name: 'common-modules',
  usesProcesses: true,
  async run({ rounds, note }) {
    note(`${FUNCTIONS} functions`)
    const ways = new Map(WAYS.map((way) => [way, way]))
    const samples = await interleave(ways, Math.min(rounds, 3), sample)
    return [
      {
        id: 'common-modules',
        title: `${FUNCTIONS} functions over ${MODULES} common modules, one thread`,
        metrics: [
          { key: 'firstUs', label: 'first call µs, median', digits: 0 },
          { key: 'allMs', label: 'all first calls ms', digits: 0 },
          { key: 'heapMb', label: 'heap of the isolate MB', digits: 0 },
          { key: 'rssMb', label: 'memory of the process MB', digits: 0 },
        ],
        samples,
      },
    ]
  },
}

async function sample(way) {
  const args = [child, way, String(FUNCTIONS), String(MODULES)]
  return JSON.parse(await outputOf(startChild(args)))
}
