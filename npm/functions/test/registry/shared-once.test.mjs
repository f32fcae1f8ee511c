/** Functions that are published hold a large value together, whatever form they have and whoever shares it. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { heapOf } from '../../../../__test__/support/heap.mjs'
import { withRegistries } from '../support/registries.mjs'

const COUNT = 50
/** If each held its own, there would be as many copies as functions. */
const MOST_COPIES = 10

const records = Array.from({ length: 40_000 }, (_, id) => ({
  id,
  name: `record ${id}`,
  tags: [id % 7, `tag ${id % 11}`],
}))

const forms = [
  (body) => `(id, { shared }) => ${body}`,
  (body) =>
    `const { isInteger } = Number\nmodule.exports = (id, { shared }) => isInteger(id) && ${body}`,
  (body) =>
    `import { plus } from '@/lib/plus'\nexport default (id, { shared }) => plus(${body}, 0)`,
]

const publications = [
  { name: 'lib/plus', source: 'export const plus = (a, b) => a + b\nexport default plus' },
  ...Array.from({ length: COUNT }, (_, n) => ({
    name: `reader${n}`,
    source: forms[n % forms.length](`shared.records[id].tags[0] + shared.records.length + ${n}`),
  })),
]

/** How many copies of the value functions leave behind that use it one after the other. */
async function copiesOf(pool, functions, options) {
  const call = async (n) => {
    assert.equal(await functions.run(`reader${n}`, n, options), (n % 7) + records.length + n)
  }
  const before = await heapOf(pool)
  await call(0)
  const one = (await heapOf(pool)) - before
  for (let n = 1; n < COUNT; n++) await call(n)
  return ((await heapOf(pool)) - before) / one
}

describe(`${COUNT} published functions hold a large value once`, () => {
  const roomy = { threads: 1, memoryLimitMb: 2048 }

  test('that their calls share', () =>
    withRegistries(async ({ open, pool }) => {
      const functions = open()
      await functions.publishAll(publications)
      const copies = await copiesOf(pool, functions, {
        shared: [await pool.share('records', records)],
      })
      assert.ok(copies < MOST_COPIES, `${copies} copies`)
    }, roomy))

  test('that is the registry’s data', () =>
    withRegistries(async ({ open, pool }) => {
      const functions = open()
      await functions.publishAll(publications)
      functions.data.define('records', { load: () => records })
      await functions.ready
      const copies = await copiesOf(pool, functions)
      assert.ok(copies < MOST_COPIES, `${copies} copies`)
    }, roomy))
})
