import { Pool } from 'isolane'
import { interleave, measure } from '../lib/measure.mjs'
import { ISOLANE } from '../peers/contenders.mjs'

const METRICS = [
  { key: 'wallMs', label: 'wall ms' },
  { key: 'delayMaxMs', label: 'longest block ms' },
]

/** One result each, of some 16 to 256 MB. */
const RESULTS = {
  '10⁶ keys': () => {
    const value = {}
    for (let i = 0; i < 1e6; i++) value[`key${i}`] = i
    return value
  },
  '5,000 shapes': () =>
    Array.from({ length: 100_000 }, (_, i) => ({ [`a${i % 5000}`]: i, b: `${i}` })),
  '10⁶ records': () => Array.from({ length: 1e6 }, (_, i) => ({ i, text: `row ${i}` })),
  '256 M characters': () => Array.from({ length: 4000 }, (_, i) => `${i % 10}`.repeat(64_000)),
}

/** How long the event loop stands still while one large result is made. */
export const largeResultsSection = {
  name: 'large-results',
  async run({ rounds, note, onUnavailable }) {
    note('the longest block of the event loop')
    const cases = new Map(Object.entries(RESULTS))
    let pool
    try {
      pool = new Pool({ threads: 1, engine: 'v8', memoryLimitMb: 4096, maxResultMb: 2047 })
    } catch (error) {
      onUnavailable(ISOLANE, error)
      cases.clear()
    }
    const samples = await interleave(cases, Math.max(2, Math.ceil(rounds / 3)), async (make) => {
      const { value: _, ...costs } = await measure(() => pool.run(make))
      return costs
    })
    await pool?.close()
    return [{ id: 'large-results', title: 'one large result', metrics: METRICS, samples }]
  },
}
