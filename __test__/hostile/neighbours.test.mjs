import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { makeRandom } from '../../bench/workloads/random.mjs'
import { range, withPool } from '../support/pools.mjs'
import { sized } from '../support/size.mjs'

const one = { threads: 1 }

/** Ends as an error of the library, or well. */
const tolerated = (call) => call.catch(({ code }) => assert.match(String(code), /^ERR_ISOLANE_/))

/**
 * Replaces whatever could be handed the memory that the engine writes input to, keeps what comes by,
 * and takes it away. Gives how many such pieces of memory it has got hold of.
 */
const thief = () => {
  const INPUT = 1 << 16
  if (globalThis.stolen === undefined) {
    const stolen = (globalThis.stolen = [])
    const { apply, construct, ownKeys } = Reflect
    const { getOwnPropertyDescriptor, defineProperty, getPrototypeOf } = Object
    const typed = getPrototypeOf(Uint8Array.prototype)
    const original = (holder, key) => {
      const { get, value } = getOwnPropertyDescriptor(holder, key)
      return (self, ...args) => apply(get ?? value, self, args)
    }
    globalThis.bufferOf = original(typed, 'buffer')
    globalThis.sizeOf = original(ArrayBuffer.prototype, 'byteLength')
    globalThis.takeAway = original(ArrayBuffer.prototype, 'transfer')
    for (const holder of [typed, ArrayBuffer.prototype]) {
      for (const key of ownKeys(holder)) {
        const { get, value, ...rest } = getOwnPropertyDescriptor(holder, key)
        const spied = get ?? value
        if (typeof spied !== 'function' || key === 'constructor') continue
        const spy = function (...args) {
          stolen[stolen.length] = this
          return apply(spied, this, args)
        }
        const replaced = get === undefined ? { ...rest, value: spy } : { get: spy, configurable: true } // prettier-ignore
        defineProperty(holder, key, replaced)
      }
    }
    for (const name of ['ArrayBuffer', 'Uint8Array', 'Uint32Array', 'Int32Array', 'Float64Array']) {
      globalThis[name] = new Proxy(globalThis[name], {
        construct(target, args, newTarget) {
          const made = construct(target, args, newTarget)
          stolen[stolen.length] = made
          for (let i = 0; i < args.length; i++) stolen[stolen.length] = args[i]
          return made
        },
      })
    }
  }
  const { stolen, bufferOf, sizeOf, takeAway } = globalThis
  let count = 0
  while (stolen.length > 0) {
    const it = stolen.pop()
    try {
      const buffer = it instanceof ArrayBuffer ? it : bufferOf(it)
      if (sizeOf(buffer) >= INPUT) {
        count++
        takeAway(buffer, 8)
      }
    } catch {
      // No memory at all.
    }
  }
  return count
}

/** Keeps values that need every part of the codec, from before built-ins are replaced. */
const prepare = () => {
  globalThis.kept = {
    map: new Map([[1, { a: 1 }]]),
    set: new Set(['x']),
    at: new Date(5),
    pattern: /x/gi,
    error: Object.assign(new TypeError('told'), { code: 'E_TOLD' }),
    big: [12n, -(2n ** 70n)],
    bytes: new Uint8Array([1, 2]),
    rows: Array.from({ length: 200 }, (_, id) => ({ id, name: `n${id}`, tags: ['a'] })),
  }
}

/** Replaces every function of the built-ins that can be reached, then deletes the globals. */
const vandalise = () => {
  const { deleteProperty, ownKeys } = Reflect
  const { defineProperty, getOwnPropertyDescriptor } = Object
  const evil = () => {
    throw new Error('evil')
  }
  const holders = [
    Object,
    Reflect,
    JSON,
    Math,
    Array,
    Number,
    String,
    BigInt,
    Symbol,
    Promise,
    Date,
  ]
  const classes = [Object, Array, Map, Set, WeakMap, Date, RegExp, String, Number, BigInt, Promise]
  classes.push(Error, Function, ArrayBuffer, Object.getPrototypeOf(Uint8Array), DataView, WeakSet)
  classes.push(WeakRef, FinalizationRegistry, Boolean, Symbol, Uint8Array, Int32Array, Float64Array)
  for (const { prototype } of classes) holders.push(prototype)
  // Nothing of what is replaced on the way may be needed here.
  const all = holders.flatMap((holder) => ownKeys(holder).map((key) => ({ holder, key })))
  for (let i = 0; i < all.length; i++) {
    const { holder, key } = all[i]
    const property = getOwnPropertyDescriptor(holder, key)
    if (typeof property.value !== 'function' || key === 'constructor' || !property.configurable) {
      continue
    }
    property.value = evil
    defineProperty(holder, key, property)
  }
  const global = globalThis
  const names = ownKeys(global)
  for (let i = 0; i < names.length; i++) {
    // What the tests' own functions need.
    if (names[i] !== 'kept' && names[i] !== 'RangeError') deleteProperty(global, names[i])
  }
}

/** What calls of a tenant come to that need the engine's rarer parts: values, failures, lines. */
async function useRareParts(pool, tenant) {
  const lines = []
  const listen = ({ message }) => lines.push(message)
  pool.on('log', listen)
  const stateful = { tenant, stateful: true }
  const failing = (item) => {
    if (item === 2) throw new RangeError('two')
    return { item }
  }
  const endless = (item) => {
    if (item === 2) for (;;);
    return { item }
  }
  const returned = await pool.run(
    async (_, { log }) => {
      log('line', kept.rows[0], kept.map, kept.at)
      return kept
    },
    0,
    stateful,
  )
  const outcomes = await pool.map([1, 2, 3], failing, { ...stateful, onError: 'settle' })
  for (const { error } of outcomes.failures) {
    // What differs between calls, and between tenants, on purpose.
    delete error.callId
    delete error.tenant
  }
  const partial = await pool.map([1, 2], endless, {
    ...stateful,
    chunkSize: 2,
    timeout: 1000,
    onTimeout: 'partial',
  })
  const refused = await pool.run(() => ({ deep: [() => 1] }), 0, stateful).catch(String)
  pool.off('log', listen)
  return { returned, outcomes, partial, refused, lines }
}

describe('hostile: what others notice', () => {
  it('27 28 30 built-ins replaced, globals written, frozen and deleted: nothing', () =>
    withPool(one, async (pool) => {
      for (const source of [
        "() => { Object.assign(Object.prototype, { x: 1, then: null, toJSON: () => 'evil' }) }",
        "() => { Array.prototype.map = Array.prototype.push = JSON.stringify = JSON.parse = () => 'evil' }",
        '() => { globalThis.Promise = globalThis.Map = globalThis.Uint8Array = undefined }',
        '() => { Array.prototype[Symbol.iterator] = String.prototype.split = null }',
        '() => { globalThis.secret = 1; Object.freeze(globalThis) }',
        '() => { delete globalThis.Array; Object.setPrototypeOf(globalThis, null) }',
        "() => { Object.defineProperty(Array.prototype, 0, { set() { throw new Error('evil') } }) }",
        'function () { with ({ undefined: 1 }) { globalThis.secret = undefined } }',
        '() => { for (const key of Reflect.ownKeys(globalThis)) Reflect.deleteProperty(globalThis, key) }',
        '() => { Symbol.prototype[Symbol.toPrimitive] = Function.prototype.call = Function.prototype.apply = null }',
        '() => { RegExp.prototype.exec = RegExp.prototype.test = Map.prototype.get = Set.prototype.has = () => { for (;;); } }',
      ]) {
        // Its own results have to survive it too, or fail as an error.
        for (const tenant of ['evil', undefined]) {
          const options = { tenant, stateful: tenant !== undefined, timeout: 2000 }
          for (const _ of range(2)) await tolerated(pool.run({ source }, 0, options))
        }
        const items = range(50).map((id) => ({ id, tags: ['a', `b${id}`], at: new Date(id) }))
        const check = (item) => ({
          ...item,
          seen: [typeof globalThis.secret, {}.x, [1].map((n) => n + 1), JSON.stringify([item.id])],
        })
        assert.deepEqual(await pool.map(items, check), items.map(check))
      }
    }))

  it('27 30 what the engine needs only later is as it was before', () =>
    withPool(one, async (pool) => {
      for (const tenant of ['tidy', 'evil']) {
        await pool.run(prepare, 0, { tenant, stateful: true })
      }
      await pool.run(vandalise, 0, { tenant: 'evil', stateful: true })
      const evil = await useRareParts(pool, 'evil')
      assert.deepEqual(evil, await useRareParts(pool, 'tidy'))
      assert.equal(evil.returned.rows.length, 200)
      assert.match(evil.refused, /deep\[0\] is a function/)
      assert.match(evil.lines.join(), /^line \{ id: 0/)
    }))

  it('27 41 what replaced built-ins are handed is never the memory that input is written to', () =>
    withPool(one, async (pool) => {
      const rules = await pool.share('rules', range(20_000).map(String)) // prettier-ignore
      const numbers = new Float64Array(20_000).fill(1)
      const fold = { reduce: thief, initial: 0 }
      for (const size of [10, 100_000, 1_000_000, 100_000, 4_000_000]) {
        const text = 'x'.repeat(size)
        assert.equal(await pool.run(thief, text), 0)
        assert.equal(await pool.run(thief, [text], { args: text, shared: [rules] }), 0)
        assert.deepEqual(await pool.map([text, text], thief), [0, 0])
        assert.deepEqual(await pool.map(numbers.subarray(0, 3), thief), Float64Array.of(0, 0, 0))
        await tolerated(pool.map(numbers, thief, { chunkSize: 20_000 }))
        await tolerated(pool.reduce(numbers.subarray(0, 100), fold))
      }
      assert.equal(await pool.run((text) => text.length, 'x'.repeat(1e6)), 1e6)
    }))

  it('29 keys with a meaning are ordinary keys, both ways', () =>
    withPool(one, async (pool) => {
      const text = '{"__proto__":{"evil":1},"constructor":{"prototype":{"evil":1}}}'
      const back = await pool.run((value) => [value, {}.evil, Object.keys(value)], JSON.parse(text))
      assert.deepEqual(Object.keys(back[0]), ['__proto__', 'constructor'])
      assert.equal(Object.getPrototypeOf(back[0]), Object.prototype)
      assert.deepEqual(
        [back[1], back[2], {}.evil],
        [undefined, ['__proto__', 'constructor'], undefined],
      )
      const made = await pool.run({ source: `() => JSON.parse(${JSON.stringify(text)})` })
      assert.deepEqual(Object.keys(made), ['__proto__', 'constructor'])
      assert.equal({}.evil, undefined)
    }))

  it('39 isolates do not share their random numbers', () =>
    withPool({ threads: 2, recycleAfterTasks: 1 }, async (pool) => {
      const draws = await pool.map(range(20), () => [Math.random(), Math.random()], {
        chunkSize: 1,
      })
      assert.equal(new Set(draws.flat()).size, 40)
    }))

  it('40 thousands of calls that take as long as they may give their own result or their own timeout', () =>
    withPool({ threads: 2 }, async (pool) => {
      const spin = ([milliseconds, value]) => {
        const end = Date.now() + milliseconds
        while (Date.now() < end);
        return value
      }
      for (const round of range(sized(100, 20))) {
        const values = range(100).map((n) => round * 100 + n)
        const calls = values.map((value) => [
          pool.run(spin, [1, value], { timeout: 1 }).catch(({ code }) => code),
          // The next on the worker has no timeout, so none may end it.
          pool.run((x) => x, value).catch(({ code }) => code),
        ])
        const outcomes = await Promise.all(calls.map((both) => Promise.all(both)))
        outcomes.forEach(([risky, next], n) => {
          if (risky !== 'ERR_ISOLANE_TIMEOUT') assert.equal(risky, values[n])
          assert.equal(next, values[n])
        })
      }
      assert.deepEqual(pool.status().map(({ id }) => id).sort(), [0, 1]) // prettier-ignore
    }))

  it('41 a buffer changed or detached after the call was made: the call has its own', () =>
    withPool(one, async (pool) => {
      const items = new Float64Array(100_000).fill(1)
      const detached = new Float64Array(1000).fill(2)
      const argument = new Uint8Array(1000).fill(3)
      const calls = [
        pool.map(items, (x) => x * 2),
        pool.map(detached, (x) => x * 2),
        pool.run((bytes) => bytes.reduce((a, b) => a + b), argument),
      ]
      detached.buffer.transfer?.()
      argument.fill(9)
      structuredClone(items.buffer, { transfer: [items.buffer] })
      const [first, second, third] = await Promise.all(calls)
      assert.ok(first.every((x) => x === 2))
      assert.ok(second.every((x) => x === 4))
      assert.equal(third, 3000)
    }))

  it('41 a function that takes the buffers of its arguments and results away', () =>
    withPool(one, async (pool) => {
      const take = (bytes, { args }) => {
        const kept = globalThis.kept ?? []
        for (const one of kept) if (!one.buffer.detached) one.buffer.transfer(16)
        globalThis.kept = [bytes, args, new Uint8Array(100_000).fill(5)]
        return globalThis.kept
      }
      for (const n of range(20)) {
        const size = 1 << (10 + (n % 10))
        const result = await pool.run(take, new Uint8Array(size).fill(n), {
          args: new Uint8Array(size).fill(n + 1),
        })
        assert.deepEqual(
          result.map((bytes) => [bytes.length, bytes[0], bytes.at(-1)]),
          [[size, n, n], [size, n + 1, n + 1], [100_000, 5, 5]], // prettier-ignore
        )
      }
    }))

  it('42 random text compiles or does not', () =>
    withPool({ ...one, timeout: 1000 }, async (pool) => {
      const random = makeRandom(42)
      const pieces = ['(', ')', '{', '}', '=>', 'x', 'return', ';', '`', '${', '"', '/', '*', '\n', '[', ']', '#', '\u0000', '\ud800', '1', '.', ',', 'async', 'function', 'class'] // prettier-ignore
      const whole = String(thief)
      for (const n of range(sized(1000, 200))) {
        const source =
          n % 2 === 0
            ? range(random.integer(1, 12)).map(() => random.pick(pieces)).join(' ') // prettier-ignore
            : mutated(whole, random)
        await tolerated(pool.run({ source }, 1))
      }
      assert.equal(await pool.run((x) => x * 2, 21), 42)
    }))
})

/** `text` with a few of its characters gone, doubled, or replaced. */
function mutated(text, random) {
  const characters = [...text]
  for (let n = random.integer(1, 5); n > 0; n--) {
    const at = random.integer(0, characters.length - 1)
    const other = String.fromCharCode(random.integer(0, 127))
    characters[at] = random.pick(['', characters[at] + characters[at], other])
  }
  return characters.join('')
}
