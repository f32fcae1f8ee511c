/** Programs of the grammar, on a pool of small isolates. */
import { BuiltIns, WALK } from '../programs/builtins.mjs'
import { makeProgram, textOf } from '../programs/program.mjs'
import { Finding, isTyped, shown } from '../finding.mjs'
import { Pool } from 'isolane'

export const engines = ['v8']
/** Rounds on one pool. */
export const block = 250

/** Errors that no program may cause. */
const IMPOSSIBLE = new Set(
  ['BAD_PAYLOAD', 'ENGINE_UNAVAILABLE', 'INVALID_ARGUMENT', 'POOL_CLOSED', 'QUEUE_FULL'].map(
    (name) => `ERR_ISOLANE_${name}`,
  ),
)
/** Reasons for which a worker may be lost. */
const LOSSES = /out of memory|did not stop within/
const ROUNDS_PER_CANARY = 10
const LISTS = {
  map: [1, 'a', null, {}],
  filter: [3, 4, 5],
  forEach: [1, 2],
  reduce: [1, 2, 3],
  stream: [7, 8],
}

/** MiB that the process may come to: `docs/limits.md` says what one isolate may take over its limit. */
export const boundMb = ({ memoryLimitMb, threads }) => 600 + threads * (3 * memoryLimitMb + 1300)

export async function open({ random }) {
  const options = poolOptions(random)
  const builtIns = new BuiltIns(await walk())
  const pool = new Pool({ ...options, console: false })
  const state = { lost: 0, stuck: 0 }
  const complaints = []
  pool.on('workerDestroy', ({ reason }) => {
    if (reason === undefined) return
    state.lost++
    if (/did not stop/.test(reason)) state.stuck++
    if (!LOSSES.test(reason)) complaints.push(`a worker was lost: ${reason}`)
  })
  // Without a listener a lost worker's error would be the process's end.
  pool.on('error', (error) => isTyped(error) || complaints.push(`event 'error': ${shown(error)}`))
  pool.on('log', () => {})
  let rounds = 0

  const program = (round, draws) => makeProgram(draws, builtIns, round)

  async function run(given) {
    const outcome = await outcomeOf(pool, given)
    if (++rounds % ROUNDS_PER_CANARY === 0) await canary(pool)
    if (complaints.length > 0) throw new Finding('worker', complaints.shift())
    return outcome
  }

  return {
    width: options.threads,
    boundMb: boundMb(options),
    losses: () => state,
    round: (round, draws) => run(program(round, draws)),
    describe: (round, draws) => ({ ...program(round, draws), pool: options }),
    run,
    close: () => pool.destroy(),
  }
}

/** A case's text, for people. */
export const shownCase = (given) =>
  `// pool ${JSON.stringify(given.pool)}, ${given.operation} ${JSON.stringify(given.options)}\n${textOf(given)}`

/** Smaller cases to try, in this order. */
export function* smaller(given) {
  const { statements } = given
  for (let size = statements.length; size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at < statements.length; at += size) {
      const left = statements.map((text, i) => (i >= at && i < at + size ? '' : text))
      if (left.join() !== statements.join()) yield { ...given, statements: left }
    }
  }
  if (given.ending !== '') yield { ...given, ending: '' }
  if (given.operation !== 'run') yield { ...given, operation: 'run' }
}

let builtInsOfIsolates

async function walk() {
  if (builtInsOfIsolates !== undefined) return builtInsOfIsolates
  const pool = new Pool({ threads: 1, engine: 'v8' })
  try {
    return (builtInsOfIsolates = await pool.run({ name: 'walk', source: WALK }))
  } finally {
    await pool.destroy()
  }
}

function poolOptions(random) {
  return {
    engine: 'v8',
    threads: random.integer(1, 2),
    memoryLimitMb: random.pick([32, 48, 64, 128]),
    maxLostWorkers: 1000,
    maxResultMb: 64,
    ...(random.chance(0.3) && { sandbox: { eval: random.chance(0.5), wasm: random.chance(0.5) } }),
    ...(random.chance(0.3) && { maxContexts: random.integer(1, 4) }),
    ...(random.chance(0.3) && { maxErrorKb: random.integer(1, 4) }),
    ...(random.chance(0.3) && { maxLogRecords: random.integer(0, 4) }),
    ...(random.chance(0.2) && { recycleAfterTasks: random.integer(1, 50) }),
    ...(random.chance(0.2) && { recycleAboveMb: random.integer(2, 20) }),
  }
}

async function outcomeOf(pool, given) {
  try {
    await call(pool, given)
    return 'value'
  } catch (error) {
    if (!isTyped(error)) throw new Finding('untyped error', shown(error))
    if (IMPOSSIBLE.has(error.code)) throw new Finding('impossible error', shown(error))
    return error.code
  }
}

async function call(pool, given) {
  const { operation, options } = given
  const { onError, onTimeout, chunkSize, ...common } = options
  const fn = { name: 'program', source: textOf(given) }
  const batch = { ...common, ...(chunkSize && { chunkSize }) }
  switch (operation) {
    case 'run':
      return pool.run(fn, { a: 1, b: [1, 2] }, common)
    case 'reduce':
      return pool.reduce(LISTS.reduce, { reduce: fn, initial: 0 }, batch)
    case 'stream':
      for await (const _ of pool.stream(LISTS.stream, fn, common));
      return undefined
    default: {
      const fits =
        !(operation === 'filter' && onError === 'settle') &&
        !(operation === 'forEach' && /omit|original/.test(onError))
      return pool[operation](LISTS[operation], fn, {
        ...batch,
        ...(onTimeout && { onTimeout }),
        ...(onError && fits && { onError }),
      })
    }
  }
}

/** What a function of somebody else's gives is what it gives on any isolate. */
async function canary(pool) {
  const source =
    '(x) => [...new Map([[x, { list: [1, x] }]]).entries()].concat(new Uint8Array(2e6).length)'
  const expected = '[[21,{"list":[1,21]}],2000000]'
  const answer = await pool.run({ name: 'canary', source }, 21).catch((error) => error)
  if (JSON.stringify(answer) !== expected) throw new Finding('canary', shown(answer))
}
