import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { move } from 'isolane'
import { sized } from '../support/size.mjs'
import { withPool } from '../support/pools.mjs'
import { randomJson, valuesOfLines } from './random-json.mjs'

const texts = sized(400, 40)

/** Functions of an item and its index, as maps of text have them. */
const functions = [
  (item) => item,
  (item, index) => ({ item, index }),
  (item, index) => (index % 3 === 0 ? undefined : [item]),
  (item, index) => (index % 2 === 0 ? () => item : Symbol('s')),
  (item) => ({ toJSON: (key) => `${typeof key} ${key} ${JSON.stringify(item)}` }),
  (item, index) => (index % 2 === 0 ? new Date(index) : '\ud800 \u2028 é'),
  (item) => new Map([[1, item]]),
  (item, index) => index / 3,
  (item, index) => ({ toJSON: (key) => (index % 2 === 0 ? undefined : { key }) }),
  async (item, index) => ({ index, item }),
]

const expectedOf = async (items, fn) => Promise.all(items.map((item, index) => fn(item, index)))

const linesOf = (results) =>
  JSON.parse(`[${results.map((text) => JSON.stringify(text)).join(',')}]`)
    .map((text) => `${text}\n`)
    .join('')

/** Elements of `JSON.stringify(results)`, one by one. */
const elements = (results) =>
  results.map((_, index) => {
    const alone = []
    alone[index] = results[index]
    return JSON.stringify(alone).slice(1 + 'null,'.length * index, -1)
  })

describe('map of JSON text into JSON text', () => {
  it('gives the bytes that JSON.stringify gives of what JSON.parse gave', () =>
    withPool({ threads: 2 }, async (pool) => {
      for (let seed = 1; seed <= texts; seed++) {
        const json = randomJson(seed)
        const text = json.array(json.random.integer(0, 60))
        const fn = json.random.pick(functions)
        const chunkSize = json.random.pick([undefined, 1, 7])
        const results = await expectedOf(JSON.parse(text), fn)
        const got = await pool.map(Buffer.from(text), fn, { from: 'json', into: 'json', chunkSize })
        assert.equal(got.toString(), JSON.stringify(results), `seed ${seed}: ${fn}`)
      }
    }))

  it('reads and writes a value a line', () =>
    withPool({ threads: 2 }, async (pool) => {
      for (let seed = 1; seed <= texts; seed++) {
        const json = randomJson(seed, { lines: true })
        const text = json.lines(json.random.integer(0, 60))
        const fn = json.random.pick(functions)
        const results = await expectedOf(valuesOfLines(text), fn)
        const got = await pool.map(Buffer.from(text), fn, { from: 'ndjson', into: 'ndjson' })
        assert.equal(got.toString(), linesOf(elements(results)), `seed ${seed}: ${fn}`)
      }
    }))

  it('takes text or objects, and gives text or objects', () =>
    withPool({ threads: 2 }, async (pool) => {
      const items = Array.from({ length: 300 }, (_, id) => ({ id, name: `é${id}` }))
      const fn = ({ id, name }, index) => ({ text: `${name}${id}`, index })
      const results = items.map(fn)
      const text = JSON.stringify(items)
      assert.deepEqual(await pool.map(text, fn, { from: 'json' }), results)
      const bytes = await pool.map(items, fn, { into: 'json' })
      assert.equal(bytes.toString(), JSON.stringify(results))
      const lines = await pool.map(items, fn, { into: 'ndjson' })
      assert.deepEqual(valuesOfLines(lines.toString()), results)
      const values = await pool.map(lines, (item) => item, { from: 'ndjson' })
      assert.deepEqual(values, results)
    }))

  it('writes holes and what JSON has not as null', () =>
    withPool({ threads: 2 }, async (pool) => {
      // oxlint-disable-next-line no-sparse-arrays
      const items = [1, , undefined, 4]
      const got = await pool.map(items, (item) => item, { into: 'json' })
      assert.equal(got.toString(), '[1,null,null,4]')
      assert.equal((await pool.map([], (item) => item, { into: 'json' })).toString(), '[]')
      assert.equal((await pool.map([], (item) => item, { into: 'ndjson' })).toString(), '')
    }))

  it('takes a string, a Buffer, a part of one, an ArrayBuffer, shared memory, and what was moved', () =>
    withPool({ threads: 2 }, async (pool) => {
      const text = JSON.stringify(Array.from({ length: 5000 }, (_, i) => `item ${i}`))
      const bytes = Buffer.from(text)
      const padded = Buffer.from(`xx${text}yy`)
      const shared = new Uint8Array(new SharedArrayBuffer(bytes.length))
      shared.set(bytes)
      const inputs = [
        text,
        bytes,
        padded.subarray(2, -2),
        new Uint8Array(bytes).buffer,
        shared,
        move(new Uint8Array(bytes)),
      ]
      for (const input of inputs) {
        const got = await pool.map(input, (item) => item, { from: 'json', into: 'json' })
        assert.equal(got.toString(), text)
      }
      assert.equal(inputs.at(-1).length, 0)
      assert.equal(bytes.toString(), text)
    }))

  it('takes texts of many pieces, and items longer than a piece', () =>
    withPool({ threads: 2 }, async (pool) => {
      const long = 'é'.repeat(1 << 21)
      const items = [
        long,
        ...Array.from({ length: 20_000 }, (_, i) => `${i} ${'x'.repeat(100)}`),
        long,
      ]
      const text = JSON.stringify(items)
      const lengths = await pool.map(Buffer.from(text), (item) => item.length, {
        from: 'json',
        into: 'json',
      })
      assert.deepEqual(
        JSON.parse(lengths.toString()),
        items.map(({ length }) => length),
      )
    }))

  it('tells progress: how many there are is known in the end', () =>
    withPool({ threads: 2 }, async (pool) => {
      const seen = []
      const onProgress = (progress) => seen.push(progress)
      await pool.map('[1,2,3,4]', (n) => n, { from: 'json', chunkSize: 2, onProgress })
      assert.deepEqual(seen.at(-1).done, 4)
      assert.ok(seen.every(({ total }) => total === 4 || total === Infinity))
    }))

  it('uses JSON as it was before a function replaced it', () =>
    withPool({ threads: 1 }, async (pool) => {
      const spoil = {
        source: `(item) => {
          JSON.parse = () => 'spoilt'
          JSON.stringify = () => 'spoilt'
          Array.prototype.toJSON = undefined
          return item
        }`,
      }
      for (let i = 0; i < 2; i++) {
        const got = await pool.map('[1,{"a":[]}]', spoil, { from: 'json', into: 'json' })
        assert.equal(got.toString(), '[1,{"a":[]}]')
      }
    }))
})
