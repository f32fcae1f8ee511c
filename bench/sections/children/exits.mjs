/** A process that ends in the middle of work; `../exits.mjs` measures how fast. */
import { Pool } from 'isolane'
import { endWithParent } from '../../lib/children.mjs'

endWithParent()

const kind = process.argv[2]
const endless = { source: '() => { for (;;); }' }
/** V8 cannot interrupt ICU, which orders combining marks for minutes here. */
const unstoppable = {
  source: `() => ('a' + '\\u0301\\u0316'.repeat(3e5)).normalize('NFD').length`,
}

const pool = new Pool({ threads: 2 })
await pool.run((x) => x, 1)
if (kind !== 'idle') {
  const fn = kind === 'unstoppable' ? unstoppable : endless
  for (let n = 0; n < 100; n++) pool.run(fn).catch(() => {})
  // Until they run.
  await new Promise((resolve) => setTimeout(resolve, 200))
}
if (kind === 'closing') void pool.close()
// Written at once: the time runs from here.
process.stdout.write('go\n', () => {
  if (kind !== 'closing') process.exit(0)
})
