import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { describe, it } from 'node:test'
import { MemoryLimitError } from '../../npm/isolane/dist/errors/errors.js'
import { Bell } from '../../npm/isolane/dist/operations/intake.js'
import { streamOfBlocks } from '../../npm/isolane/dist/operations/stream-of-blocks.js'
import { rejection, withPool } from '../support/pools.mjs'

const two = { threads: 2 }

async function collect(iterable) {
  const list = []
  for await (const value of iterable) list.push(value)
  return list
}

const textOf = async (stream) => Buffer.concat(await collect(stream)).toString()

describe('limits of a stream of text', () => {
  it('are those of an item: one that runs too long fails alone', () =>
    withPool(two, async (pool) => {
      const hang = (item) => {
        if (item === 2) for (;;);
        return item
      }
      const failures = []
      const options = {
        from: 'ndjson',
        into: 'ndjson',
        timeout: 1500,
        onError: 'omit',
        onFailure: (failure) => failures.push(failure),
      }
      assert.equal(await textOf(pool.stream(['0\n1\n2\n3\n'], hang, options)), '0\n1\n3\n')
      const [{ index, offset, error }] = failures
      assert.deepEqual(
        [failures.length, index, offset, error.code],
        [1, 2, 4, 'ERR_ISOLANE_TIMEOUT'],
      )
    }))

  it('cost a text nothing of which no item meets them', () =>
    withPool({ threads: 1 }, async (pool) => {
      const slow = (item) => {
        const end = Date.now() + 15
        while (Date.now() < end);
        console.log(item)
        return item
      }
      const items = Array.from({ length: 200 }, (_, i) => i)
      const ran = []
      const options = {
        from: 'json',
        // Less than all of them take, and far more than a block is to.
        timeout: 2500,
        onLog: ({ message }) => ran.push(Number(message)),
      }
      const stream = pool.stream([JSON.stringify(items)], slow, options)
      assert.deepEqual(await collect(stream), items)
      assert.deepEqual(
        ran.toSorted((one, other) => one - other),
        items,
      )
    }))

  for (const into of ['json', undefined]) {
    it(`are those of an item: one that meets the memory limit fails alone (into: ${into})`, () =>
      withPool({ threads: 1, memoryLimitMb: 64 }, async (pool) => {
        const eat = (item) => {
          if (item !== 3) return item
          for (const eaten = []; ;) eaten.push(new Array(200_000).fill(eaten.length))
        }
        const stream = pool.stream('[0,1,2, 3, 4]', eat, {
          from: 'json',
          into,
          onError: 'original',
        })
        const got = into === undefined ? await collect(stream) : JSON.parse(await textOf(stream))
        assert.deepEqual(got, [0, 1, 2, 3, 4])
        const rejecting = pool.stream(['[0,', '1,2, 3, 4]'], eat, { from: 'json', into })
        assert.equal((await rejection(collect(rejecting))).code, 'ERR_ISOLANE_MEMORY_LIMIT')
      }))
  }

  it('are those of an item: results are too large where one is, and not where they are together', () =>
    withPool({ threads: 1, maxResultMb: 1 }, async (pool) => {
      const long = (item) => 'y'.repeat(item)
      const failures = []
      const onFailure = ({ index, error: { code } }) => failures.push([index, code])
      const options = { from: 'json', onError: 'omit', onFailure }
      const got = await collect(pool.stream('[600000, 2000000, 600001, 3]', long, options))
      assert.deepEqual(
        got.map((text) => text.length),
        [600_000, 600_001, 3],
      )
      assert.deepEqual(failures, [[1, 'ERR_ISOLANE_RESULT_TOO_LARGE']])
    }))

  it('give an item one result where its call fails with the result kept', async () => {
    for (const [into, expected] of [
      ['ndjson', ['2\n']],
      ['json', ['[2', ']']],
      [undefined, ['2']],
    ]) {
      const batch = async ({ results }) => {
        const bytes = Buffer.from('1')
        const values = into === undefined ? [1] : undefined
        results.keep({ first: 0, count: 1, bytes, offset: 0, length: 1, attachments: [], values })
        throw new MemoryLimitError('fn', 64)
      }
      const submission = { batch, defaults: { timeout: Infinity } }
      const pool = { threads: 1, life: { assertOpen() {} }, submission }
      const rules = { ordered: true, bell: new Bell(), isLeft: false }
      const options = { into, onError: () => 2 }
      const call = { part: () => call }
      const stream = streamOfBlocks(pool, ['[1]'], call, options, 'json', rules)
      assert.deepEqual((await collect(stream)).map(String), expected)
    }
  })

  it('let an item be longer than a block, up to maxItemMb', () =>
    withPool(two, async (pool) => {
      const long = 'y'.repeat(3 << 20)
      const length = (item) => item.length
      const source = () => Readable.from([Buffer.from(`"a"\n"${long}"\n"bc"`)])
      const got = await collect(pool.stream(source(), length, { from: 'ndjson', maxItemMb: 4 }))
      assert.deepEqual(got, [1, 3 << 20, 2])
      const before = []
      const error = await rejection(
        (async () => {
          const options = { from: 'ndjson', maxItemMb: 1 }
          for await (const value of pool.stream(source(), length, options)) before.push(value)
        })(),
      )
      assert.deepEqual(before, [1])
      assert.equal(error.code, 'ERR_ISOLANE_ITEM_TOO_LARGE')
      assert.deepEqual([error.index, error.offset, error.maxItemMb], [1, 4, 1])
    }))
})

describe('the end of a stream of text', () => {
  function observed(chunks) {
    const seen = { closed: false }
    async function* source() {
      try {
        yield* chunks
        await new Promise(() => {})
      } finally {
        seen.closed = true
      }
    }
    const iterator = source()
    const close = iterator.return.bind(iterator)
    iterator.return = (value) => {
      seen.closed = true
      return close(value)
    }
    return { seen, source: iterator }
  }
  const forever = (item) => {
    if (item === 1) for (;;);
    return item
  }

  for (const into of ['ndjson', 'json', undefined]) {
    it(`comes when its reader leaves, and stops what runs (into: ${into})`, () =>
      withPool(two, async (pool) => {
        const { seen, source } = observed(['0\n', '1\n'])
        const stream = pool.stream(source, forever, { from: 'ndjson', into })
        await stream.next()
        const waiting = stream.next()
        await stream.return()
        assert.equal((await waiting).done, true)
        assert.equal(seen.closed, true)
        assert.equal(await pool.run(() => 1), 1)
      }))
  }

  it('comes with an abort', () =>
    withPool(two, async (pool) => {
      const { seen, source } = observed(['0\n', '1\n'])
      const controller = new AbortController()
      const options = { from: 'ndjson', into: 'ndjson', signal: controller.signal }
      const stream = pool.stream(source, forever, options)
      assert.equal((await stream.next()).value.toString(), '0\n')
      const waiting = stream.next()
      controller.abort('enough')
      const error = await rejection(waiting)
      assert.deepEqual([error.code, error.cause], ['ERR_ISOLANE_ABORTED', 'enough'])
      assert.equal(seen.closed, true)
    }))

  it('comes with what its source throws', () =>
    withPool(two, async (pool) => {
      async function* source() {
        yield '1\n'
        throw new RangeError('torn')
      }
      const stream = pool.stream(source(), (item) => item, { from: 'ndjson' })
      assert.equal((await rejection(collect(stream))).message, 'torn')
    }))

  it('comes with a chunk that is no text, and is named', () =>
    withPool(two, async (pool) => {
      const stream = pool.stream(['1\n', 2], (item) => item, { from: 'ndjson' })
      const error = await rejection(collect(stream))
      assert.equal(error.code, 'ERR_ISOLANE_INVALID_ARGUMENT')
      assert.match(error.message, /^chunk 1 of source must be a string, .* got 2$/)
    }))

  it('comes with a chunk whose memory is taken away, before it is read or meanwhile', () =>
    withPool(two, async (pool) => {
      const take = ({ buffer }) => structuredClone(buffer, { transfer: [buffer] })
      const before = Buffer.from(new ArrayBuffer(8))
      take(before)
      // Longer than what is read in one go, of lines that are given before the rest is read.
      const meanwhile = Buffer.from(new ArrayBuffer(8 << 20)).fill('1'.repeat(1023) + '\n')
      for (const [chunk, options] of [
        [before, {}],
        [meanwhile, { concurrency: 1, onProgress: () => meanwhile.length > 0 && take(meanwhile) }],
      ]) {
        const stream = pool.stream([chunk], (item) => item, { from: 'ndjson', ...options })
        const { code, message } = await rejection(collect(stream))
        assert.equal(code, 'ERR_ISOLANE_INVALID_ARGUMENT')
        assert.match(message, /^chunk 0 of source was taken away/)
      }
    }))

  it('comes with what a callback throws', () =>
    withPool(two, async (pool) => {
      const onProgress = () => {
        throw new RangeError('mine')
      }
      const stream = pool.stream(['1\n'], (item) => item, { from: 'ndjson', onProgress })
      assert.equal((await rejection(collect(stream))).message, 'mine')
    }))
})

describe('text whose memory was taken away', () => {
  it('is refused by name', () =>
    withPool(two, async (pool) => {
      const bytes = new Uint8Array(8)
      structuredClone(bytes.buffer, { transfer: [bytes.buffer] })
      for (const gone of [bytes, bytes.buffer]) {
        const calls = [
          pool.map(gone, (item) => item, { from: 'ndjson' }),
          pool.run((arg) => arg, gone, { from: 'json' }),
        ]
        for (const call of calls) {
          const { code, message } = await rejection(call)
          assert.equal(code, 'ERR_ISOLANE_INVALID_ARGUMENT')
          assert.match(message, /^(items|arg) is detached/)
        }
      }
    }))
})

describe('pool.stream of values into text', () => {
  const items = [1, 'é', undefined, { toJSON: undefined }]
  const fn = (item, index) => {
    if (index === 1) throw new RangeError('one')
    return index === 2 ? undefined : { item, toJSON: index === 0 ? (key) => key : undefined }
  }

  it('writes each result as JSON.stringify does', () =>
    withPool(two, async (pool) => {
      const read = (into, onError) => textOf(pool.stream(items, fn, { into, onError }))
      assert.equal(await read('ndjson', 'omit'), '"0"\nnull\n{"item":{}}\n')
      assert.equal(await read('json', 'omit'), '["0",null,{"item":{}}]')
      assert.equal(await read('json', 'original'), '["0","é",null,{"item":{}}]')
      const [first, second, third] = JSON.parse(await read('json', 'settle'))
      assert.deepEqual(first, { status: 'fulfilled', value: 'value' })
      assert.deepEqual([second.status, second.reason.code], ['rejected', 'ERR_ISOLANE_FUNCTION'])
      assert.deepEqual(third, { status: 'fulfilled' })
      assert.equal(await textOf(pool.stream([], fn, { into: 'json' })), '[]')
    }))

  it('takes options of texts only with from', () =>
    withPool(two, async (pool) => {
      for (const options of [{ maxItemMb: 2 }, { onFailure() {} }, { onProgress() {} }]) {
        const [name] = Object.keys(options)
        assert.throws(() => pool.stream([], fn, options), {
          code: 'ERR_ISOLANE_INVALID_ARGUMENT',
          message: new RegExp(`options.${name} .* options.from`),
        })
      }
    }))
})
