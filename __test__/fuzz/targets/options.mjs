/* oxlint-disable typescript/no-extraneous-class -- of what is no function for a pool */
/** Arguments and options of every kind, of pools and of all their calls. */
import { Arguments, Planted } from '../arguments.mjs'
import { Finding, isTyped, shown } from '../finding.mjs'
import { move, Pool } from 'isolane'

export const engines = ['v8', 'node']
export const block = 150

const BOUND_MB = 1200
const ROUNDS_PER_CANARY = 5

/** Options of a pool with values that are right, of a size that a machine bears. */
const POOL = {
  threads: [1, 2],
  memoryLimitMb: [16, 64, 512],
  timeout: [1, 500, 5000],
  queueTimeout: [1, 500, 5000],
  maxQueue: [0, 1, 100, Infinity],
  sliceMs: [0.1, 4, Infinity],
  sandbox: [false, true, {}, { eval: false }, { wasm: false }],
  maxContexts: [1, 128],
  maxResultMb: [1, Infinity],
  maxErrorKb: [1, 64],
  maxLogRecords: [0, 1000],
  maxLogKb: [1, 1024],
  logPlaces: ['trace', 'warn', false],
  recycleAfterTasks: [1, Infinity],
  recycleAboveMb: [1, Infinity],
  maxLostWorkers: [0, 1000],
  niceIncrement: [0, 10],
  name: ['a', 'x'.repeat(1000), '日本語\n'],
  concurrency: [1, 3],
  resolveFrom: ['.'],
  spareWorkers: [0, 1],
}
const LIMITS = {
  timeout: [0.01, 1, 1000],
  queueTimeout: [0.01, 1, 1000],
  signal: [AbortSignal.abort(), new AbortController().signal],
  priority: ['low', 'normal', 'high'],
}
const CALL = {
  ...LIMITS,
  tenant: ['a', ''],
  stateful: [true, false],
  fresh: [true, false],
  args: [1, { a: [1] }, () => {}, new WeakMap()],
  shared: [[]],
}
const BATCH = { ...CALL, chunkSize: [1, 2, 0xffff_ffff], onProgress: [() => {}] }
const OUTCOME = {
  ...BATCH,
  onTimeout: ['reject', 'partial'],
  onError: ['reject', 'settle', 'omit', 'original', () => 0],
  maxFailures: [0, 1, 1_000_000],
}
const MAP = { ...OUTCOME, into: ['Array', 'Float64Array', 'Uint8Array', 'BigInt64Array'] }
const STREAM = {
  ...CALL,
  onError: OUTCOME.onError,
  concurrency: [1, 1_000_000],
  ordered: [true, false],
  from: ['json', 'ndjson'],
  into: ['json', 'ndjson'],
  maxItemMb: [1, 1024],
  onFailure: [() => {}],
  onProgress: [() => {}],
}
const SHARE = { freeze: ['deep', 'objects', false] }
const FUNCTIONS = [
  (x) => x,
  async (x) => [x],
  (x, y) => y,
  { source: '(x) => x' },
  { name: 'named', source: '(x) => ({ x })' },
]
const WRONG_FUNCTIONS = [
  { source: '' },
  { source: '){' },
  { source: '(() => { throw 1 })()' },
  { source: 'x'.repeat(1e5) },
  { filename: '/nowhere.mjs' },
  { filename: 'package.json', name: 'x' },
  'published',
  Math.max,
  class {},
  function* () {},
]
const REDUCERS = { reduce: FUNCTIONS, map: FUNCTIONS, initial: [0, 'a'] }

export async function open({ engine, random }) {
  const pool = newPool({ engine, threads: 1, timeout: 2000, maxLostWorkers: 1000 })
  let rounds = 0
  return {
    boundMb: BOUND_MB,
    async round(_, draws) {
      const values = new Arguments(draws)
      const outcome = draws.chance(0.1)
        ? await outcomeOf(() => withPool(engine, values))
        : await outcomeOf(() => call(pool, values))
      if (++rounds % ROUNDS_PER_CANARY === 0) await canary(pool)
      return outcome
    },
    close: () => (random.chance(0.5) ? pool.destroy() : pool.close({ force: true })),
  }
}

function newPool(options) {
  const pool = new Pool(options)
  pool.on('error', () => {})
  pool.on('log', () => {})
  return pool
}

async function withPool(engine, values) {
  const given = values.options({ ...POOL, engine: [engine] })
  const pool = newPool(given)
  try {
    return await call(pool, values)
  } finally {
    await pool.destroy()
  }
}

function call(pool, values) {
  const { random } = values
  const fn = random.pick([
    () => random.pick(FUNCTIONS),
    () => random.pick(FUNCTIONS),
    () => random.pick(FUNCTIONS),
    () => random.pick(WRONG_FUNCTIONS),
    () => values.value(),
  ])()
  const items = () =>
    random.pick([
      () => [1, 2, 3],
      () => [1, values.scalar(), {}],
      () => [],
      () => new Float64Array(9),
      () => values.value(),
    ])()
  return random.pick([
    () => pool.run(fn, values.value(), values.options(CALL)),
    () => pool.map(items(), fn, values.options(MAP)),
    () => pool.filter(items(), fn, values.options(OUTCOME)),
    () => pool.forEach(items(), fn, values.options(OUTCOME)),
    () => pool.reduce(items(), reducers(values, fn), values.options(BATCH)),
    () => stream(pool, items(), fn, values),
    () => publish(pool, fn, values),
    () => share(pool, values),
    () => pool.published(values.value()),
    () => move(values.value()),
  ])()
}

function reducers(values, fn) {
  return values.random.pick([
    () => ({ reduce: fn, initial: 0 }),
    () => values.options(REDUCERS),
    () => values.value(),
  ])()
}

async function stream(pool, items, fn, values) {
  let most = 5
  for await (const _ of pool.stream(items, fn, values.options(STREAM))) if (--most === 0) break
}

async function publish(pool, fn, values) {
  const { random } = values
  const name = random.chance(0.7) ? `f${random.integer(0, 3)}` : values.value()
  const published = await pool.publish(name, fn, values.options(LIMITS))
  await outcomeOf(() => published.update(random.pick(FUNCTIONS), values.options(LIMITS)))
  await published.dispose()
}

async function share(pool, values) {
  const name = values.random.chance(0.7) ? 'base' : values.value()
  const shared = await pool.share(name, values.value(), values.options(SHARE))
  await pool.run((x, { shared: { base } }) => typeof base, 0, { shared: [shared] })
  await shared.dispose()
}

async function outcomeOf(operation) {
  try {
    const outcome = await operation()
    return typeof outcome === 'string' && outcome.startsWith('ERR_') ? outcome : 'value'
  } catch (error) {
    if (error instanceof Planted) return 'its own error'
    if (!isTyped(error)) throw new Finding('untyped error', shown(error))
    if (error.code === 'ERR_ISOLANE_BAD_PAYLOAD')
      throw new Finding('impossible error', shown(error))
    return error.code
  }
}

async function canary(pool) {
  const double = { name: 'next', source: '(x) => x * 2' }
  const answer = await pool.run(double, 21).catch((error) => error)
  if (answer !== 42) throw new Finding('canary', shown(answer))
}
