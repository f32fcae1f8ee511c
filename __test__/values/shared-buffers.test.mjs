import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { onlyV8 } from '../support/engine.mjs'
import { withPool } from '../support/pools.mjs'

const refusal = (path) => ({
  code: 'ERR_ISOLANE_NOT_CLONEABLE',
  path,
  message: /is a SharedArrayBuffer, which only the node engine can share.*engine: 'node'/,
})

describe('a SharedArrayBuffer on the v8 engine', onlyV8, () => {
  const buffer = new SharedArrayBuffer(8)

  it('is refused as an item, an argument and a shared value', () =>
    withPool({ threads: 1 }, async (pool) => {
      await assert.rejects(
        pool.map([{ buffer }], (item) => item),
        refusal('items[0].buffer'),
      )
      await assert.rejects(
        pool.run((arg) => arg, { buffer }),
        refusal('argument.buffer'),
      )
      await assert.rejects(pool.share('table', { buffer }), refusal('shared.table.buffer'))
    }))

  it('is refused as a result', () =>
    withPool({ threads: 1 }, async (pool) => {
      await assert.rejects(
        pool.run(() => ({ buffer: new SharedArrayBuffer(8) })),
        refusal('result.buffer'),
      )
    }))
})
