/** `node service-child.mjs <way> <functions> <threads>`: what a service took, as JSON on stdout. */
import { endWithParent } from '../lib/children.mjs'
import { measure } from '../lib/measure.mjs'
import { nameOf, orderOf } from './texts.mjs'
import { WAYS } from './ways.mjs'

endWithParent()

/** As from users who wait for answers. */
const CALLERS = 8
const WARM_UP_MS = 1_000
const FOR_MS = 1_000

const [way, count, threads] = process.argv.slice(2)
const functions = Number(count)
const call = await WAYS[way](functions, Number(threads))
for (let i = 0; i < functions; i++) await call(nameOf(i), orderOf(i))
await callFor(WARM_UP_MS)
const cpuBefore = process.cpuUsage()
const { value: made, wallMs, delayP99Ms } = await measure(() => callFor(FOR_MS))
const { user, system } = process.cpuUsage(cpuBefore)
const cpuUs = (user + system) / made
const figures = {
  rssMb: process.resourceUsage().maxRSS / 1024,
  cpuUs,
  perTenth: 1e5 / cpuUs,
  perSecond: (made / wallMs) * 1000,
  delayP99Ms,
}
process.stdout.write(JSON.stringify(figures), () => process.exit())

/** @returns how many calls were made */
async function callFor(ms) {
  const end = performance.now() + ms
  let calls = 0
  const caller = async (seed) => {
    const random = generator(seed)
    while (performance.now() < end) {
      await call(nameOf(popular(random())), orderOf(calls++))
      // What never waits would leave nobody else a turn.
      if (calls % CALLERS === 0) await new Promise(setImmediate)
    }
  }
  await Promise.all(Array.from({ length: CALLERS }, (_, i) => caller(i + 1)))
  return calls
}

/** The n-th function is called a n-th as often as the first, as is usual (Zipf). */
function popular(share) {
  return Math.min(functions - 1, Math.floor((functions + 1) ** share) - 1)
}

/** Marsaglia's xorshift32: shares from 0 to below 1, the same in each run. */
function generator(seed) {
  let state = 0x2545f491 ^ (seed * 0x9e3779b9)
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}
