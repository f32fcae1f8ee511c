import { fileURLToPath } from 'node:url'
import { move, Pool } from 'isolane'
import { interleave, measure } from '../lib/measure.mjs'
import { ISOLANE, ISOLANE_NODE, PISCINA, startAll } from '../peers/contenders.mjs'

const MIB = 1 << 20
const BUFFER_MIB = 64
const DOUBLES = 10_000_000

const METRICS = [
  { key: 'wallMs', label: 'wall ms' },
  { key: 'busyMs', label: 'main thread busy ms' },
  { key: 'cpuMs', label: 'CPU ms, all threads' },
]

const CONTENDERS = {
  [ISOLANE]: (options) => isolane('v8', options),
  [`${ISOLANE}, move`]: (options) => isolane('v8', options, move),
  [ISOLANE_NODE]: (options) => isolane('node', options),
  [`${ISOLANE_NODE}, move`]: (options) => isolane('node', options, move),
  [PISCINA]: piscina,
  [`${PISCINA}, move`]: (options) => piscina(options, true),
}

/** Large buffers, on which next to nothing is computed: what is seen is the way there and back. */
export const buffersSection = {
  name: 'buffers',
  async run({ rounds, threads, note, onUnavailable }) {
    const sessions = await startAll(CONTENDERS, { threads }, onUnavailable)
    note(`${BUFFER_MIB} MiB`)
    const runs = await interleave(sessions, rounds, (session) => sample(session.run), 1)
    const mapping = new Map([...sessions].filter(([, session]) => session.map !== undefined))
    note(`${DOUBLES.toLocaleString('en')} doubles`)
    const maps = await interleave(mapping, rounds, (session) => sample(session.map), 1)
    for (const session of sessions.values()) await session.close()
    const there = `there and back, ${BUFFER_MIB} MiB`
    const mapped = `map over ${DOUBLES.toLocaleString('en')} doubles`
    return [
      { id: 'buffers', title: there, metrics: METRICS, baseline: PISCINA, samples: runs },
      { id: 'doubles', title: mapped, metrics: METRICS, baseline: ISOLANE, samples: maps },
    ]
  },
}

/** The input is made before, so that its memory has been touched. */
async function sample(task) {
  const run = task()
  const cpu = process.cpuUsage()
  const { value, wallMs, busyMs } = await measure(run)
  const { user, system } = process.cpuUsage(cpu)
  if (value.at(-1) !== 2) throw new Error(`the last value is ${value.at(-1)}`)
  return { wallMs, busyMs, cpuMs: (user + system) / 1e3 }
}

function isolane(engine, { threads }, pass = (value) => value) {
  const pool = new Pool({ engine, threads })
  const touch = (bytes) => {
    bytes[bytes.length - 1]++
    return bytes
  }
  return {
    run() {
      const bytes = new Uint8Array(BUFFER_MIB * MIB).fill(1)
      return () => pool.run(touch, pass(bytes))
    },
    map() {
      const doubles = new Float64Array(DOUBLES).fill(1)
      return () => pool.map(pass(doubles), (x) => x + 1)
    },
    close: () => pool.close(),
  }
}

async function piscina({ threads }, moves = false) {
  const { Piscina } = await import('piscina')
  const filename = fileURLToPath(new URL('../peers/workers/buffers.mjs', import.meta.url))
  const options = { filename, minThreads: threads, maxThreads: threads, idleTimeout: Infinity }
  const pool = new Piscina(options)
  return {
    run() {
      const bytes = new Uint8Array(BUFFER_MIB * MIB).fill(1)
      const name = moves ? 'touchAndMove' : 'touch'
      return () => pool.run(bytes, { name, transferList: moves ? [bytes.buffer] : [] })
    },
    close: () => pool.destroy(),
  }
}
