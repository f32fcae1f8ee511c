import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { allIdle, hoard, occupy, range, rejection, withPool } from '../support/pools.mjs'

const one = { threads: 1 }

describe('pool.share', () => {
  it('gives functions the value by its name', () =>
    withPool({ threads: 2 }, async (pool) => {
      const tags = await pool.share('tags', [{ id: 1 }])
      const hotel = await pool.share('hotel', { name: 'Inn' })
      const see = (_, __, { shared }) => [shared.tags[0].id, shared.hotel.name, Object.keys(shared)]
      const result = await pool.map([0, 1], see, { shared: [tags, hotel], chunkSize: 1 })
      assert.deepEqual(result, [
        [1, 'Inn', ['tags', 'hotel']],
        [1, 'Inn', ['tags', 'hotel']],
      ])
    }))

  it('refuses a Proxy that was revoked', () =>
    withPool(one, async (pool) => {
      for (const target of [{}, []]) {
        const { proxy, revoke } = Proxy.revocable(target, {})
        revoke()
        const { code } = await rejection(pool.share('gone', proxy))
        assert.equal(code, 'ERR_ISOLANE_INVALID_ARGUMENT')
      }
    }))

  it('shows a call only the values it names', () =>
    withPool(one, async (pool) => {
      const a = await pool.share('a', 1)
      const b = await pool.share('b', 2)
      const keys = (_, { shared }) => Object.keys(shared)
      assert.deepEqual(await pool.run(keys, 0, { shared: [a, b] }), ['a', 'b'])
      assert.deepEqual(await pool.run(keys, 0, { shared: [b] }), ['b'])
      assert.deepEqual(await pool.run(keys, 0), [])
      assert.deepEqual(await pool.run(keys, 0, { shared: [] }), [])
    }))

  it('decodes it once per isolate: calls see one object', () =>
    withPool(one, async (pool) => {
      const big = await pool.share('big', { list: [1, 2, 3] })
      const same = (_, { shared }) => {
        globalThis.first ??= shared.big.list
        return globalThis.first === shared.big.list
      }
      assert.equal(await pool.run(same, 0, { shared: [big] }), true)
      assert.equal(await pool.run(same, 0, { shared: [big] }), true)
    }))

  it('encodes it once: later changes on the host are not seen', () =>
    withPool(one, async (pool) => {
      const value = { n: 1 }
      const shared = await pool.share('value', value)
      value.n = 2
      assert.equal(await pool.run((_, { shared }) => shared.value.n, 0, { shared: [shared] }), 1)
    }))

  it('carries what arguments carry', () =>
    withPool(one, async (pool) => {
      const cyclic = { name: 'loop' }
      cyclic.self = cyclic
      const values = [1n, new Date(5), new Map([['k', new Set([1])]]), /x/gi, -0, undefined, cyclic]
      const shared = await pool.share('values', values)
      const back = await pool.run((_, { shared }) => shared.values, 0, { shared: [shared] })
      assert.deepEqual(back, values)
    }))

  it('shares one value under names of any form', () =>
    withPool(one, async (pool) => {
      for (const name of ['__proto__', 'constructor', 'a b', '0', 'ünï😀']) {
        const value = await pool.share(name, 42)
        const read = (name, { shared }) => Object.hasOwn(shared, name) && shared[name]
        assert.equal(await pool.run(read, name, { shared: [value] }), 42, `name: ${name}`)
      }
    }))

  it('refuses a value that cannot be carried, naming the path', () =>
    withPool(one, async (pool) => {
      const error = await rejection(pool.share('rules', { list: [{ test() {} }] }))
      assert.equal(error.name, 'DataCloneError')
      assert.equal(error.code, 'ERR_ISOLANE_NOT_CLONEABLE')
      assert.equal(error.path, 'shared.rules.list[0].test')
      assert.match(error.message, /shared\.rules\.list\[0\]\.test is a function/)
    }))

  it('refuses names that are no text', () =>
    withPool(one, async (pool) => {
      for (const name of [undefined, null, '', 5, Symbol('s')]) {
        const error = await rejection(pool.share(name, 1))
        assert.ok(error instanceof TypeError)
        assert.equal(error.code, 'ERR_ISOLANE_INVALID_ARGUMENT')
      }
    }))
})

describe('a shared value is deeply frozen', () => {
  const cases = {
    'an object': (rules) => (rules.plain.added = 1),
    'a nested object': (rules) => (rules.plain.nested.n = 2),
    'an array': (rules) => rules.list.push(4),
    'an object in an array': (rules) => (rules.list[0].n = 2),
    'a Map': (rules) => rules.map.set('k', 2),
    'a value of a Map': (rules) => (rules.map.get('k').n = 2),
    'a Set': (rules) => rules.set.add(2),
    'a Date': (rules) => rules.date.setFullYear(2000),
    'an Error': (rules) => (rules.error.message = 'changed'),
    'a RegExp': (rules) => (rules.pattern.lastIndex = 5),
    'what holds the values': (_, shared) => (shared.rules = 1),
  }
  for (const [name, change] of Object.entries(cases)) {
    it(`${name} throws on change`, () =>
      withPool(one, async (pool) => {
        const rules = await pool.share('rules', {
          plain: { nested: { n: 1 } },
          list: [{ n: 1 }],
          map: new Map([['k', { n: 1 }]]),
          set: new Set([1]),
          date: new Date(0),
          error: new Error('original'),
          pattern: /x/g,
        })
        const text = `(_, { shared }) => (${change})(shared.rules, shared)`
        const error = await rejection(pool.run({ source: text }, 0, { shared: [rules] }))
        assert.equal(error.code, 'ERR_ISOLANE_FUNCTION')
        assert.equal(error.cause.name, 'TypeError')
      }))
  }

  it('where it is in an array with holes and names too, and no getter behind a hole runs', () =>
    withPool(one, async (pool) => {
      const list = Object.assign(['a'], { 2: 'c', name: { nested: [{}] } })
      const sparse = Object.assign([], { 1000000: { far: 'away' } })
      const value = await pool.share('value', { list, sparse })
      const options = { shared: [value], stateful: true }
      await pool.run(
        () => {
          const { prototype } = Array
          const get = () => (globalThis.ran = {})
          Object.defineProperty(prototype, 1, { get, configurable: true })
        },
        0,
        { stateful: true },
      )
      const look = (_, { shared: { value } }) => [
        globalThis.ran === undefined,
        [...Object.keys(value.list), value.list[2], value.sparse[1000000].far],
        [value.list, value.list.name.nested[0], value.sparse, value.sparse[1000000]].every((it) =>
          Object.isFrozen(it),
        ),
      ]
      const there = [true, ['0', '2', 'name', 'c', 'away'], true]
      assert.deepEqual(await pool.run(look, 0, options), there)
    }))

  it('is usable as a normal value', () =>
    withPool(one, async (pool) => {
      const value = await pool.share('value', {
        map: new Map([['a', 1]]),
        list: [3, 1, 2],
        when: new Date(7),
      })
      const use = (_, { shared: { value } }) => [
        value.map.get('a'),
        [...value.map.keys()],
        value.list.toSorted(),
        value.list.map((x) => x * 2),
        value.when.getTime(),
        JSON.stringify(value.list),
      ]
      const result = await pool.run(use, 0, { shared: [value] })
      assert.deepEqual(result, [1, ['a'], [1, 2, 3], [6, 2, 4], 7, '[3,1,2]'])
    }))
})

describe('shared.update', () => {
  const read = (_, { shared }) => shared.value

  it('replaces the value for calls made afterwards', () =>
    withPool({ threads: 2 }, async (pool) => {
      const value = await pool.share('value', 1)
      assert.equal(await pool.run(read, 0, { shared: [value] }), 1)
      await value.update(2)
      const results = await Promise.all(range(10).map(() => pool.run(read, 0, { shared: [value] })))
      assert.deepEqual(new Set(results), new Set([2]))
    }))

  it('leaves the old value to calls made before, started or not', () =>
    withPool(one, async (pool) => {
      const value = await pool.share('value', 'old')
      const release = await occupy(pool)
      const before = pool.map(range(4), (_, __, { shared }) => shared.value, {
        shared: [value],
        chunkSize: 1,
      })
      await value.update('new')
      const after = pool.run(read, 0, { shared: [value] })
      await release()
      assert.deepEqual(await before, ['old', 'old', 'old', 'old'])
      assert.equal(await after, 'new')
    }))

  it('leaves the old value to a running map', () =>
    withPool(one, async (pool) => {
      const value = await pool.share('value', 'old')
      let updated
      const onProgress = () => (updated ??= value.update('new'))
      const results = await pool.map(range(5), (_, __, { shared }) => shared.value, {
        shared: [value],
        chunkSize: 1,
        onProgress,
      })
      await updated
      assert.deepEqual(
        results,
        Array.from({ length: 5 }, () => 'old'),
      )
      assert.equal(await pool.run(read, 0, { shared: [value] }), 'new')
    }))

  it('takes over another shared value of its name, which is decoded already', () =>
    withPool({ threads: 2 }, async (pool) => {
      const value = await pool.share('value', { n: 1 })
      const before = pool.map(range(4), (_, i, { shared }) => shared.value.n, { shared: [value] })
      const next = await pool.share('value', { n: 2 })
      const warm = await pool.warm([read], { shared: [next] })
      await value.update(next)
      assert.deepEqual(await pool.run(read, 0, { shared: [value] }), { n: 2 })
      assert.deepEqual(await before, [1, 1, 1, 1])
      // It has been given up.
      next.dispose()
      const gone = await rejection(pool.run(read, 0, { shared: [next] }))
      assert.match(gone.message, /'value' has been disposed of/)
      assert.equal((await rejection(value.update(next))).code, 'ERR_ISOLANE_INVALID_ARGUMENT')
      assert.deepEqual(await pool.run(read, 0, { shared: [value] }), { n: 2 })
      warm.dispose()
      await value.update({ n: 3 })
      assert.deepEqual(await pool.run(read, 0, { shared: [value] }), { n: 3 })
    }))

  it('refuses itself, and shared values of other names and pools', () =>
    withPool(one, async (pool) => {
      const value = await pool.share('value', 1)
      const other = await pool.share('other', 2)
      await withPool(one, async (elsewhere) => {
        const foreign = await elsewhere.share('value', 3)
        for (const [wrong, message] of [
          [value, /another shared value named 'value'; got itself/],
          [other, /another shared value named 'value'; got 'other'/],
          [foreign, /belongs to another pool/],
        ]) {
          const { code, message: said } = await rejection(value.update(wrong))
          assert.equal(code, 'ERR_ISOLANE_INVALID_ARGUMENT')
          assert.match(said, message)
        }
        assert.equal(await elsewhere.run(read, 0, { shared: [foreign] }), 3)
      })
      assert.equal(await pool.run(read, 0, { shared: [value] }), 1)
      const both = (_, { shared }) => shared.other
      assert.equal(await pool.run(both, 0, { shared: [other] }), 2)
    }))

  it('keeps the value when the new one cannot be carried', () =>
    withPool(one, async (pool) => {
      const value = await pool.share('value', 'kept')
      const error = await rejection(value.update(() => {}))
      assert.equal(error.code, 'ERR_ISOLANE_NOT_CLONEABLE')
      assert.equal(await pool.run(read, 0, { shared: [value] }), 'kept')
    }))
})

describe('shared.dispose', () => {
  const read = (_, { shared }) => shared.value

  it('ends the use of the value', () =>
    withPool(one, async (pool) => {
      const value = await pool.share('value', 1)
      value.dispose()
      value.dispose()
      for (const use of [() => pool.run(read, 0, { shared: [value] }), () => value.update(2)]) {
        const error = await rejection(use())
        assert.equal(error.code, 'ERR_ISOLANE_INVALID_ARGUMENT')
        assert.match(error.message, /'value'.*disposed/)
      }
    }))

  it('leaves the value to calls made before', () =>
    withPool(one, async (pool) => {
      const value = await pool.share('value', 'alive')
      const release = await occupy(pool)
      const call = pool.run(read, 0, { shared: [value] })
      value.dispose()
      await release()
      assert.equal(await call, 'alive')
    }))

  it('leaves the name to another value', () =>
    withPool(one, async (pool) => {
      const first = await pool.share('value', 1)
      await pool.run(read, 0, { shared: [first] })
      first.dispose()
      const second = await pool.share('value', 2)
      assert.equal(await pool.run(read, 0, { shared: [second] }), 2)
    }))

  it('works after the pool was closed, and as Symbol.dispose', async () => {
    const value = await withPool(one, (pool) => pool.share('value', 1))
    value[Symbol.dispose]()
    value.dispose()
  })
})

describe('the option shared', () => {
  it('refuses what is no list of shared values of this pool', () =>
    withPool(one, (pool) =>
      withPool(one, async (other) => {
        const value = await pool.share('value', 1)
        const foreign = await other.share('foreign', 1)
        const cases = [
          [value, /shared must be an array/],
          [[{ name: 'value' }], /shared\[0\]/],
          [[value, null], /shared\[1\]/],
          [[pool.share('late', 1)], /await/],
          [[value, await pool.share('value', 2)], /two values named 'value'/],
          [[foreign], /'foreign' belongs to another pool/],
        ]
        for (const [shared, message] of cases) {
          const error = await rejection(pool.run(() => 1, 0, { shared }))
          assert.ok(error instanceof TypeError)
          assert.equal(error.code, 'ERR_ISOLANE_INVALID_ARGUMENT')
          assert.match(error.message, message)
        }
      }),
    ))
})

describe('shared values survive what happens to an isolate', () => {
  const read = (_, { shared }) => shared.value.length

  it('a timeout', () =>
    withPool(one, async (pool) => {
      const value = await pool.share('value', range(1000))
      assert.equal(await pool.run(read, 0, { shared: [value] }), 1000)
      const spin = () => {
        for (;;);
      }
      await rejection(pool.run(spin, 0, { timeout: 20, shared: [value] }))
      assert.equal(await pool.run(read, 0, { shared: [value] }), 1000)
    }))

  it('its replacement', () =>
    withPool({ threads: 1, memoryLimitMb: 32 }, async (pool) => {
      const value = await pool.share('value', range(1000))
      assert.equal(await pool.run(read, 0, { shared: [value] }), 1000)
      const error = await rejection(pool.run(hoard))
      assert.equal(error.code, 'ERR_ISOLANE_MEMORY_LIMIT')
      assert.equal(await pool.run(read, 0, { shared: [value] }), 1000)
      await allIdle(pool)
    }))
})
