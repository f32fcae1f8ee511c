import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { rejection, withPool } from '../support/pools.mjs'

/** Item 1 throws, item 3 is not JSON, item 5 gives what JSON has not. */
const text = '[0, 1,\n {"a" : 2}, {b}, "four", 5, 6]'
const fn = (item, index) => {
  if (index === 1) throw new RangeError('one')
  return index === 5 ? 5n : { item }
}
const good = { 0: '{"item":0}', 2: '{"item":{"a":2}}', 4: '{"item":"four"}', 6: '{"item":6}' }
const isBad = [1, 3, 5]

const checkFailures = ({ failures, status, completed, missing }) => {
  assert.deepEqual([status, completed, missing], ['complete', 7, []])
  assert.deepEqual(
    failures.map(({ index, offset }) => [index, offset]),
    [
      [1, 4],
      [3, 19],
      [5, 32],
    ],
  )
  const [one, three, five] = failures.map(({ error }) => error)
  assert.equal(one.cause.message, 'one')
  assert.deepEqual(
    [three.code, three.index, three.line, three.column, three.offset],
    ['ERR_ISOLANE_INVALID_JSON', 3, 2, 14, 20],
  )
  assert.ok(five.cause instanceof TypeError)
}

describe('onError over JSON text', () => {
  const modes = [
    ['original', (index) => ({ 1: '1', 3: '{b}', 5: '5' })[index]],
    ['omit', () => undefined],
    [
      (item, index) => ({ item, index }),
      (index) => `{"item":${{ 1: 1, 3: '"{b}"', 5: 5 }[index]},"index":${index}}`,
    ],
  ]
  for (const [onError, substitute] of modes) {
    for (const chunkSize of [1, 3, undefined]) {
      it(`${onError}, ${chunkSize} items a chunk`, () =>
        withPool({ threads: 2 }, async (pool) => {
          const options = { from: 'json', into: 'json', onError, chunkSize }
          const outcome = await pool.map(Buffer.from(text), fn, options)
          checkFailures(outcome)
          const parts = Array.from({ length: 7 }, (_, i) => good[i] ?? substitute(i))
          const expected = parts.filter((part) => part !== undefined)
          assert.equal(outcome.results.toString(), `[${expected.join(',')}]`)
          const lines = await pool.map(text, fn, { ...options, into: 'ndjson' })
          assert.equal(lines.results.toString(), `${expected.join('\n')}\n`)
        }))
    }
  }

  it('settle writes what Promise.allSettled gives', () =>
    withPool({ threads: 2 }, async (pool) => {
      for (const chunkSize of [1, undefined]) {
        const options = { from: 'json', into: 'json', onError: 'settle', chunkSize }
        const outcome = await pool.map(text, fn, options)
        checkFailures(outcome)
        const results = JSON.parse(outcome.results.toString())
        assert.deepEqual(
          results.map(({ status }) => status === 'rejected'),
          [false, true, false, true, false, true, false],
        )
        assert.deepEqual(results[2].value, { item: { a: 2 } })
        assert.equal(results[1].reason.code, 'ERR_ISOLANE_FUNCTION')
        assert.equal(results[3].reason.code, 'ERR_ISOLANE_INVALID_JSON')
        assert.equal(results[5].reason.name, 'FunctionError')
      }
    }))

  it('gives objects where no text is wanted', () =>
    withPool({ threads: 2 }, async (pool) => {
      const plain = (item, index) => {
        if (index === 1 || index === 5) throw new RangeError('no')
        return { item }
      }
      const outcome = await pool.map(text, plain, { from: 'json', onError: 'original' })
      const original = [{ item: 0 }, 1, { item: { a: 2 } }, '{b}', { item: 'four' }, 5, { item: 6 }]
      assert.deepEqual(outcome.results, original)
      const omitted = await pool.map(text, plain, { from: 'json', onError: 'omit' })
      assert.deepEqual(
        omitted.results,
        original.filter((_, i) => !isBad.includes(i)),
      )
      const settled = await pool.map(text, plain, { from: 'json', onError: 'settle' })
      assert.deepEqual(settled.results[4], { status: 'fulfilled', value: { item: 'four' } })
      assert.equal(settled.results[3].reason.code, 'ERR_ISOLANE_INVALID_JSON')
    }))

  it('filter keeps an item that fails, leaves it out, or asks', () =>
    withPool({ threads: 2 }, async (pool) => {
      const keep = (item, index) => {
        if (index === 1) throw new RangeError('one')
        return index !== 0
      }
      const filter = async (onError, into) => {
        const options = { from: 'json', into, onError }
        const { results } = await pool.filter(Buffer.from(text), keep, options)
        return into === undefined ? results : results.toString()
      }
      assert.equal(await filter('original', 'json'), '[1,{"a" : 2},{b},"four",5,6]')
      assert.equal(await filter('omit', 'json'), '[{"a" : 2},"four",5,6]')
      assert.equal(await filter((item) => item === 1, 'ndjson'), '1\n{"a" : 2}\n"four"\n5\n6\n')
      assert.deepEqual(await filter('original'), [1, { a: 2 }, '{b}', 'four', 5, 6])
    }))

  it('rejects with the failure of the lowest item', () =>
    withPool({ threads: 1 }, async (pool) => {
      const options = { from: 'json', into: 'json', chunkSize: 7 }
      const thrown = await rejection(pool.map(text, fn, options))
      assert.deepEqual([thrown.code, thrown.index], ['ERR_ISOLANE_FUNCTION', 1])
      const unread = await rejection(pool.map(text, (item) => item, options))
      assert.deepEqual([unread.code, unread.index], ['ERR_ISOLANE_INVALID_JSON', 3])
      assert.match(unread.message, /^Item 3 is not JSON: .* \(line 2, column 14, byte 20\)$/)
      const big = await rejection(pool.map('[1,2]', (n) => (n === 2 ? 2n : n), options))
      assert.deepEqual([big.index, big.cause.name], [1, 'TypeError'])
    }))

  it('rejects all the same where nobody knows where items end', () =>
    withPool({ threads: 2 }, async (pool) => {
      for (const broken of ['[1,2', '[1,2]x', '', '{"a":1}', '[1,,2]', '["a]', '[1}']) {
        const options = { from: 'json', into: 'json', onError: 'omit' }
        const error = await rejection(pool.map(broken, (n) => n, options))
        assert.equal(error.code, 'ERR_ISOLANE_INVALID_JSON', broken)
        assert.ok(error instanceof SyntaxError && error.line === 1, broken)
      }
    }))

  it('gives what it has at its timeout', () =>
    withPool({ threads: 2 }, async (pool) => {
      const stuck = (item, index) => {
        if (index === 2) for (;;);
        return index
      }
      const options = {
        from: 'json',
        into: 'json',
        chunkSize: 1,
        timeout: 200,
        onTimeout: 'partial',
      }
      const items = '[0,1,2,3,4]'
      const outcome = await pool.map(items, stuck, options)
      assert.equal(outcome.status, 'partial')
      assert.deepEqual(outcome.missing.at(-1)[1], Infinity)
      assert.ok(outcome.missing.some(([start, end]) => start <= 2 && end > 2))
      const results = JSON.parse(outcome.results.toString())
      for (const [index, result] of results.entries())
        assert.ok(result === index || result === null)
      assert.equal(outcome.completed, results.filter((result) => result !== null).length)
    }))
})

describe('what onError gives that JSON has no words for', () => {
  const fail = () => {
    throw new RangeError('no')
  }
  const circular = []
  circular.push(circular)
  const drained = async (stream) => {
    for await (const _ of stream);
  }

  it('rejects with the index of its item', () =>
    withPool({ threads: 1 }, async (pool) => {
      for (const into of ['json', 'ndjson']) {
        const items = [1, { a: 1n }]
        const text = Buffer.from('1\n2\n')
        const give = (value) => (item, index) => (index === 1 ? value : null)
        const calls = [
          pool.map(items, fail, { into, onError: 'original' }),
          pool.map(items, fail, { into, onError: give(circular) }),
          pool.map(text, fail, { from: 'ndjson', into, onError: give(1n) }),
          drained(pool.stream(items, fail, { into, onError: 'original' })),
          drained(pool.stream(items, fail, { into, onError: give(1n) })),
          drained(pool.stream([text], fail, { from: 'ndjson', into, onError: give(circular) })),
        ]
        for (const { code, message, cause } of await Promise.all(calls.map(rejection))) {
          assert.equal(code, 'ERR_ISOLANE_INVALID_ARGUMENT')
          assert.match(
            message,
            /^what onError gives for item 1 cannot be written as JSON: TypeError/,
          )
          assert.ok(cause instanceof TypeError)
        }
      }
    }))
})
