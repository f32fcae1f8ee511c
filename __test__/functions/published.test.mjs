import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { describe, it } from 'node:test'
import { Worker } from 'node:worker_threads'
import {
  FunctionError,
  InvalidRangeError,
  InvalidTypeError,
  PublishedFunction,
  SourceError,
} from 'isolane'
import { engine, onlyV8 } from '../support/engine.mjs'
import { occupy, range, rejection, withPool } from '../support/pools.mjs'

const one = { threads: 1 }

const double = (x) => x * 2
const triple = (x) => x * 3

describe('a published function', () => {
  it('runs wherever a function does, by its handle and by its name', () =>
    withPool({ threads: 2 }, async (pool) => {
      const published = await pool.publish('double', double)
      assert.ok(published instanceof PublishedFunction)
      assert.deepEqual([published.name, published.version], ['double', 1])
      for (const fn of [published, 'double']) {
        assert.equal(await pool.run(fn, 21), 42)
        assert.equal(await pool.run(fn, 21, { timeout: 5000 }), 42)
        assert.deepEqual(
          await pool.map(range(50), fn, { chunkSize: 3 }),
          range(50).map((x) => 2 * x),
        )
        assert.deepEqual(await pool.filter([0, 1, 2], fn), [1, 2])
        assert.equal(await pool.forEach([1], fn), undefined)
        assert.equal(await pool.reduce([1, 2], { map: fn, reduce: (a, b) => a + b }), 6)
        const streamed = []
        for await (const value of pool.stream([1, 2, 3], fn)) streamed.push(value)
        assert.deepEqual(streamed, [2, 4, 6])
      }
      await pool.publish('sum', (a, b) => a + b)
      assert.equal(await pool.reduce(range(100), { reduce: 'sum', map: 'double' }), 9900)
    }))

  it('may be text, a method, or async; its own name gives way to the published one', () =>
    withPool(one, async (pool) => {
      const { method } = { method(x) { return x * 2 } } // prettier-ignore
      const forms = [{ source: '(x) => x * 2', name: 'other' }, method, async (x) => x * 2]
      for (const [index, fn] of forms.entries()) {
        const published = await pool.publish(`form${index}`, fn)
        assert.equal(await pool.run(published, 21), 42)
      }
    }))

  it('gets what the options of a call give', () =>
    withPool(one, async (pool) => {
      const rate = await pool.share('rate', 2)
      const price = await pool.publish('price', (x, _, { args, shared }) => x * shared.rate + args)
      assert.deepEqual(await pool.map([1, 2], price, { args: 1, shared: [rate] }), [3, 5])
    }))

  it('takes any name with text', () =>
    withPool(one, async (pool) => {
      for (const name of ['__proto__', 'constructor', 'toString', 'a b', '0', '@', 'ünï😀']) {
        assert.equal(pool.published(name), undefined)
        const published = await pool.publish(name, { source: `() => ${JSON.stringify(name)}` })
        assert.equal(await pool.run(name), name)
        assert.equal(pool.published(name), published)
      }
    }))

  it('is known by name and version in status, logs, errors and stack traces', () =>
    withPool(one, async (pool) => {
      const logged = []
      pool.on('log', (entry) => logged.push(entry.function))
      const source = '(x, { log }) => {\n  log(x)\n  throw new Error("no " + x)\n}'
      const price = await pool.publish('price', double)
      await price.update({ source })
      const error = await rejection(pool.run('price', 1))
      assert.match(error.message, /^price@2 threw: Error: no 1/)
      assert.match(error.cause.stack, /isolane:price@2:3:\d+/)
      assert.deepEqual(logged, ['price@2'])
      await price.update(() => { for (;;); }) // prettier-ignore
      const stop = new AbortController()
      const call = pool.run(price, 1, { signal: stop.signal })
      const names = new Set()
      while (!names.has('price@3')) {
        names.add(pool.status()[0].function)
        await new Promise(setImmediate)
      }
      stop.abort()
      assert.equal((await rejection(call)).code, 'ERR_ISOLANE_ABORTED')
    }))

  it('is the pool’s: it stays without its handle, and is found again', () =>
    withPool(one, async (pool) => {
      await pool.publish('double', double)
      assert.equal(await pool.published('double').update(triple), 2)
      assert.equal(await pool.run('double', 2), 6)
    }))

  it('has a context of its own in each version', onlyV8, () =>
    withPool(one, async (pool) => {
      const count = () => (globalThis.calls = (globalThis.calls ?? 0) + 1)
      const counter = await pool.publish('counter', count)
      assert.deepEqual([await pool.run(counter), await pool.run(counter)], [1, 2])
      await counter.update(count)
      assert.equal(await pool.run(counter), 1)
    }),
  )

  it('goes with tenant and stateful', onlyV8, () =>
    withPool(one, async (pool) => {
      const source = '(() => { let n = 0; return () => ++n })()'
      const counter = await pool.publish('counter', { source })
      const count = (options) => pool.run('counter', 0, options)
      assert.deepEqual([await count(), await count()], [1, 1])
      const [a, b] = ['a', 'b'].map((tenant) => ({ tenant, stateful: true }))
      assert.deepEqual([await count(a), await count(a), await count(b)], [1, 2, 1])
      assert.deepEqual([await count({ tenant: 'a' }), await count({ stateful: true })], [1, 1])
      await counter.update({ source: source.replace('++n', '(n += 10)') })
      assert.deepEqual([await count(a), await count(a), await count(b)], [10, 20, 10])
    }),
  )

  it('works for pools in Workers', async () => {
    const isolane = createRequire(import.meta.url).resolve('isolane')
    const script = `
      const { Pool } = require(${JSON.stringify(isolane)})
      const { parentPort } = require('node:worker_threads')
      const pool = new Pool({ engine: '${engine}', threads: 1 })
      pool.publish('double', (x) => x * 2)
        .then((double) => double.update((x) => x * 3))
        .then(async (version) => parentPort.postMessage([version, await pool.run('double', 2)]))`
    const worker = new Worker(script, { eval: true })
    const [[message]] = await Promise.all([once(worker, 'message'), once(worker, 'exit')])
    assert.deepEqual(message, [2, 6])
  })
})

describe('what is published is checked first', () => {
  const bad = {
    'source that does not compile': [
      { source: '(x) => {\n  return x +* 2\n}' },
      SourceError,
      /^fn@2 does not compile: .*\(line 2, column \d+\)/,
    ],
    'source that is no function': [{ source: '42' }, SourceError, /number, not a function/],
    'source that is two expressions': [{ source: '() => 1), (() => 2' }, SourceError, /fn@2/],
    'source that throws when it is evaluated': [
      { source: '(() => { throw new RangeError("no") })()' },
      FunctionError,
      /^fn@2 threw: RangeError: no/,
    ],
    'a native function': [Math.sqrt, InvalidTypeError, /native or bound/],
    'a bare string': ['(x) => x', InvalidTypeError, /fn must be a function, \{ source \}/],
    nothing: [undefined, InvalidTypeError, /fn must be a function/],
    'a number': [42, InvalidTypeError, /fn must be a function.*got 42/],
  }
  for (const [what, [fn, Kind, message]] of Object.entries(bad)) {
    it(`${what} is refused, and changes nothing`, () =>
      withPool(one, async (pool) => {
        const published = await pool.publish('fn', double)
        const error = await rejection(published.update(fn))
        assert.ok(error instanceof Kind, error)
        assert.match(error.message, message)
        assert.equal(published.version, 1)
        assert.equal(await pool.run('fn', 21), 42)

        const first = await rejection(pool.publish('new', fn))
        assert.equal(first.code, error.code)
        assert.equal(pool.published('new'), undefined)
        assert.equal((await pool.publish('new', double)).version, 1, 'the name is free again')
      }))
  }

  it('the place of a syntax error is that in the source', () =>
    withPool(one, async (pool) => {
      const error = await rejection(pool.publish('fn', { source: '(x) => {\n  return x +* 2\n}' }))
      assert.deepEqual([error.line, error.column], [2, 13])
    }))

  it('what is not called: a function that throws, or runs for ever', () =>
    withPool(one, async (pool) => {
      await pool.publish('throws', () => {
        throw new Error('called')
      })
      await pool.publish('spins', () => {
        for (;;);
      })
    }))

  it('within limits: source that never comes to an end is stopped', () =>
    withPool({ threads: 1, timeout: 500 }, async (pool) => {
      const endless = { source: '(() => { for (;;); })()' }
      const fn = await pool.publish('fn', double)
      assert.equal((await rejection(fn.update(endless))).code, 'ERR_ISOLANE_TIMEOUT')
      const error = await rejection(fn.update(endless, { timeout: 20 }))
      assert.match(error.message, /^fn@2 ran longer than its timeout of 20 ms/)
      const signal = AbortSignal.abort('why not')
      assert.equal((await rejection(fn.update(triple, { signal }))).cause, 'why not')
      assert.equal(await pool.run(fn, 1), 2)
    }))

  it('a worker is waited for, within queueTimeout', () =>
    withPool(one, async (pool) => {
      const release = await occupy(pool)
      const error = await rejection(pool.publish('fn', double, { queueTimeout: 10 }))
      assert.equal(error.code, 'ERR_ISOLANE_QUEUE_TIMEOUT')
      await release()
    }))
})

describe('wrong arguments', () => {
  it('names that are no text, unknown options', () =>
    withPool(one, async (pool) => {
      for (const name of [undefined, null, '', 5, Symbol('s'), {}]) {
        const error = await rejection(pool.publish(name, double))
        assert.ok(error instanceof InvalidTypeError)
        assert.match(error.message, /^name must be a string with text/)
        assert.throws(() => pool.published(name), InvalidTypeError)
      }
      const fn = await pool.publish('fn', double)
      for (const publish of [
        (options) => pool.publish('other', double, options),
        (options) => fn.update(triple, options),
      ]) {
        for (const options of [
          { chunkSize: 1 },
          { tenant: 'a' },
          { timeout: 0 },
          { signal: 1 },
          5,
        ]) {
          const { code } = await rejection(publish(options))
          assert.equal(code, 'ERR_ISOLANE_INVALID_ARGUMENT')
        }
      }
      assert.equal(fn.version, 1)
      assert.equal(pool.published('other'), undefined)
    }))

  it('a name that is taken, also while its function is being checked', () =>
    withPool(one, async (pool) => {
      const first = pool.publish('fn', double)
      assert.equal(pool.published('fn'), undefined)
      const early = await rejection(pool.publish('fn', triple))
      await first
      for (const error of [early, await rejection(pool.publish('fn', triple))]) {
        assert.ok(error instanceof InvalidRangeError)
        assert.match(error.message, /published as 'fn' already; .*update\(\)/)
      }
      assert.equal(await pool.run('fn', 1), 2)
    }))

  it('a name that nothing is published under: the error says what is', () =>
    withPool(one, async (pool) => {
      const error = await rejection(pool.run('prize', 1))
      assert.ok(error instanceof InvalidRangeError)
      assert.equal(error.code, 'ERR_ISOLANE_INVALID_ARGUMENT')
      assert.match(error.message, /No function is published as 'prize'; none is published/)
      for (const name of ['price', 'tax']) await pool.publish(name, double)
      const calls = [
        () => pool.map([1], 'prize'),
        () => pool.run('prize', 1, { timeout: 5 }),
        () => pool.reduce([1], { reduce: 'prize' }),
        async () => pool.stream([1], 'prize'),
      ]
      for (const call of calls) {
        const { message } = await rejection(call())
        assert.match(message, /'prize'; there are 'price', 'tax'\. .*\{ source \}/)
      }
      for (const n of range(20)) await pool.publish(`other${n}`, double)
      const { message } = await rejection(pool.run('x'.repeat(10_000)))
      assert.match(message, /'price', 'tax', .*'other7' and 12 more/)
      assert.ok(message.length < 500)
    }))

  it('a promise of a published function', () =>
    withPool(one, async (pool) => {
      const published = pool.publish('fn', double)
      const { message } = await rejection(pool.run(published, 1))
      assert.match(message, /await pool\.publish/)
      assert.equal(await pool.run(await published, 1), 2)
    }))

  it('a published function of another pool, or published again', () =>
    withPool(one, (pool) =>
      withPool(one, async (other) => {
        const fn = await pool.publish('fn', double)
        const foreign = await rejection(other.run(fn, 1))
        assert.ok(foreign instanceof InvalidTypeError)
        assert.match(foreign.message, /'fn' belongs to another pool/)
        assert.match((await rejection(other.run('fn', 1))).message, /none is published/)
        assert.ok((await rejection(pool.publish('again', fn))) instanceof InvalidTypeError)
      }),
    ))
})
