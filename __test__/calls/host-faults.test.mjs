/**
 * Wherever a call runs code of the host's, that code may throw, abort the call, make others, or end the
 * pool. Whatever it does, the call settles, with the host's own error or one of the library's, what was
 * called meanwhile does too, and the pool answers afterwards and closes.
 */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { Pool } from '../support/engine.mjs'
import { rejection, settled, withPool } from '../support/pools.mjs'
import { sized } from '../support/size.mjs'

const identity = (x) => x
const sum = (a, b) => a + b
const bomb = new TypeError('a bug of the host')

const collect = async (stream) => {
  const all = []
  for await (const value of stream) all.push(value)
  return all
}

/** Each operation, as it is called with what a place gives. */
const operations = {
  run: (pool, { fn, item, options }) => pool.run(fn, item, options),
  map: (pool, { fn, items, options }) => pool.map(items, fn, options),
  'map with outcomes': (pool, { fn, items, options }) =>
    pool.map(items, fn, withOwn(options, { onError: 'settle' })),
  filter: (pool, { fn, items, options }) => pool.filter(items, fn, options),
  forEach: (pool, { fn, items, options }) => pool.forEach(items, fn, options),
  reduce: (pool, { fn, items, options, initial }) =>
    pool.reduce(items, { reduce: sum, map: fn, ...(initial && { initial }) }, options),
  share: (pool, { item }) => pool.share('shared', item).then((shared) => shared.dispose()),
  publish: async (pool, { fn, options }) => {
    const published = await pool.publish('published', fn, options)
    published.dispose()
  },
  stream: (pool, { fn, items, options }) => collect(pool.stream(items, fn, options)),
}

/** Options and more of them; getters stay getters. */
function withOwn(options, more) {
  return Object.defineProperties({ ...more }, Object.getOwnPropertyDescriptors(options))
}

const batches = ['map', 'map with outcomes', 'filter', 'forEach', 'reduce']
const overItems = [...batches, 'stream']
const everywhere = ['map', 'run', ...batches.slice(1), 'stream']
const withOutcome = ['map', 'filter', 'forEach']

const gives = (hook, value) => ({
  get value() {
    hook()
    return value
  },
})
const signalWith = (hook, { signal }, name) => {
  const foreign = {
    aborted: false,
    reason: undefined,
    addEventListener: (...args) => signal.addEventListener(...args),
    removeEventListener: (...args) => signal.removeEventListener(...args),
  }
  const own = foreign[name]
  if (typeof own !== 'function') {
    return Object.defineProperty(foreign, name, { get: () => (hook(), signal[name]) })
  }
  return Object.assign(foreign, {
    [name](...args) {
      hook()
      own(...args)
    },
  })
}
const iterable = (next) => ({ [Symbol.iterator]: () => ({ next }) })

/** Where code of the host's runs: what it is in, as given to these operations (all of them by default). */
const places = {
  'a getter of an item': [(hook) => ({ item: gives(hook, 1) }), [...everywhere, 'share']],
  'a getter deep in one of many items': [
    (hook) => {
      const items = Array.from({ length: 3000 }, (_, n) => ({ n }))
      items[2000] = { deep: [gives(hook, 1)] }
      return { items }
    },
    overItems,
  ],
  'an element of items that is a getter': [
    (hook) => ({ items: Object.defineProperty([1, 2, 3], 1, { get: hook }) }),
    overItems,
  ],
  'a Proxy of items': [
    (hook) => ({
      items: new Proxy([1, 2, 3], {
        get: (target, key) => (key === '1' && hook(), target[key]),
      }),
    }),
    overItems,
  ],
  'a getter of args': [(hook) => ({ options: { args: gives(hook, 1) } })],
  'a getter of the initial value': [
    (hook) => ({ options: {}, fn: identity, initial: gives(hook, 1) }),
    ['reduce'],
  ],
  'a getter of an option': [
    (hook) => ({ options: { get priority() { return hook(), 'normal' } } }), // prettier-ignore
  ],
  'the keys of options': [
    (hook) => ({ options: new Proxy({}, { ownKeys: () => (hook(), []) }) }),
    ['run', 'map', 'filter', 'forEach', 'reduce', 'stream', 'publish'],
  ],
  'the name of the function': [
    (hook) => ({
      fn: Object.defineProperty((x) => x, 'name', { get: () => (hook(), 'named') }),
    }),
  ],
  'the iterator of items': [
    (hook) => ({ items: { [Symbol.iterator]: () => (hook(), [1, 2].values()) } }),
    overItems,
  ],
  'next of items': [(hook) => ({ items: iterable(() => (hook(), { done: true })) }), overItems],
  'what next gives': [
    (hook) => ({ items: iterable(() => ({ get done() { return hook(), true } })) }), // prettier-ignore
    overItems,
  ],
  'next of an async source': [
    (hook) => ({
      items: { [Symbol.asyncIterator]: () => ({ next: async () => (hook(), { done: true }) }) },
    }),
    ['stream'],
  ],
  'return of an async source': [
    (hook) => ({
      fn: () => {
        throw new Error('no')
      },
      items: {
        [Symbol.asyncIterator]: () => ({
          next: async () => ({ value: 1 }),
          return: () => hook(),
        }),
      },
    }),
    ['stream'],
  ],
  onProgress: [(hook) => ({ options: { onProgress: hook, chunkSize: 1 } }), batches],
  onError: [
    (hook) => ({ fn: () => missing, options: { onError: hook } }), // oxlint-disable-line no-undef
    [...withOutcome, 'stream'],
  ],
  'aborted of a signal': [
    (hook, stop) => ({ options: { signal: signalWith(hook, stop, 'aborted') } }),
  ],
  'addEventListener of a signal': [
    (hook, stop) => ({ options: { signal: signalWith(hook, stop, 'addEventListener') } }),
  ],
  'a listener of the signal': [
    (hook, stop) => {
      stop.signal.addEventListener('abort', () => {
        try {
          hook()
        } catch {
          // As a careful listener would.
        }
      })
      return { options: { get priority() { return stop.abort(), 'normal' } } } // prettier-ignore
    },
  ],
}

/** What it does there. */
const acts = {
  throws: ({ thrown }) => {
    thrown.push(bomb)
    throw bomb
  },
  'throws nothing': ({ thrown }) => {
    thrown.push(undefined)
    throw undefined // oxlint-disable-line no-throw-literal
  },
  'makes calls': ({ pool, calls }) => {
    calls.push(
      pool.run(identity, { n: 1 }),
      pool.map([{ n: 1 }, { n: 2 }], identity),
      pool.map(Float64Array.of(1, 2), identity),
      pool.run(identity, new Uint8Array(1 << 17)),
    )
  },
  'aborts the call': ({ stop }) => stop.abort('changed my mind'),
}

/** What it does there that ends the pool. */
const ends = {
  'closes the pool': ({ pool, calls }) => calls.push(pool.close()),
  'closes the pool by force': ({ pool, calls }) => calls.push(pool.close({ force: true })),
  'destroys the pool': ({ pool, calls }) => calls.push(pool.destroy()),
}

async function outcomeOf(call) {
  try {
    return { value: await settled(call) }
  } catch (error) {
    return { error }
  }
}

function assertExplained({ error }, thrown, what) {
  const own = error?.code === 'ERR_ISOLANE_ITEM' ? error.cause : error
  if (thrown.includes(own)) return
  assert.match(
    String(error?.code),
    /^ERR_ISOLANE_/,
    `${what} rejects with ${error?.stack ?? error}`,
  )
}

/** Makes the call of a place in which `act` happens, and waits for all that comes of it. */
async function provoke(pool, operation, place, act) {
  const scene = { pool, calls: [], thrown: [], stop: new AbortController() }
  const hook = () => act(scene)
  const {
    fn = identity,
    item = 1,
    items = [1, item, 2],
    options = {},
    initial,
  } = place(hook, scene.stop)
  const signal = scene.stop.signal
  const given = 'signal' in options ? options : signalled(options, signal)
  const what = { fn, item, items, initial, options: given }
  const outcome = await outcomeOf((async () => operations[operation](pool, what))())
  if ('error' in outcome) assertExplained(outcome, scene.thrown, operation)
  for (const call of scene.calls) {
    const other = await outcomeOf(call)
    if ('error' in other) assertExplained(other, [], 'a call made meanwhile')
  }
}

function signalled(options, signal) {
  return Object.defineProperty(options, 'signal', {
    value: signal,
    enumerable: true,
    configurable: true,
  })
}

async function assertAnswers(pool) {
  assert.equal(await settled(pool.run(identity, 1)), 1)
  assert.deepEqual(await settled(pool.map([1, 2, 3], (x) => x + 1)), [2, 3, 4])
}

function eachPlace(visit, most = Infinity) {
  for (const [name, [place, where = everywhere]] of Object.entries(places)) {
    for (const operation of where.slice(0, most))
      visit(`${operation}, in ${name}`, operation, place)
  }
}

for (const [act, does] of Object.entries(acts)) {
  describe(`code of the host's that ${act}`, () => {
    let pool
    before(() => (pool = new Pool({ threads: 2 })))
    after(() => settled(pool.close()))

    eachPlace((name, operation, place) =>
      it(name, async () => {
        await provoke(pool, operation, place, does)
        await assertAnswers(pool)
      }),
    )
  })
}

for (const [end, does] of Object.entries(ends)) {
  describe(`code of the host's that ${end}`, () => {
    eachPlace(
      (name, operation, place) =>
        it(name, () =>
          withPool({ threads: 1 }, async (pool) => {
            await provoke(pool, operation, place, does)
            await settled(pool.close())
            const { code } = await rejection(pool.run(identity, 1))
            assert.equal(code, 'ERR_ISOLANE_POOL_CLOSED')
          }),
        ),
      sized(Infinity, 1),
    )
  })
}
