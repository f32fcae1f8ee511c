/** Items that cannot be sent: with `onError` each fails for itself, without it the first ends the call. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DataCloneError, ItemError } from 'isolane'
import { range, rejection, settled, withPool } from '../support/pools.mjs'

const two = { threads: 2 }
const boom = new TypeError('a bug of the host')

const own = {
  'whose getter throws': () => ({
    get n() {
      throw boom
    },
  }),
  'whose getter throws deep inside': () => ({
    n: 1,
    list: [{ a: 1 }, { get a() { throw boom } }], // prettier-ignore
  }),
  'whose getter fills the stack': () => ({
    get n() {
      const deeper = () => 1 + deeper()
      return deeper()
    },
  }),
  'that are functions': () => () => 1,
  'that are symbols': () => Symbol('s'),
  'that hold a WeakMap': () => ({ n: 1, map: new WeakMap() }),
  'that are revoked proxies': () => {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    return proxy
  },
  'that are detached buffers': () => {
    const buffer = new ArrayBuffer(8)
    structuredClone(buffer, { transfer: [buffer] })
    return buffer
  },
  'that are nested too deep': () => {
    let nest = {}
    for (let i = 0; i < 1100; i++) nest = { nest }
    return nest
  },
}

const BAD = [0, 3, 4, 17, 29]
const double = (item) => item.n * 2
const itemsWith = (make) => {
  const items = range(30).map((n) => ({ n, name: `item ${n}` }))
  for (const index of BAD) items[index] = make()
  return items
}
const isBad = (n) => BAD.includes(n)

function assertTold(outcome) {
  assert.deepEqual(
    [outcome.status, outcome.completed, outcome.missing, outcome.failuresOmitted],
    ['complete', 30, [], 0],
  )
  assert.deepEqual(outcome.failures.map(({ index }) => index), BAD) // prettier-ignore
  for (const { index, error } of outcome.failures) assertOwn(error, index)
}

function assertOwn(error, index) {
  if (error instanceof ItemError) {
    assert.equal(error.code, 'ERR_ISOLANE_ITEM')
    assert.equal(error.index, index)
    assert.ok(error.cause === boom || error.cause instanceof RangeError || error.cause instanceof TypeError) // prettier-ignore
  } else {
    assert.ok(error instanceof DataCloneError, error)
    assert.ok(error.path.startsWith(`items[${index}]`), error.path)
  }
}

describe('items that cannot be sent', () => {
  for (const [name, make] of Object.entries(own)) {
    it(`${name}: the others are mapped`, () =>
      withPool(two, async (pool) => {
        for (const chunkSize of [undefined, 7]) {
          const items = itemsWith(make)
          const map = (onError) => settled(pool.map(items, double, { onError, chunkSize }))

          const original = await map('original')
          assertTold(original)
          original.results.forEach((result, n) => assert.equal(result, isBad(n) ? items[n] : n * 2))

          const omitted = await map('omit')
          assertTold(omitted)
          assert.deepEqual(
            omitted.results,
            range(30).filter((n) => !isBad(n)).map((n) => n * 2), // prettier-ignore
          )

          const each = await map('settle')
          assertTold(each)
          each.results.forEach(({ status, value, reason }, n) => {
            assert.deepEqual(
              [status, value],
              isBad(n) ? ['rejected', undefined] : ['fulfilled', n * 2],
            )
            if (isBad(n)) assertOwn(reason, n)
          })

          const told = []
          const replaced = await map((item, index, error) => {
            assert.equal(item, items[index])
            told.push([index, error])
            return -index
          })
          assertTold(replaced)
          assert.deepEqual(replaced.results, range(30).map((n) => (isBad(n) ? -n : n * 2))) // prettier-ignore
          assert.deepEqual(told, replaced.failures.map(({ index, error }) => [index, error])) // prettier-ignore
        }
      }))

    it(`${name}: without onError the call rejects, naming one`, () =>
      withPool(two, async (pool) => {
        for (const chunkSize of [undefined, 7]) {
          const items = itemsWith(make)
          for (const call of [
            pool.map(items, double, { chunkSize }),
            pool.filter(items, double, { chunkSize }),
            pool.forEach(items, double, { chunkSize }),
            pool.reduce(items, { map: double, reduce: (a, b) => a + b }, { chunkSize }),
            pool.map(items, double, { chunkSize, onTimeout: 'partial', timeout: 60_000 }),
          ]) {
            assertOwn(await rejection(call), 0)
          }
        }
        assert.equal(await settled(pool.run((x) => x, 1)), 1)
      }))

    it(`${name}: in filter, forEach and stream`, () =>
      withPool(two, async (pool) => {
        const items = itemsWith(make)
        const odd = ({ n }) => n % 2
        const kept = async (onError) => {
          const outcome = await settled(pool.filter(items, odd, { onError }))
          assertTold(outcome)
          return outcome.results
        }
        assert.deepEqual(await kept('original'), items.filter((_, n) => isBad(n) || n % 2)) // prettier-ignore
        assert.deepEqual(await kept('omit'), items.filter((_, n) => !isBad(n) && n % 2)) // prettier-ignore
        assertTold(await settled(pool.forEach(items, odd, { onError: 'settle' })))

        // A source's values are awaited, which is the source's business: that one cannot be.
        if (name === 'that are revoked proxies') return
        const collected = []
        for await (const result of pool.stream(items, double, { onError: 'settle' })) {
          collected.push(result)
        }
        assert.equal(collected.length, 30)
        collected.forEach(({ status, reason }, n) => {
          assert.equal(status, isBad(n) ? 'rejected' : 'fulfilled')
          if (isBad(n)) assertOwn(reason, n)
        })
        const stream = pool.stream(items, double)
        assertOwn(await rejection(stream.next()), 0)
      }))
  }

  it('may be all of them, and many', () =>
    withPool(two, async (pool) => {
      const items = range(3000).map(() => () => 1)
      const outcome = await settled(
        pool.map(items, double, { onError: 'original', maxFailures: 2 }),
      )
      assert.deepEqual(outcome.results, items)
      assert.deepEqual(
        [outcome.failures.map(({ index }) => index), outcome.failuresOmitted, outcome.completed],
        [[0, 1], 2998, 3000],
      )
    }))

  it('may be what the list does not give', () =>
    withPool(two, async (pool) => {
      const items = Object.defineProperty(range(30), 7, {
        get() {
          throw boom
        },
      })
      const { results, failures } = await settled(
        pool.map(items, (n) => n, { onError: 'original' }),
      )
      assert.deepEqual(results, range(30).map((n) => (n === 7 ? undefined : n))) // prettier-ignore
      assert.deepEqual([failures.length, failures[0].index, failures[0].error.cause], [1, 7, boom])
    }))

  it('leave a typed array of results whole', () =>
    withPool(two, async (pool) => {
      const outcome = await settled(
        pool.map(
          itemsWith(() => Symbol('s')),
          double,
          { into: 'Float64Array', onError: () => -1 },
        ),
      )
      assertTold(outcome)
      assert.deepEqual(
        outcome.results,
        Float64Array.from(range(30), (n) => (isBad(n) ? -1 : n * 2)),
      )
    }))

  it('are told at a timeout too, and are not missing then', () =>
    withPool({ threads: 1 }, async (pool) => {
      const timeout = 300
      const items = range(30).map((n) => ({ n }))
      items[5] = () => 1
      items[29] = () => 1
      const hang = ({ n }) => {
        if (n === 10) for (;;);
        return n
      }
      const outcome = await settled(
        pool.map(items, hang, { onError: 'original', onTimeout: 'partial', timeout, chunkSize: 1 }),
      )
      assert.equal(outcome.status, 'partial')
      assert.deepEqual(outcome.failures.map(({ index }) => index), [5, 29]) // prettier-ignore
      assert.deepEqual([outcome.results[5], outcome.results[29]], [items[5], items[29]])
      assert.deepEqual(outcome.missing, [[10, 29]])
      assert.equal(outcome.completed, 11)
    }))

  it('cost the getters of the others nothing: each runs once', () =>
    withPool(two, async (pool) => {
      const runs = []
      const items = range(500).map((n) => ({
        get n() {
          runs.push(n)
          if (n % 7 === 3) throw boom
          return n
        },
      }))
      const { results } = await settled(pool.map(items, ({ n }) => n, { onError: 'omit' }))
      assert.deepEqual(results, range(500).filter((n) => n % 7 !== 3)) // prettier-ignore
      assert.deepEqual(runs, range(500))
    }))
})
