/** Large values that functions get frozen: one copy in each isolate, made in a context of its own. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { engine, onlyV8 } from '../support/engine.mjs'
import { heapOf } from '../support/heap.mjs'
import { range, rejection, withPool } from '../support/pools.mjs'

const one = { threads: 1 }

/** Long enough to be lent. */
const value = () => ({
  list: range(3000).map((id) => ({ id, name: `record ${id}`, tags: [id % 7, `tag ${id % 11}`] })),
  nested: { deep: [{ n: 1 }], constructor: 'data', ['__proto__']: 'data' },
})

/** A function of which the text does not show what it calls. */
const unproven = (body, name = 'unproven') => ({
  name,
  source: `async (arg, { shared }) => { const { isInteger } = Number; isInteger(1); const { v } = shared; ${body} }`,
})

const withValue = (use, options) =>
  withPool({ ...one, ...options }, async (pool) => {
    const shared = [await pool.share('v', value())]
    const run = (body, arg, more) => pool.run(unproven(body), arg, { shared, ...more })
    return use({ pool, shared, run })
  })

describe('a large shared value that is frozen', () => {
  it('is used as any value', () =>
    withValue(async ({ run }) => {
      const body = `return {
        isArray: Array.isArray(v.list),
        length: v.list.length,
        spread: [...v.list].length,
        first: { ...v.list[0] },
        ids: v.list.map(({ id }) => id).slice(0, 3),
        some: v.list.some(({ id }) => id === 2999),
        concat: [0].concat(v.list).length,
        entries: Object.entries(v.list[1]).length,
        own: v.nested.constructor,
        proto: Object.getOwnPropertyDescriptor(v.nested, '__proto__').value,
        json: JSON.stringify(v.list[1]),
        copy: structuredClone(v.list[2]),
        part: v.list.filter(({ id }) => id > 2997),
        tag: Object.prototype.toString.call(v.list),
      }`
      const { list } = value()
      assert.deepEqual(await run(body), {
        isArray: true,
        length: 3000,
        spread: 3000,
        first: list[0],
        ids: [0, 1, 2],
        some: true,
        concat: 3001,
        entries: 3,
        own: 'data',
        proto: 'data',
        json: JSON.stringify(list[1]),
        copy: list[2],
        part: list.slice(2998),
        tag: '[object Array]',
      })
    }))

  it('has the classes that it has anywhere', () =>
    withValue(async ({ run }) => {
      const body = `
        class List extends Array {}
        let thrown
        try { v.list.push(1) } catch (error) { thrown = error }
        return {
          is: [v instanceof Object, v.list instanceof Array, v.list instanceof Object,
            v.list.map instanceof Function, v.list.slice(1) instanceof Array,
            thrown instanceof TypeError, thrown instanceof Error,
            new List() instanceof List, [] instanceof Array],
          isNot: [v instanceof Array, v.list instanceof List, v.list[0] instanceof Array,
            thrown instanceof RangeError, 5 instanceof Object, null instanceof Object],
        }`
      const { is, isNot } = await run(body)
      assert.deepEqual(is, [true, true, true, true, true, true, true, true, true])
      assert.deepEqual(isNot, [false, false, false, false, false, false])
    }))

  it('has errors and stacks of the function that made them', () =>
    withValue(async ({ run }) => {
      const error = await rejection(run('v.list.forEach(() => { throw new RangeError("mine") })'))
      assert.equal(error.cause.name, 'RangeError')
      assert.match(error.cause.stack, /unproven/)
      const refused = await rejection(run('v.list.push(1)'))
      assert.equal(refused.cause.name, 'TypeError')
      assert.match(refused.cause.stack, /unproven/)
    }))

  it('gives parts of it as results of calls that are stopped', onlyV8, () =>
    withPool(one, async (pool) => {
      const shared = [await pool.share('v', value(), { freeze: 'deep' })]
      const source = `(x, _, { shared: { v } }) => {
        const { isInteger } = Number
        for (;;) if (x !== 2 || !isInteger(x)) return [v.list[x], v.list.slice(x, x + 1)]
      }`
      const options = { shared, timeout: 100, onTimeout: 'partial', chunkSize: 3 }
      const { list } = value()
      const { completed, results } = await pool.map([0, 1, 2], { source }, options)
      const done = [0, 1].map((x) => [list[x], [list[x]]])
      // On a busy machine it may not have begun.
      assert.deepEqual(results.slice(0, completed), done.slice(0, completed))
    }),
  )
})

describe('no function changes what another sees of a lent value', () => {
  /** Each is tried, then by another function it is looked whether anything has changed. */
  const attempts = {
    'an element': 'v.list[0] = 1',
    'a property': 'v.list[0].id = 1',
    'a new property': 'v.list[0].added = 1',
    'the length': 'v.list.length = 0',
    'its order': 'v.list.reverse()',
    deleting: 'delete v.list[0]',
    defining: "Object.defineProperty(v, 'list', { value: 1 })",
    'a getter': "v.__defineGetter__('list', () => 1)",
    'its prototype': 'Object.setPrototypeOf(v, null)',
    __proto__: 'v.list.__proto__ = null',
    'a built-in': 'Object.getPrototypeOf(v.list).map = () => 1',
    'a built-in, by definition':
      "Object.defineProperty(Object.getPrototypeOf(v.list), 'map', { value: () => 1 })",
    'a property of all objects': 'Object.getPrototypeOf(v).added = 1',
    'a setter for all objects':
      "Object.getPrototypeOf(v).__defineSetter__.call(Object.getPrototypeOf(v), 'x', () => 1)",
    'the prototype of a prototype': 'Object.setPrototypeOf(Object.getPrototypeOf(v.list), null)',
    'how it is iterated': 'Object.getPrototypeOf(v.list)[Symbol.iterator] = function* () {}',
    'its iterators': 'Object.getPrototypeOf(v.list.values()).next = () => ({ done: true })',
    'all iterators': 'Object.getPrototypeOf(Object.getPrototypeOf(v.list.values())).map = 1',
    'its species': 'v.list.constructor[Symbol.species] = Object',
    'a static function': 'v.constructor.keys = () => []',
    'a function of functions': 'Object.getPrototypeOf(v.list.map).call = () => 1',
    'the name of a built-in': "Object.defineProperty(v.list.map, 'name', { value: 'x' })",
    'a mark on a built-in': 'v.list.map.mark = 1',
    errors: 'try { v.list.push(1) } catch (e) { Object.getPrototypeOf(e).message = "x" }',
    'the stack of errors':
      'try { v.list.push(1) } catch (e) { e.constructor.prepareStackTrace = () => "x" }',
    'the length of stacks':
      'try { v.list.push(1) } catch (e) { Object.getPrototypeOf(e.constructor).stackTraceLimit = 0 }',
    'text as code': "return v.constructor.constructor('return globalThis')()",
    'text as code, by a method': "return v.list.map.constructor('return globalThis')()",
    'text as code, by promises':
      "return v.list.constructor.fromAsync([]).then.constructor('return globalThis')()",
  }
  const look = `
    const { list, nested } = v
    let iterated = 0
    for (const each of list) iterated += each.tags.length
    let thrown
    try { list.push(1) } catch (error) { thrown = error }
    return [list.length, list[0].id, Object.keys(list[0]), iterated, [...list.values()].length,
      list.map((it) => it.id)[5], list.slice(1).length, 'added' in v, 'x' in v, Object.keys(v).length,
      list.map.name, list.map.mark, v.constructor.keys(v).length, thrown.message, typeof thrown.stack,
      /unproven/.test(thrown.stack), list.map.call([1], (x) => x + 1)[0], nested.deep[0].n]`

  it('whatever it writes to', onlyV8, () =>
    withValue(async ({ run }) => {
      const before = await run(look)
      for (const [name, attempt] of Object.entries(attempts)) {
        const outcome = await run(attempt).then(
          () => 'went through',
          ({ cause }) => cause.name,
        )
        assert.equal(outcome, 'TypeError', name)
        assert.deepEqual(await run(look), before, name)
      }
    }),
  )

  it('and nothing that can be reached from it can be changed', onlyV8, () =>
    withValue(async ({ run }) => {
      const body = `
        const seen = new Set([globalThis])
        const open = []
        const own = new Set()
        const roots = [['v', v]]
        const from = (path, make) => {
          try {
            const made = make()
            if (made !== undefined) own.add(made)
            roots.push([path, made])
          } catch (error) {
            own.add(error)
            roots.push([path + ' (thrown)', error])
          }
        }
        const Lent = v.constructor
        const list = v.list
        from('push', () => list.push(1))
        from('defineProperty', () => Lent.defineProperty(1))
        from('invalid length', () => new list.constructor(-1))
        from('values', () => list.values())
        from('helper', () => list.values().map((x) => x))
        from('wrapped', () => Object.getPrototypeOf(Object.getPrototypeOf(list.values())).constructor.from({ next() {} }))
        from('slice', () => list.slice(0, 0))
        for (const primitive of ['text', 1, true, 1n, Symbol()]) {
          from('wrapper of ' + typeof primitive, () => Lent(primitive))
        }
        from('iterator of text', () => Lent('text')[Symbol.iterator]())
        from('matches', () => Lent('text').matchAll('t'))
        from('match', () => Lent('text').match('t'))
        from('range', () => Lent('text').repeat(-1))
        from('promise', () => list.constructor.fromAsync([]))
        from('bound', () => list.map.bind(null))
        from('fromEntries', () => Lent.fromEntries([]))
        from('groupBy', () => Lent.groupBy([1], () => 'a'))
        from('descriptor', () => Lent.getOwnPropertyDescriptor(v, 'list'))
        const todo = roots
        while (todo.length > 0) {
          const [path, object] = todo.pop()
          if ((typeof object !== 'object' || object === null) && typeof object !== 'function') continue
          if (seen.has(object)) continue
          seen.add(object)
          if (!own.has(object) && !Object.isFrozen(object)) {
            open.push(path)
            continue
          }
          todo.push([path + '.[[Prototype]]', Object.getPrototypeOf(object)])
          for (const key of Reflect.ownKeys(object)) {
            const { value, get, set } = Object.getOwnPropertyDescriptor(object, key)
            const at = path + '.' + String(key)
            // What was just made, and what that holds of its own, is the function's.
            if (own.has(object) && value !== undefined && typeof value === 'object') own.add(value)
            todo.push([at, value], [at + ' (get)', get], [at + ' (set)', set])
          }
        }
        return { open, seen: seen.size, isOwn: seen.has(Object.prototype) || seen.has(Function) }`
      const { open, seen, isOwn } = await run(body)
      assert.deepEqual(open, [])
      assert.ok(seen > 6200, `${seen}`)
      assert.equal(isOwn, false)
    }),
  )

  it('also where it is held by what freezing does not reach: then each has a copy', () =>
    withPool(one, async (pool) => {
      const list = range(20_000)
      const inside = {
        map: new Map([['k', list]]),
        set: new Set([1]),
        date: new Date(0),
        pattern: /x/g,
        bytes: new Uint8Array(1 << 16),
      }
      const shared = [await pool.share('v', inside)]
      const change = `
        Map.prototype.set.call(v.map, 'k', 1)
        Set.prototype.add.call(v.set, 2)
        Date.prototype.setTime.call(v.date, 5)
        v.bytes[0] = 7
        return [v.map.get('k'), v.set.size, v.date.getTime(), v.bytes[0]]`
      assert.deepEqual(await pool.run(unproven(change), 0, { shared }), [1, 2, 5, 7])
      if (engine === 'node') return
      const look = 'return [v.map.get("k").length, v.set.size, v.date.getTime(), v.bytes[0]]'
      assert.deepEqual(await pool.run(unproven(look), 0, { shared }), [20_000, 1, 0, 0])
    }))
})

describe('a lent value', () => {
  const records = range(20_000).map((id) => ({ id, name: `record ${id}`, tags: [id % 7, id % 11] }))
  const roomy = { threads: 1, memoryLimitMb: 2048 }
  const functions = (count) => range(count).map((n) => unproven(`return v.length + ${n}`, `f${n}`))

  it('is held once, by whatever functions use it', () =>
    withPool(roomy, async (pool) => {
      const shared = [await pool.share('v', records)]
      const before = await heapOf(pool)
      const [first, ...others] = functions(30)
      await pool.run(first, 0, { shared })
      const copy = (await heapOf(pool)) - before
      for (const [n, fn] of others.entries()) {
        assert.equal(await pool.run(fn, 0, { shared }), records.length + n + 1)
      }
      const copies = ((await heapOf(pool)) - before) / copy
      assert.ok(copies < 10, `${copies}`)
    }))

  it('is replaced by its next version, and goes', () =>
    withPool(roomy, async (pool) => {
      const shared = [await pool.share('v', records)]
      const [fn] = functions(1)
      const before = await heapOf(pool)
      await pool.run(fn, 0, { shared })
      const copy = (await heapOf(pool)) - before
      for (const n of range(20)) {
        await shared[0].update([...records, ...range(n)])
        assert.equal(await pool.run(fn, 0, { shared }), records.length + n)
      }
      const copies = ((await heapOf(pool)) - before) / copy
      assert.ok(copies < 9, `${copies}`)
    }))

  it('outlives calls that are stopped, and functions that fail', () =>
    withPool(one, async (pool) => {
      const shared = [await pool.share('v', records)]
      const [one, two] = functions(2)
      for (const _ of range(2)) {
        assert.equal(await pool.run(one, 0, { shared }), records.length)
        const spin = unproven('for (;;) if (v.length < 0) return')
        const { code } = await rejection(pool.run(spin, 0, { shared, timeout: 20 }))
        assert.equal(code, 'ERR_ISOLANE_TIMEOUT')
        await rejection(pool.run(unproven('return v.none.at'), 0, { shared }))
        assert.equal(await pool.run(two, 0, { shared }), records.length + 1)
      }
    }))

  it('makes room for others where memory is short', onlyV8, () =>
    withPool({ threads: 1, memoryLimitMb: 64 }, async (pool) => {
      const large = (seed) => range(150_000).map((n) => ({ n: n + seed, half: n / 2 + seed }))
      const values = await Promise.all([1, 2, 3].map((seed) => pool.share('v', large(seed))))
      for (const _ of range(2)) {
        for (const [index, each] of values.entries()) {
          const fn = unproven(`return v[arg].n + ${index}`, `f${index}`)
          assert.equal(await pool.run(fn, 7, { shared: [each] }), 7 + 2 * index + 1)
        }
      }
    }),
  )

  it('is that of its tenant, and of all that keep state', onlyV8, () =>
    withPool(one, async (pool) => {
      const shared = [await pool.share('v', records)]
      const count = `let calls = 0; return (arg, { shared: { v } }) => {
        const { isInteger } = Number
        return isInteger(++calls) && [calls, v.length, Object.isFrozen(v)]
      }`
      const fn = { name: 'count', source: `(() => { ${count} })()` }
      for (const tenant of ['a', 'b']) {
        const options = { shared, tenant, stateful: true }
        assert.deepEqual(await pool.run(fn, 0, options), [1, records.length, true])
        assert.deepEqual(await pool.run(fn, 0, options), [2, records.length, true])
      }
    }),
  )
})
