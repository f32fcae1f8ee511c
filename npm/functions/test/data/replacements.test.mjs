/** An isolate that takes another's place has the data decoded before it takes calls. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { DataCache } from '@isolane/functions'
import { engines } from 'isolane'

import { newPool, rejection, until } from '../support/registries.mjs'

/** A call that costs an isolate, and with what it rejects. */
const COSTLY = {
  v8: {
    code: 'ERR_ISOLANE_MEMORY_LIMIT',
    source: '() => { for (const all = []; ; ) all.push(new Array(1e5).fill(0)) }',
  },
  node: { code: 'ERR_ISOLANE_WORKER_LOST', source: '() => process.exit()' },
}

/** Some megabytes of heap. */
const TABLE = JSON.stringify(
  Array.from({ length: 50_000 }, (_, id) => ({ id, name: `hotel ${id}`, price: id / 2 })),
)

for (const engine of engines()) {
  describe(`a replacement (${engine})`, () => {
    for (const from of ['json', undefined]) {
      test(`has data from ${from ?? 'objects'} without a call`, async () => {
        const pool = newPool({ engine, threads: 1, memoryLimitMb: 256 })
        const cache = new DataCache(pool)
        const alive = setInterval(() => {}, 60_000)
        try {
          const heapUsed = () => pool.status()[0].heapUsed
          const bare = await until(heapUsed, 'the heap has been measured')
          const load = () => (from === undefined ? JSON.parse(TABLE) : TABLE)
          const data = cache.define('table', { load, from, timeout: 60_000 })
          await cache.ready
          const isThere = () => heapUsed() > bare + 4e6
          await until(isThere, 'the first has it')
          const [{ id }] = pool.status()
          const { code, source } = COSTLY[engine]
          const cost = rejection(pool.run({ name: 'costly', source }))
          const read = { name: 'read', source: '(id, { shared }) => shared.table[id].price' }
          const next = pool.run(read, 100, { shared: [data.shared] })
          assert.equal((await cost).code, code)
          assert.equal(await next, 50)
          const [{ id: second }] = pool.status()
          assert.notEqual(second, id)

          await rejection(pool.run({ name: 'costly', source }))
          await until(() => pool.status()[0].id > second, 'there is a third')
          await until(isThere, 'it has the data, and no call was made')
          assert.equal(data.status().version, 1)
        } finally {
          await cache.close()
          await pool.destroy()
          clearInterval(alive)
        }
      })
    }
  })
}
