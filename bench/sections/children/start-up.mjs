/** `node start-up.mjs <contender> <threads>`: what start-up cost, as JSON on stdout. */
import { setTimeout as pause } from 'node:timers/promises'
import { endWithParent } from '../../lib/children.mjs'
import { loadContender } from '../../peers/contenders.mjs'

endWithParent()

const [name, count] = process.argv.slice(2)
const threads = Number(count)

const importing = performance.now()
const contender = await loadContender(name)
const importMs = performance.now() - importing

const rssBefore = process.memoryUsage.rss()
const started = performance.now()
const session = await contender.start({ threads })
while ((await session.answered()) < threads) await pause(1)
const readyMs = performance.now() - started
const rssMb = (process.memoryUsage.rss() - rssBefore) / 1e6

// Leaving without close(): how a pool ends is not measured, and one of them may hang there.
process.stdout.write(JSON.stringify({ importMs, readyMs, rssMb }), () => process.exit())
