import { interleave } from '../lib/measure.mjs'
import { median } from '../lib/statistics.mjs'
import { ISOLANE, ISOLANE_NODE, loadContender } from '../peers/contenders.mjs'

const FUNCTIONS = 50
/** Some 10 MB once they are decoded. */
const RECORDS = 24_000
/** So that no isolate has to let any of it go. */
const MEMORY_LIMIT_MB = 4096

const records = Array.from({ length: RECORDS }, (_, id) => ({
  id,
  name: `record ${id}`,
  tags: [`tag ${id % 97}`, `tag ${id % 89}`],
  at: { lat: id / 7, lon: id / 11 },
}))

/** Of all functions the text, but for a number that makes each another one. */
const KINDS = {
  proven: (n) => `(id, _, { shared }) => shared.rules[id].tags.length + ${n}`,
  // What it calls might write.
  unproven: (n) => `(id, _, { shared }) => {
    const { isInteger } = Number
    return isInteger(id) ? shared.rules[id].tags.length + ${n} : 0
  }`,
}

const METRICS = [
  { key: 'firstMs', label: `first call of another function ms` },
  { key: 'heapMb', label: `heap after ${FUNCTIONS} functions MB` },
]

/** What functions cost that use one large value, on one thread. */
export const sharedOnceSection = {
  name: 'shared-once',
  async run({ rounds, pools = [ISOLANE, ISOLANE_NODE], note, onUnavailable }) {
    note(`${FUNCTIONS} functions that use ${RECORDS} records`)
    const contenders = new Map()
    for (const name of pools) {
      try {
        contenders.set(name, await loadContender(name))
      } catch (error) {
        onUnavailable(name, error)
      }
    }
    const measurements = []
    for (const [kind, source] of Object.entries(KINDS)) {
      const samples = await interleave(contenders, Math.ceil(rounds / 3), (contender) =>
        firstCalls(contender, source),
      )
      const title = `${FUNCTIONS} functions, one shared value of ${RECORDS} records, ${kind}`
      measurements.push({ id: `shared-once-${kind}`, title, metrics: METRICS, samples })
    }
    return measurements
  },
}

async function firstCalls(contender, source) {
  const session = await contender.start({
    threads: 1,
    rules: records,
    memoryLimitMb: MEMORY_LIMIT_MB,
  })
  const times = []
  for (let n = 0; n < FUNCTIONS; n++) {
    const called = performance.now()
    await session.map({ fn: { name: `reader${n}`, source: source(n) }, items: [n] })
    times.push(performance.now() - called)
  }
  const heapMb = (await session.heapUsed()) / 1e6
  await session.close()
  return { firstMs: median(times.slice(1)), heapMb }
}
