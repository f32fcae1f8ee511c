/** Uses the installed package as a first program would; what it is given are the engines that must be there. */
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'

import { Pool, engines } from 'isolane'

const expected = process.argv.slice(2)
assert.deepEqual(engines().toSorted(), expected.toSorted())
assert.equal(createRequire(import.meta.url)('isolane').Pool, Pool)

const items = Array.from({ length: 1000 }, (_, index) => ({ index, text: `item ${index}` }))
for (const engine of engines()) {
  const pool = new Pool({ engine, threads: 2 })
  const results = await pool.map(items, ({ index, text }) => `${text}: ${index ** 2}`)
  assert.deepEqual(
    results,
    items.map(({ index, text }) => `${text}: ${index ** 2}`),
  )
  await pool.close()
}
