/**
 * Runs rounds of one target, in a process that `watchdog.mjs` watches and that may die at any moment:
 * what it is about to do is told before it is done.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { makeRandom } from '../../bench/workloads/random.mjs'
import { Finding, shown } from './finding.mjs'

const {
  name,
  engine,
  seed,
  from,
  to = Infinity,
  list,
  file,
  describe,
} = JSON.parse(process.argv[2])
const target = await import(`./targets/${name}.mjs`)

const BEAT_MS = 100
const MIB = 2 ** 20
/** What a pool that is gone may leave behind: allocators keep some, and floods of waiters more. */
const LEFT_MB = 800
const LEFT_PATIENCE_MS = 10_000

const tell = (message) => process.send(message)
const residentMb = () => Math.round(process.memoryUsage.rss() / MIB)
const peakMb = () => Math.round(process.resourceUsage().maxRSS / 1024)

for (const event of ['uncaughtException', 'unhandledRejection']) {
  process.on(event, (error) => {
    // To tell it would be the next error, and so on for ever.
    if (!process.connected) process.exit(1)
    tell({ type: 'finding', kind: event, detail: shown(error) })
  })
}
let isAsked = false
const stopped = () => isAsked
process.on('message', () => (isAsked = true))
process.on('disconnect', () => process.exit(1))

/** The draws of a round, or of the pool that a block of rounds has. */
const drawsOf = (what, number) => {
  let hash = seed
  for (const unit of `${name} ${what} ${number}`)
    hash = (hash * 31 + unit.codePointAt(0)) % 2147483647
  return makeRandom(hash)
}

/** Threads of this process; undefined where nobody tells. */
function threads() {
  try {
    return readdirSync('/proc/self/task').length
  } catch {
    return undefined
  }
}

/**
 * Threads that are there without a reason: lost ones, which V8 could only abort. Without a pool there are
 * none, and Node starts those of its own when it needs them.
 */
const parked = () =>
  threadsOfPool === undefined ? 0 : Math.max(0, (threads() ?? 0) - threadsOfPool)

let session
let hasClosed = false
/** Resident MiB when a block had lost threads: they keep what they have, in the blocks that follow too. */
let ofLostMb = 0
/** Threads before a pool is made, and with it. */
let threadsBefore
let threadsOfPool
const beat = setInterval(
  () =>
    tell({
      type: 'beat',
      residentMb: residentMb(),
      ...session?.losses?.(),
      parked: session ? parked() : 0,
    }),
  BEAT_MS,
)

async function openBlock(number) {
  threadsBefore = threads()
  session = await target.open({ engine, random: drawsOf('block', number) })
  threadsOfPool = session.hasNoPool ? undefined : threads()
  tell({ type: 'bound', boundMb: session.boundMb })
}

async function one(round, work) {
  tell({ type: 'started', round })
  try {
    tell({ type: 'ended', round, outcome: await work() })
  } catch (error) {
    const kind = error instanceof Finding ? error.kind : 'harness'
    const detail = error instanceof Finding ? error.message : shown(error)
    tell({ type: 'ended', round, finding: { kind, detail } })
  }
}

/** Runs rounds side by side, as many as the session takes. */
async function rounds(next) {
  const lane = async () => {
    for (let round = next(); round !== undefined; round = next()) {
      await one(round, () => session.round(round, drawsOf('round', round)))
      // The target may never wait for anything.
      await pause(0)
    }
  }
  await Promise.all(Array.from({ length: session.width ?? 1 }, lane))
}

async function closeBlock() {
  const isFirst = !hasClosed
  hasClosed = true
  await session.close()
  session = undefined
  if (threadsBefore === undefined) return
  const isLeft = () => residentMb() > LEFT_MB + ofLostMb
  // The first one has started what all have in common, so that threads tell nothing.
  if (isFirst) {
    if (isLeft()) ofLostMb = residentMb()
    return
  }
  const end = Date.now() + LEFT_PATIENCE_MS
  const hasParked = () => threadsOfPool !== undefined && threads() > threadsBefore
  while ((isLeft() || hasParked()) && Date.now() < end) await pause(50)
  if (hasParked()) ofLostMb = residentMb()
  else if (isLeft()) {
    tell({ type: 'finding', kind: 'memory left', detail: `${residentMb()} MiB after its pool` })
  }
}

async function main() {
  if (file !== undefined) {
    const given = JSON.parse(readFileSync(file, 'utf8'))
    await openBlock(given.block)
    for (let n = 0; n < 3; n++) await one(given.round, () => session.run(given))
    await closeBlock()
  } else if (list !== undefined) {
    for (const round of list) {
      const block = Math.floor(round / target.block)
      await openBlock(block)
      const draws = drawsOf('round', round)
      if (describe) {
        const given = { ...session.describe?.(round, draws), round, block }
        tell({ type: 'case', given })
      } else await one(round, () => session.round(round, draws))
      await closeBlock()
    }
  } else {
    const place = { round: from }
    while (!stopped() && place.round < to) {
      const block = Math.floor(place.round / target.block)
      const end = Math.min(to, (block + 1) * target.block)
      await openBlock(block)
      await rounds(() => (stopped() || place.round >= end ? undefined : place.round++))
      await closeBlock()
    }
  }
}

try {
  await main()
} catch (error) {
  // A pool that cannot be made or closed.
  tell({ type: 'finding', kind: 'pool', detail: shown(error) })
}
tell({ type: 'done', peakMb: peakMb() })
clearInterval(beat)
process.removeAllListeners('disconnect')
process.disconnect()
