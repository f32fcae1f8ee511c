import { FunctionRegistry, memory } from '@isolane/functions'
import { Pool } from 'isolane'
import { interleave } from '../lib/measure.mjs'
import { quantile } from '../lib/statistics.mjs'
import { ISOLANE } from '../peers/contenders.mjs'

const ROUND_TRIPS = 2_000
const BURST = 10_000
const next = (n) => n + 1

const METRICS = [
  { key: 'p50Us', label: 'round trip p50 µs' },
  { key: 'burstUs', label: `each of ${BURST} at once µs` },
]

/** Calls by name, against `pool.run` with the same function. */
export async function calls({ rounds, threads, note }) {
  note(`${ROUND_TRIPS} calls, one after another`)
  const pool = new Pool({ threads })
  const functions = new FunctionRegistry(pool, { store: memory() })
  try {
    await functions.publish('next', String(next))
    const ways = new Map([
      [ISOLANE, (n) => pool.run(next, n)],
      ['functions.run', (n) => functions.run('next', n)],
      ['functions.call', (n) => functions.call('next', n)],
    ])
    const samples = await interleave(ways, rounds, sample, 2)
    const title = 'a call by name, against pool.run with the same function'
    return { id: 'functions-call', title, metrics: METRICS, samples }
  } finally {
    await functions.close()
    await pool.close()
  }
}

async function sample(call) {
  const micros = new Float64Array(ROUND_TRIPS)
  for (let i = 0; i < ROUND_TRIPS; i++) {
    const started = performance.now()
    await call(i)
    micros[i] = (performance.now() - started) * 1000
  }
  const started = performance.now()
  await Promise.all(Array.from({ length: BURST }, (_, i) => call(i)))
  const burstUs = ((performance.now() - started) * 1000) / BURST
  return { p50Us: quantile(micros, 0.5), burstUs }
}
