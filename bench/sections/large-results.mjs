import { Pool } from 'isolane'
import { interleave } from '../lib/measure.mjs'
import { longestBlock } from '../lib/turns.mjs'
import { ISOLANE } from '../peers/contenders.mjs'

const METRICS = [
  { key: 'blockCpuMs', label: 'longest block CPU ms' },
  { key: 'blockMs', label: 'longest block ms' },
  { key: 'wallMs', label: 'wall ms' },
]

const rows = (count) => Array.from({ length: count }, (_, i) => ({ i, text: `row ${i}` }))

/** What is large is a result, of some 16 to 256 MB… */
const RESULTS = {
  '10⁶ keys': (pool) =>
    pool.run(() => {
      const value = {}
      for (let i = 0; i < 1e6; i++) value[`key${i}`] = i
      return value
    }),
  '5,000 shapes': (pool) =>
    pool.run(() => Array.from({ length: 100_000 }, (_, i) => ({ [`a${i % 5000}`]: i, b: `${i}` }))),
  '10⁶ records': (pool) => pool.run(rows, 1e6),
  '256 M characters': (pool) =>
    pool.run(() => Array.from({ length: 4000 }, (_, i) => `${i % 10}`.repeat(64_000))),
  '256 M characters in one string': (pool) => pool.run(() => 'x'.repeat(256 << 20)),
  '4 · 10⁶ numbers': (pool) => pool.run(() => Array.from({ length: 4e6 }, (_, i) => i / 3)),
  '10⁶ records among results of a map': (pool) => pool.map([1, 1e6, 2], rows),
}

const MILLION = rows(1e6)

/** …or what goes in, which is encoded in one piece. */
const INPUTS = {
  '10⁶ records as an argument': (pool) => pool.run((list) => list.length, MILLION),
  '10⁶ records as an item': (pool) => pool.map([[], MILLION, []], (list) => list.length),
  '10⁶ records as a shared value': async (pool) => (await pool.share('rows', MILLION)).dispose(),
}

/** How long the event loop stands still while one large value is read or written. */
export const largeResultsSection = {
  name: 'large-results',
  async run({ rounds, note, onUnavailable }) {
    note('the longest block of the event loop')
    const cases = new Map(Object.entries({ ...RESULTS, ...INPUTS }))
    let pool
    try {
      pool = new Pool({ threads: 1, engine: 'v8', memoryLimitMb: 4096, maxResultMb: 2047 })
    } catch (error) {
      onUnavailable(ISOLANE, error)
      cases.clear()
    }
    const samples = await interleave(cases, Math.max(2, Math.ceil(rounds / 3)), async (call) => {
      const started = performance.now()
      const { blockMs, blockCpuMs } = await longestBlock(() => call(pool))
      return { blockCpuMs, blockMs, wallMs: performance.now() - started }
    })
    await pool?.close()
    return [{ id: 'large-results', title: 'one large value', metrics: METRICS, samples }]
  },
}
