/** `node follower-child.mjs <place> <threads>`: when revisions are in force here, a line of JSON each. */
import { FunctionRegistry } from '@isolane/functions'
import { Pool } from 'isolane'
import { endWithParent } from '../lib/children.mjs'
import { storeIn } from './places.mjs'

endWithParent()

const [place, threads] = process.argv.slice(2)
const pool = new Pool({ threads: Number(threads) })
const registry = new FunctionRegistry(pool, {
  store: storeIn(JSON.parse(place)),
  timeout: 60_000,
})
const tell = (revision) => {
  const at = String(process.hrtime.bigint())
  process.stdout.write(`${JSON.stringify({ revision, at })}\n`)
}
registry.on('revision', ({ revision }) => tell(revision))
await registry.ready
// The parent ends it.
setInterval(() => {}, 60_000)
