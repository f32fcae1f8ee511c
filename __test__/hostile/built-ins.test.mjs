/**
 * A function replaces everything that it can reach. Whatever isolane's own code in the isolate asks of
 * a built-in afterwards would be told of, or would hang.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { webGlobals } from '../globals/names.mjs'
import { onlyV8 } from '../support/engine.mjs'
import { range, settled, withPool } from '../support/pools.mjs'
import { NAMES, setTraps, takeRecord } from './traps.mjs'

/**
 * What a value of the function's is asked, as the language asks it: a promise and its constructor where
 * it is awaited, a result whether it is one, an error for its texts, a logged object for its tag, an
 * array for its holes and for what the results of regular expressions have.
 */
const OF_VALUES = [
  /^missing then$/,
  /^globalThis\.Promise\.(prototype\.(then|constructor)|Symbol\(Symbol\.species\))$/,
  /^globalThis\.\w*Error\.prototype\.name$/,
  /\bSymbol\(Symbol\.toStringTag\)$/,
  /^missing (message|stack|code)$/,
  // A module's exports.
  /^missing (default|main)$/,
  // By the function itself.
  /^globalThis\.console(\.assert)?$/,
  /^missing index$/,
  /^missing \d+$/,
]

const inTenant = { tenant: 'trapped', stateful: true }

const records = range(300).map((id) => ({ id, name: `n${id % 7}`, tags: ['a', `b${id}`], at: { x: id / 2 } })) // prettier-ignore

const EXOTIC = {
  map: new Map([[1, { a: 1 }]]),
  set: new Set(['x']),
  date: new Date(5),
  pattern: /x/gi,
  error: new TypeError('told', { cause: new Error('cause') }),
  errors: new AggregateError([new Error('one')], 'all'),
  big: [12n, -(2n ** 70n)],
  views: [new Uint8Array([1, 2]), new Float64Array(3), new DataView(new ArrayBuffer(8))],
  buffer: new ArrayBuffer(8),
  bare: Object.create(null),
  boxed: [new Number(4), new String('x')],
  sparse: [1, , 3], // oxlint-disable-line no-sparse-arrays
  named: Object.assign(['x'], { index: 4, input: 'x' }),
}

const deep = () => {
  let value = 1
  for (let n = 0; n < 300; n++) value = { value }
  return value
}

const cyclic = () => {
  const value = { a: 1 }
  value.self = value
  return [value, value]
}

const echo = (x) => x
const failsAtTwo = (x) => {
  if (x === 2) throw { x }
  return { x }
}

/** By what they need of isolane's code in the isolate; each gives what becomes of a call. */
const operations = {
  'a call': (pool) => pool.run(() => 1, 0, inTenant),
  'lines of a log': (pool) =>
    pool.run(
      (value, { log }) => {
        log('%s %d %j %o', 'a', 1, 2, value, { a: [1, { b: { c: { d: 1 } } }], s: "it's" }, 5n)
        log.error(value.map, value.set, value.date, value.pattern, value.error, value.views, echo)
        console.assert(false, 'two', 3)
        return 1
        function echo() {}
      },
      EXOTIC,
      inTenant,
    ),
  'objects and texts': (pool) =>
    pool.run(
      echo,
      { a: 1, b: 'two', c: [1, { d: 3 }], e: -0, g: null, h: undefined, 'a-b': 'é', j: '漢字'.repeat(50) },
      inTenant,
    ), // prettier-ignore
  'records in columns': (pool) => pool.map(records, echo, inTenant),
  'values of every kind': (pool) => pool.run(echo, EXOTIC, inTenant),
  'a large buffer': (pool) => pool.run(echo, new Uint8Array(1 << 18), inTenant),
  'a dictionary': (pool) =>
    pool.run(echo, Object.fromEntries(range(3000).map((n) => [`k${n}`, n])), inTenant),
  'many texts': (pool) =>
    pool.run(
      echo,
      range(2000).map((n) => `s${n}`.repeat(1 + (n % 50))),
      inTenant,
    ),
  'texts of both widths': (pool) =>
    pool.map(
      range(2000).map((n) => ({ text: `${n % 3 === 0 ? '漢' : 'a'}${n}`.repeat(1 + (n % 40)) })),
      echo,
      inTenant,
    ),
  'a cycle': (pool) => pool.run(echo, cyclic(), inTenant),
  depth: (pool) => pool.run(echo, deep(), inTenant),
  'typed arrays': (pool) => pool.map(new Float64Array(100).fill(1), (x) => x * 2, inTenant),
  filter: (pool) => pool.filter([1, 2, 3, 4], (x) => x & 1, inTenant),
  forEach: (pool) => pool.forEach([1, 2, 3, 4], echo, inTenant),
  reduce: (pool) =>
    pool.reduce([{ n: 1 }, { n: 2 }, { n: 3 }], (a, b) => ({ n: a.n + b.n }), inTenant),
  'reduce with map': (pool) =>
    pool.reduce([1, 2, 3], (a, b) => a + b, { ...inTenant, map: (x) => x + 1, chunkSize: 1 }),
  stream: async (pool) => {
    const results = []
    for await (const result of pool.stream([{ a: 1 }, 2], echo, inTenant)) results.push(result)
    return results
  },
  arguments: (pool) =>
    pool.map([1, 2], (x, _, { args }) => args.k + x, { ...inTenant, args: { k: 5 } }),
  'shared values': async (pool) => {
    const { map, set, date, views } = EXOTIC
    const value = { list: [{ a: 1, s: 'x' }], map, set, date, views }
    const tags = await pool.share('tags', value)
    const others = await pool.share('others', value, { freeze: 'objects' })
    const call = pool.run((_, { shared }) => [shared.tags, shared.others], 0, {
      ...inTenant,
      shared: [tags, others],
    })
    return call
  },
  'an error': (pool) => pool.run((x) => { throw x }, new RangeError('x'), inTenant), // prettier-ignore
  'an error of the engine': (pool) => pool.run(() => null.x, 0, inTenant),
  'a thrown object': (pool) => pool.run(() => { throw { a: 1 } }, 0, inTenant), // prettier-ignore
  'a thrown number': (pool) => pool.run(() => { throw 7 }, 0, inTenant), // prettier-ignore
  'an error that is too large': (pool) =>
    pool.run((x) => { throw x }, { big: 'x'.repeat(1e6), message: 'y'.repeat(1e6), name: 'n', stack: 's', code: 'C' }, inTenant), // prettier-ignore
  'an error that cannot be carried': (pool) =>
    pool.run((x) => { throw { x, f: () => {}, name: 'n' } }, 1, inTenant), // prettier-ignore
  'a result that cannot be carried': (pool) => pool.run(() => ({ a: [() => {}] }), 0, inTenant),
  'failures that are settled': (pool) =>
    pool.map([1, 2, 3], failsAtTwo, { ...inTenant, onError: 'settle' }),
  'failures that are omitted': (pool) =>
    pool.map([1, 2, 3], failsAtTwo, { ...inTenant, onError: 'omit' }),
  'results that cannot be carried, settled': (pool) =>
    pool.map([1, 2, 3, 4, 5], (x) => (x === 2 ? () => {} : { x }), { ...inTenant, onError: 'settle' }), // prettier-ignore
  promises: (pool) => pool.map([1, 2], async (x) => ({ x }), inTenant),
  'rejections that are settled': (pool) =>
    pool.map([1, 2], async (x) => { throw { x } }, { ...inTenant, onError: 'settle' }), // prettier-ignore
  // oxlint-disable-next-line no-thenable
  'a promise that never settles': (pool) => pool.run(() => ({ then() {} }), 0, inTenant),
  'a reducer with a promise': (pool) => pool.reduce([1, 2], async (a) => a, inTenant),
  'source that does not compile': (pool) =>
    pool.run({ name: 'bad', source: '() => {' }, 0, inTenant),
  'source that throws': (pool) =>
    pool.run({ name: 'bad', source: '(() => { throw { x: 1 } })()' }, 0, inTenant),
  'source that is no function': (pool) => pool.run({ name: 'bad', source: '42' }, 0, inTenant),
  modules: (pool) =>
    pool.run(
      {
        entry: 'a',
        modules: [
          { id: 'a', source: "import b, { c } from './b.cjs'\nexport default () => [b.c, c]" },
          {
            id: 'b.cjs',
            source: "module.exports = { c: require('./c.json').d + require('./e.mjs').default }",
          },
          { id: 'c.json', source: '{ "d": 1 }' },
          { id: 'e.mjs', source: 'export default 1' },
        ],
      },
      0,
      inTenant,
    ),
  'a module that throws': (pool) =>
    pool.run({ entry: 'a', modules: [{ id: 'a', source: 'throw { x: 1 }' }] }, 0, inTenant),
  'a module that lacks another': (pool) =>
    pool.run({ entry: 'a', modules: [{ id: 'a', source: "require('x' + 1)" }] }, 0, inTenant),
  'modules that export no function': (pool) =>
    pool.run(
      { entry: 'a', modules: [{ id: 'a', source: 'module.exports = { b: 1 }' }] },
      0,
      inTenant,
    ),
  'a helper of transpilers': (pool) =>
    pool.run({ name: 'named', source: '__name((x) => x, "named")' }, 4, inTenant),
}

/** What a function does with the globals of the web; each is asked for the global, and for members of it, by the function. */
const globals = {
  'text and base64': () => {
    const bytes = new TextEncoder().encode('aé漢')
    const into = new TextEncoder().encodeInto('aé', bytes)
    const decoder = new TextDecoder('utf-8', { fatal: false })
    const first = decoder.decode(bytes, { stream: true })
    const whole = new TextDecoder().decode(bytes)
    return { into, text: first + decoder.decode(), whole, base: btoa('abc'), back: atob('YWJj') }
  },
  'URLs and their parameters': () => {
    const url = new URL('/p?a=1&b=2#h', 'http://é.example:8080/x')
    const params = url.searchParams
    params.append('c', 'x y')
    params.set('a', '5')
    params.delete('b')
    params.sort()
    url.pathname = '/q'
    const other = `${new URLSearchParams({ k: 'v', l: 2 })}`
    return {
      href: url.href,
      origin: url.origin,
      host: url.host,
      has: params.has('a'),
      get: params.get('c'),
      other,
    }
  },
  'a structured clone': (value) => {
    const buffer = new ArrayBuffer(8)
    const none = { __proto__: null, next: () => ({ done: true }) }
    const moved = structuredClone({ buffer }, { transfer: { [Symbol.iterator]: () => none } })
    return { copy: structuredClone(value), moved }
  },
  'events and signals': () => {
    const seen = { count: 0 }
    const controller = new AbortController()
    const target = new EventTarget()
    target.addEventListener('x', () => seen.count++, { once: true, signal: controller.signal })
    target.dispatchEvent(new Event('x'))
    controller.signal.addEventListener('abort', { handleEvent: () => seen.count++ })
    controller.abort()
    try {
      controller.signal.throwIfAborted()
    } catch (error) {
      seen.count += error.code
    }
    return seen
  },
  'timers and microtasks': () => {
    const seen = { count: 0 }
    queueMicrotask(() => seen.count++)
    return new Promise((resolve) => {
      const interval = setInterval(() => {
        if (++seen.count < 4) return
        clearInterval(interval)
        resolve(seen)
      }, 1)
      clearTimeout(setTimeout(() => seen.count++, 1))
      setImmediate(() => seen.count++)
    })
  },
  'random bytes and the time': () => {
    crypto.getRandomValues(new Uint8Array(4))
    return { length: crypto.randomUUID().length, isTime: performance.now() >= 0 }
  },
  'what they refuse': () => {
    const seen = { __proto__: null, count: 0 }
    const tries = {
      url: () => new URL('x'),
      label: () => new TextDecoder('x'),
      base: () => atob('a'),
      clone: () => structuredClone(() => {}),
      timer: () => setTimeout(1),
      self: () => URL.prototype.href,
    }
    for (const name in tries) {
      try {
        tries[name]()
      } catch {
        seen.count++
      }
    }
    return seen.count
  },
}

for (const [name, fn] of Object.entries(globals)) {
  operations[`globals of the web: ${name}`] = (pool) => pool.run(fn, EXOTIC, inTenant)
}

/** What these functions ask themselves, or have asked of what they pass: options, and how it is text. */
const OF_FUNCTIONS = [
  new RegExp(`^globalThis\\.(${webGlobals.join('|')})\\b`),
  /^globalThis\.(ArrayBuffer|Promise|Symbol|Symbol\.iterator|Uint8Array)$/,
  /^missing (fatal|ignoreBOM|capture|once|passive|signal)$/,
  /^missing Symbol\(Symbol\.(iterator|toPrimitive)\)$/,
]

/** What becomes of a call, without what differs from one to the next. */
async function outcomeOf(call) {
  const [settlement] = await Promise.allSettled([settled(call)])
  if (settlement.status === 'fulfilled') {
    const failures = settlement.value?.failures ?? []
    for (const { error } of failures) delete error.callId
    return settlement.value
  }
  const { code, message } = settlement.reason
  return { code, message }
}

describe('built-ins that a function has replaced', onlyV8, () => {
  for (const [name, operate] of Object.entries(operations)) {
    it(`are not used for ${name}`, () =>
      withPool({ threads: 1 }, async (pool) => {
        const lines = []
        pool.on('log', ({ message }) => lines.push(message))
        const before = [await outcomeOf(operate(pool)), lines.splice(0)]
        assert.ok((await pool.run(setTraps, [NAMES, false], inTenant)) > 500)
        const after = [await outcomeOf(operate(pool)), lines.splice(0)]
        const told = new Set((await pool.run(takeRecord, 0, inTenant)).split('\n'))
        told.delete('')
        const ofGlobals = name.startsWith('globals of the web') ? OF_FUNCTIONS : []
        const excused = [...OF_VALUES, ...ofGlobals]
        const asked = [...told].filter((what) => !excused.some((pattern) => pattern.test(what)))
        assert.deepEqual(asked, [])
        assert.deepEqual(after, before)
      }))
  }
})

describe('what a terminated call has finished', onlyV8, () => {
  const endless = (x) => {
    if (x === 7) for (;;);
    return { x, list: [x] }
  }
  const number = (x) => {
    if (x === 7) for (;;);
    return x
  }
  const partial = { ...inTenant, chunkSize: 10, timeout: 300, onTimeout: 'partial' }
  const typed = new Float64Array(range(10))

  for (const [name, operate] of Object.entries({
    'failures that were settled': (pool) =>
      pool.map(range(10), (x) => { if (x === 3) throw 3; if (x === 7) for (;;); return x }, { ...partial, onError: 'settle' }), // prettier-ignore
    filter: (pool) => pool.filter(range(10), number, partial),
    'typed arrays': (pool) => pool.map(typed, number, partial),
  })) {
    it(`comes without a look at built-ins: ${name}`, () =>
      withPool({ threads: 1 }, async (pool) => {
        const before = await settled(operate(pool))
        assert.equal(before.completed, 7)
        // From now on whatever is asked hangs, which costs the worker.
        await pool.run(setTraps, [NAMES, true], inTenant)
        const { status, completed } = await settled(operate(pool))
        assert.equal(status, 'partial')
        // Values that could run a getter are left out.
        assert.ok(completed <= 7)
        assert.deepEqual(
          pool.status().map(({ id, state }) => ({ id, state })),
          [{ id: 0, state: 'idle' }],
        )
      }))
  }

  it('leaves out what could run a getter, and hands nothing to one', () =>
    withPool({ threads: 1 }, async (pool) => {
      await pool.run(setTraps, [NAMES, true], inTenant)
      const { status } = await settled(pool.map(range(10), endless, partial))
      assert.equal(status, 'partial')
      assert.equal(await settled(pool.run((x) => x * 2, 21)), 42)
      assert.equal(pool.status()[0].id, 0)
    }))
})

describe('constructors that isolane has put in the place of built-ins', () => {
  /** An empty module. */
  const bytes = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0])

  it('ask no iterator, getter or Symbol.hasInstance that a function has replaced', onlyV8, () =>
    withPool({ threads: 1 }, async (pool) => {
      const construct = async (given) => {
        const { defineProperty, getPrototypeOf } = Object
        const asked = []
        const tell = (what) => ({ get: () => void asked.push(what) })
        const { Module, Instance, instantiate } = WebAssembly
        for (const Class of [Module, ArrayBuffer, SharedArrayBuffer]) {
          defineProperty(Class, Symbol.hasInstance, tell('hasInstance'))
        }
        for (const name of ['buffer', 'byteOffset', 'byteLength']) {
          defineProperty(getPrototypeOf(Uint8Array).prototype, name, tell(name))
        }
        defineProperty(Array.prototype, Symbol.iterator, tell('iterator'))
        const registry = new FinalizationRegistry(() => {})
        const compiled = await instantiate(given)
        const instance = await instantiate(compiled.module)
        const isWell = [compiled.instance, instance].every((it) => it instanceof Instance)
        return asked.concat(isWell && typeof registry.register)
      }
      assert.deepEqual(await settled(pool.run(construct, bytes)), ['function'])
    }),
  )
})
