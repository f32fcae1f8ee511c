import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { rejection, withPool } from '../support/pools.mjs'
import { valuesOfLines } from './random-json.mjs'

const items = Array.from({ length: 500 }, (_, id) => ({ id, big: 12345678901234567890n }))
const text = `[${items.map(({ id, big }) => `{ "id": ${id},\n "big": ${big} }`).join(' ,\n')}]`
const lines = items.map(({ id }) => `{"id":${id}}\r\n`).join('')

describe('calls over JSON text', () => {
  it('filter gives the very text of the items that stay', () =>
    withPool({ threads: 2 }, async (pool) => {
      const isThird = ({ id }) => id % 3 === 0
      const kept = await pool.filter(Buffer.from(text), isThird, { from: 'json', into: 'json' })
      const third = items.filter(isThird)
      const expected = third.map(({ id, big }) => `{ "id": ${id},\n "big": ${big} }`).join(',')
      assert.equal(kept.toString(), `[${expected}]`)
      const asLines = await pool.filter(text, isThird, { from: 'json', into: 'ndjson' })
      assert.equal(
        asLines.toString(),
        `${expected.replaceAll('\n', ' ').replaceAll('},{', '}\n{')}\n`,
      )
      const none = await pool.filter(text, () => false, { from: 'json', into: 'json' })
      assert.equal(none.toString(), '[]')
    }))

  it('filter takes text and gives objects, and the other way round', () =>
    withPool({ threads: 2 }, async (pool) => {
      const isEven = ({ id }) => id % 2 === 0
      const objects = await pool.filter(lines, isEven, { from: 'ndjson' })
      assert.deepEqual(objects, valuesOfLines(lines).filter(isEven))
      const bytes = await pool.filter(objects, ({ id }) => id < 10, { into: 'ndjson' })
      assert.equal(bytes.toString(), '{"id":0}\n{"id":2}\n{"id":4}\n{"id":6}\n{"id":8}\n')
    }))

  it('forEach calls the function for each item', () =>
    withPool({ threads: 2 }, async (pool) => {
      const logged = []
      pool.on('log', ({ message }) => logged.push(message))
      const log = ({ id }, index, context) => context.log(id, index)
      assert.equal(await pool.forEach(lines, log, { from: 'ndjson' }), undefined)
      assert.equal(logged.length, 500)
      assert.ok(logged.includes('499 499'))
    }))

  it('reduce folds the items, and gives text where that is wanted', () =>
    withPool({ threads: 2 }, async (pool) => {
      const reducers = { map: ({ id }) => id, reduce: (a, b) => a + b }
      assert.equal(await pool.reduce(lines, reducers, { from: 'ndjson' }), 124_750)
      const max = { reduce: (a, b) => (a > b ? a : b) }
      const bytes = await pool.reduce('[3, 9, 4]', max, { from: 'json', into: 'json' })
      assert.equal(bytes.toString(), '9')
      const empty = await pool.reduce(
        '[]',
        { ...max, initial: [] },
        { from: 'json', into: 'ndjson' },
      )
      assert.equal(empty.toString(), '[]\n')
      const { code } = await rejection(pool.reduce('[1,]', max, { from: 'json' }))
      assert.equal(code, 'ERR_ISOLANE_INVALID_JSON')
      const item = await rejection(pool.reduce('[1,x]', max, { from: 'json', chunkSize: 2 }))
      assert.deepEqual([item.code, item.index], ['ERR_ISOLANE_INVALID_JSON', 1])
    }))

  it('run gets the value of a text, and gives its result as text', () =>
    withPool({ threads: 1 }, async (pool) => {
      const large = JSON.stringify({ list: Array.from({ length: 20_000 }, (_, i) => i) })
      const count = ({ list }) => list.length
      for (const arg of [large, Buffer.from(large), Buffer.from(`\ufeff${large}`)]) {
        assert.equal(await pool.run(count, arg, { from: 'json' }), 20_000)
      }
      const echo = (value) => value
      const bytes = await pool.run(echo, large, { from: 'json', into: 'json' })
      assert.equal(bytes.toString(), large)
      const values = await pool.run(echo, '\ufeff1\r\n\n {"a": 2} \n[3]', { from: 'ndjson' })
      assert.deepEqual(values, [1, { a: 2 }, [3]])
      assert.equal((await pool.run(() => {}, 1, { into: 'json' })).toString(), 'null')
      assert.equal(
        (await pool.run(() => 'é\ud800', 1, { into: 'ndjson' })).toString(),
        '"é\\ud800"\n',
      )
    }))

  it('run says where a text is not JSON', () =>
    withPool({ threads: 1 }, async (pool) => {
      const place = async (text, from) => {
        const { code, line, column, offset, index } = await rejection(
          pool.run((v) => v, text, { from }),
        )
        assert.equal(code, 'ERR_ISOLANE_INVALID_JSON')
        assert.equal(index, undefined)
        return [line, column, offset]
      }
      assert.deepEqual(await place('{"a":\n x}', 'json'), [2, 2, 7])
      assert.deepEqual(await place('', 'json'), [1, 1, 0])
      assert.deepEqual(await place('1 2', 'json'), [1, 3, 2])
      assert.deepEqual(await place('{}\n\n[1,]\n', 'ndjson'), [3, 4, 7])
      assert.deepEqual(await place(Buffer.from([0x22, 0xff, 0x22]), 'json'), [1, 2, 1])
    }))
})
