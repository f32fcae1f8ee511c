import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { describe, it } from 'node:test'
import { rejection, withPool } from '../support/pools.mjs'
import { sized } from '../support/size.mjs'
import { randomJson, valuesOfLines } from './random-json.mjs'

const two = { threads: 2 }
const texts = sized(200, 25)

async function collect(iterable) {
  const list = []
  for await (const value of iterable) list.push(value)
  return list
}

const textOf = async (stream) => Buffer.concat(await collect(stream)).toString()

/** A text in chunks of which no length is like the others. */
function* chunksOf(text, random, asText) {
  const whole = asText ? text : Buffer.from(text)
  for (let start = 0; start < whole.length;) {
    const length = random.pick([1, 2, 3, 7, 61, 64, 200, 5000])
    yield asText ? whole.slice(start, start + length) : whole.subarray(start, start + length)
    start += length
  }
}

function textAtRandom(seed, from) {
  const json = randomJson(seed, { lines: from === 'ndjson' })
  const count = json.random.integer(0, 60)
  return { random: json.random, text: from === 'json' ? json.array(count) : json.lines(count) }
}

const lineOf = (value) => `${JSON.stringify(value)}\n`
const withIndex = (item, index) => ({ index, item })

describe('pool.stream of text', () => {
  for (const from of ['json', 'ndjson']) {
    it(`gives what map gives of the whole, wherever chunks are cut (${from})`, () =>
      withPool(two, async (pool) => {
        for (let seed = 1; seed <= texts; seed++) {
          const { random, text } = textAtRandom(seed, from)
          const values = from === 'json' ? JSON.parse(text) : valuesOfLines(text)
          const expected = values.map(withIndex)
          const into = random.pick(['json', 'ndjson', undefined])
          const chunks = chunksOf(text, random, random.chance(0.3))
          const stream = pool.stream(chunks, withIndex, { from, into })
          if (into === undefined) assert.deepEqual(await collect(stream), expected, `seed ${seed}`)
          else {
            const written =
              into === 'json' ? JSON.stringify(expected) : expected.map(lineOf).join('')
            assert.equal(await textOf(stream), written, `seed ${seed}`)
          }
        }
      }))
  }

  const rows = Array.from({ length: 50 }, (_, id) => ({ id, name: `é😀 ${id}` }))
  const bytes = Buffer.from(rows.map(lineOf).join(''))
  const sources = {
    'a Readable': () => Readable.from([bytes.subarray(0, 100), bytes.subarray(100)]),
    'a Readable of text': () => Readable.from([bytes]).setEncoding('utf8'),
    'a web stream': () => Readable.toWeb(Readable.from([bytes])),
    'an async generator': async function* () {
      yield new Uint8Array(bytes)
    },
    'an array': () => [bytes.subarray(0, 9), bytes.subarray(9).toString()],
    'one Buffer': () => bytes,
    'one string': () => bytes.toString(),
  }
  for (const [name, source] of Object.entries(sources)) {
    it(`reads ${name}`, () =>
      withPool(two, async (pool) => {
        const source1 = source()
        assert.deepEqual(
          await collect(pool.stream(source1, (row) => row, { from: 'ndjson' })),
          rows,
        )
      }))
  }

  it('knows a mark, line ends of any kind, blank lines, and a last line without an end', () =>
    withPool(two, async (pool) => {
      const text = '\ufeff1\r\n\r\n \t\n"a\\r"\n\r3\r\n[4]'
      for (let size = 1; size < 9; size++) {
        const chunks = Array.from(
          Buffer.from(text)
            .toString('latin1')
            .match(new RegExp(`[^]{1,${size}}`, 'g')),
          (chunk) => Buffer.from(chunk, 'latin1'),
        )
        const got = await collect(pool.stream(chunks, (item) => item, { from: 'ndjson' }))
        assert.deepEqual(got, [1, 'a\r', 3, [4]])
      }
    }))

  it('takes half a mark for what it is', () =>
    withPool(two, async (pool) => {
      for (const chunks of [[[0xef, 0xbb]], [[0xef], [0xbb]], [[0xef, 0xbb], [0x31]]]) {
        const source = chunks.map((bytes) => Buffer.from(bytes))
        const stream = pool.stream(source, (item) => item, { from: 'ndjson' })
        const { code, index, offset } = await rejection(collect(stream))
        assert.deepEqual([code, index, offset], ['ERR_ISOLANE_INVALID_JSON', 0, 0])
      }
    }))

  it('gives an empty text, or an empty array, for no items', () =>
    withPool(two, async (pool) => {
      for (const [from, source] of [
        ['ndjson', []],
        ['ndjson', ['\n', ' \n']],
        ['json', ['[', ' ]']],
      ]) {
        const id = (item) => item
        assert.equal(await textOf(pool.stream(source, id, { from, into: 'ndjson' })), '')
        assert.equal(await textOf(pool.stream(source, id, { from, into: 'json' })), '[]')
        assert.deepEqual(await collect(pool.stream(source, id, { from })), [])
      }
    }))

  it('joins the halves of a character that two chunks of text have', () =>
    withPool(two, async (pool) => {
      const chunks = ['["\ud83d', '\ude00", "\ud83d', '"]']
      const got = await collect(pool.stream(chunks, (item) => item, { from: 'json' }))
      assert.deepEqual(got, ['😀', '\ufffd'])
    }))

  it('lets a source use its memory again', () =>
    withPool(two, async (pool) => {
      const memory = Buffer.alloc(8)
      function* source() {
        for (let i = 0; i < 100; i++) {
          memory.write(`${i}`.padEnd(7))
          memory[7] = 0x0a
          yield memory
        }
      }
      const got = await collect(pool.stream(source(), (item) => item, { from: 'ndjson' }))
      assert.deepEqual(
        got,
        Array.from({ length: 100 }, (_, i) => i),
      )
    }))

  it('gives Buffers of whole items', () =>
    withPool(two, async (pool) => {
      const chunks = () => Array.from({ length: 40 }, (_, i) => `${i}\n`)
      const lines = await collect(
        pool.stream(chunks(), (n) => n, { from: 'ndjson', into: 'ndjson' }),
      )
      for (const line of lines) assert.match(line.toString(), /^(\d+\n)+$/)
      const parts = await collect(pool.stream(chunks(), (n) => n, { from: 'ndjson', into: 'json' }))
      for (const part of parts.slice(0, -1)) assert.match(part.toString(), /^[[,]\d+(,\d+)*$/)
      assert.equal(parts.at(-1).toString(), ']')
    }))

  it('hands on what has come while its source is silent', () =>
    withPool(two, async (pool) => {
      let go
      const isRead = new Promise((resolve) => (go = resolve))
      async function* source() {
        yield '1\n2'
        await isRead
        yield '3\n'
      }
      const stream = pool.stream(source(), (n) => n, { from: 'ndjson' })
      assert.equal((await stream.next()).value, 1)
      go()
      assert.deepEqual(await collect(stream), [23])
    }))

  it('gives what is done of a slow function, however short the text', () =>
    withPool({ threads: 1 }, async (pool) => {
      const slow = (item) => {
        const end = Date.now() + 5
        while (Date.now() < end);
        return item
      }
      const lines = Array.from({ length: 300 }, (_, i) => `${1000 + i}\n`)
      const steps = []
      let before = 0
      const onProgress = ({ done }) => {
        steps.push(done - before)
        before = done
      }
      const options = { from: 'ndjson', into: 'ndjson', onProgress }
      assert.equal(await textOf(pool.stream([lines.join('')], slow, options)), lines.join(''))
      // An item takes some 5 ms and a block is to take some 200: about 40 items.
      assert.ok(Math.max(...steps) <= 80, `items of blocks: ${steps}`)
    }))

  it('takes no more of its source than it has blocks in flight', () =>
    withPool(two, async (pool) => {
      const chunk = Buffer.from(`"${'x'.repeat(65_533)}"\n`.repeat(2))
      let taken = 0
      function* source() {
        for (;;) {
          taken += chunk.length
          yield chunk
        }
      }
      const options = { from: 'ndjson', into: 'ndjson', concurrency: 3 }
      const stream = pool.stream(source(), (item) => item, options)
      let read = 0
      for await (const text of stream) {
        read += text.length
        assert.ok(taken - read <= 4 * (2 << 20), `${taken - read} bytes ahead of the reader`)
        if (read > 20 << 20) break
      }
    }))

  it('counts lines, bytes and items of the whole', () =>
    withPool(two, async (pool) => {
      const filler = `{"text":"${'é'.repeat(500)}"}\r\n`.repeat(3000)
      const text = Buffer.from(`${filler}  {"a":tru}\n`)
      const read = (item) => item
      const options = { from: 'ndjson', into: 'ndjson' }
      const whole = await rejection(pool.map(text, read, options))
      const streamed = await rejection(textOf(pool.stream(Readable.from([text]), read, options)))
      for (const name of ['code', 'index', 'line', 'column', 'offset', 'message']) {
        assert.equal(streamed[name], whole[name])
      }
      assert.deepEqual([streamed.index, streamed.line, streamed.column], [3000, 3001, 11])
    }))

  it('gives all results before a text that cannot be split, and then says where', () =>
    withPool(two, async (pool) => {
      const got = []
      const stream = pool.stream(['[1,\n', '2,3\n', ',,4]'], (n) => n, { from: 'json' })
      const error = await rejection(
        (async () => {
          for await (const value of stream) got.push(value)
        })(),
      )
      assert.deepEqual(got, [1, 2, 3])
      assert.equal(error.code, 'ERR_ISOLANE_INVALID_JSON')
      assert.deepEqual([error.line, error.column, error.offset, error.index], [3, 2, 9, 3])
    }))

  const broken = '0\n1\n{"a" : 2}\n{b}\n"four"\n5\n6'
  const failing = (item, index) => {
    if (index === 1) throw new RangeError('one')
    return index === 5 ? 5n : { item }
  }
  for (const onError of ['original', 'omit', 'settle', (item, index) => ({ item, index })]) {
    for (const into of ['json', 'ndjson']) {
      it(`bears failures as map does (onError: ${onError}, into: ${into})`, () =>
        withPool(two, async (pool) => {
          const options = { from: 'ndjson', into, onError }
          const outcome = await pool.map(broken, failing, options)
          const failures = []
          const onFailure = (failure) => failures.push(failure)
          for (const chunks of [[broken], broken.match(/[^]{1,3}/g)]) {
            failures.length = 0
            const stream = pool.stream(chunks, failing, { ...options, onFailure })
            assert.equal(await textOf(stream), outcome.results.toString())
            assert.deepEqual(
              failures.map(({ index, offset, error }) => [index, offset, error.message]),
              outcome.failures.map(({ index, offset, error }) => [index, offset, error.message]),
            )
          }
        }))
    }
  }

  it('bears failures among values', () =>
    withPool(two, async (pool) => {
      const read = (onError) =>
        collect(pool.stream(broken.match(/[^]{1,3}/g), failing, { from: 'ndjson', onError }))
      assert.deepEqual(await read('omit'), [
        { item: 0 },
        { item: { a: 2 } },
        { item: 'four' },
        5n,
        { item: 6 },
      ])
      assert.deepEqual((await read('original')).slice(1, 4), [1, { item: { a: 2 } }, '{b}'])
      assert.deepEqual(
        (await read('settle')).map(({ status }) => status[0]),
        ['f', 'r', 'f', 'r', 'f', 'f', 'f'],
      )
    }))

  it('tells how far it has come', () =>
    withPool(two, async (pool) => {
      const progress = []
      const onProgress = (now) => progress.push(now)
      const options = { from: 'ndjson', onError: 'omit', onProgress }
      await collect(pool.stream(broken.match(/[^]{1,3}/g), failing, options))
      assert.deepEqual(progress.at(-1), { done: 7, failed: 2, bytes: broken.length })
      assert.deepEqual(
        progress.map(({ done }) => done),
        progress.map(({ done }) => done).toSorted((a, b) => a - b),
      )
    }))
})
