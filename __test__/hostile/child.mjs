/** One hostile call in a process of its own. `support.mjs` starts it, and reads what it reports. */
import { Pool } from 'isolane'

const { source, generate, arg, options, call, allowanceMb } = JSON.parse(process.env.HOSTILE_CASE)
/** A source that is too large to be handed over as text is made here. */
const text = generate === undefined ? source : new Function(`return ${generate}`)()

const pool = new Pool({ threads: 1, ...options })
const lost = []
const logs = { records: 0, characters: 0, last: '' }
pool.on('workerDestroy', ({ reason }) => reason !== undefined && lost.push(reason))
pool.on('log', ({ message }) => {
  logs.records++
  logs.characters += message.length
  logs.last = message.slice(-100)
})

/** Takes half of the memory that an isolate may have, so it fails where a case has left some taken. */
const NEXT = `(x) => new Uint8Array(${(options.memoryLimitMb / 2) << 20}).fill(1).at(-1) * x * 2`
const next = () => pool.run({ name: 'next', source: NEXT }, 21)
const worker = () => pool.status()[0].id
const residentMb = () => process.memoryUsage.rss() / 2 ** 20
const shown = (value) =>
  JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? `${inner}n` : inner))

await next()
const before = { worker: worker(), residentMb: residentMb() }
const peakMb = () => process.resourceUsage().maxRSS / 2 ** 10
const outcome = await pool.run({ name: 'hostile', source: text }, arg, call).then(
  (value) => ({
    code: 'value',
    value: Array.isArray(value) && value.length > 1e6 ? 'long' : `${shown(value)}`.slice(0, 1000),
  }),
  ({ code, message, cause }) => ({
    code,
    message: message.slice(0, 1000),
    size: message.length + `${cause?.message}${cause?.stack}`.length,
  }),
)
const peakedMb = peakMb() - before.residentMb
const answer = await next().catch(({ code }) => code)
let grownMb = residentMb() - before.residentMb
// The allocator and V8's background threads give memory back a little later.
for (let n = 0; n < 40 && grownMb > allowanceMb; n++) {
  await new Promise((resolve) => setTimeout(resolve, 50))
  grownMb = residentMb() - before.residentMb
}
const kept = worker() === before.worker
console.log(`report ${JSON.stringify({ ...outcome, answer, grownMb, peakedMb, kept, lost, logs })}`)
await pool.destroy()
