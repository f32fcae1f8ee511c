import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { describe, it } from 'node:test'
import { Worker } from 'node:worker_threads'
import {
  FunctionError,
  InvalidRangeError,
  InvalidTypeError,
  PoolClosedError,
  PublishedFunction,
  SourceError,
} from 'isolane'
import { engine, onlyV8 } from '../support/engine.mjs'
import { occupy, range, rejection, withPool } from '../support/pools.mjs'
import { runScript } from '../support/processes.mjs'

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

describe('update', () => {
  it('gives the new version to the calls made afterwards', () =>
    withPool({ threads: 2 }, async (pool) => {
      const fn = await pool.publish('fn', double)
      assert.equal(await pool.run(fn, 1), 2)
      assert.equal(await fn.update(triple), 2)
      assert.equal(fn.version, 2)
      const results = await Promise.all(range(20).map((n) => pool.run(n % 2 === 0 ? fn : 'fn', 1)))
      assert.deepEqual(new Set(results), new Set([3]))
    }))

  it('leaves the old one to calls made before, started or not', () =>
    withPool(one, async (pool) => {
      const fn = await pool.publish('fn', double)
      const release = await occupy(pool)
      const before = pool.map([1, 2, 3], 'fn', { chunkSize: 1, priority: 'low' })
      const sum = pool.reduce([1, 2, 3], { map: fn, reduce: (a, b) => a + b })
      const update = fn.update(triple, { priority: 'high' })
      const meanwhile = pool.run(fn, 1)
      await release()
      assert.equal(await update, 2)
      const after = pool.run(fn, 1)
      assert.deepEqual(await before, [2, 4, 6])
      assert.equal(await sum, 12)
      assert.equal(await meanwhile, 2)
      assert.equal(await after, 3)
    }))

  it('leaves the old one to a call that goes on running', () =>
    withPool(one, async (pool) => {
      // It would run for very long; it ends when it meets what is put there after the update.
      const options = engine === 'v8' ? { tenant: 'a', stateful: true } : {}
      const watch = await pool.publish('watch', () => {
        if (globalThis.updated) throw new Error('old version saw the update')
      })
      let started
      const running = new Promise((resolve) => (started = resolve))
      const call = rejection(
        pool.forEach(new Uint8Array(1 << 24), watch, {
          ...options,
          chunkSize: 1,
          onProgress: started,
        }),
      )
      await running
      await watch.update(() => 'new')
      await pool.run(() => void (globalThis.updated = true), 0, options)
      assert.equal(await pool.run(watch, 0, options), 'new')
      const error = await call
      assert.ok(error instanceof FunctionError, error)
      assert.match(error.message, /^watch@1 threw at item \d+: Error: old version saw the update/)
    }))

  it('leaves the old one to all items of a stream', () =>
    withPool(one, async (pool) => {
      const fn = await pool.publish('fn', double)
      async function* source() {
        yield 1
        await fn.update(triple)
        yield 1
      }
      const results = []
      for await (const value of pool.stream(source(), 'fn')) results.push(value)
      assert.deepEqual(results, [2, 2])
      assert.equal(await pool.run('fn', 1), 3)
    }))

  it('is all or nothing: each call runs the version of its moment', () =>
    withPool({ threads: 2 }, async (pool) => {
      const fn = await pool.publish('fn', () => 1)
      const updates = Promise.all(range(50).map((n) => fn.update({ source: `() => ${n + 2}` })))
      const check = async (name) => {
        const { version } = fn
        assert.equal(await pool.run(name), version)
      }
      while (fn.version < 51) await Promise.all([fn, 'fn', fn, 'fn'].map(check))
      assert.deepEqual(
        await updates,
        range(50).map((n) => n + 2),
      )
    }))

  it('happens in the order asked for, however long each check takes', () =>
    withPool({ threads: 2 }, async (pool) => {
      const fn = await pool.publish('fn', () => 1)
      const slow = '(() => { for (let i = 0; i < 2e7; i++); return () => "slow" })()'
      const outcomes = await Promise.allSettled([
        fn.update({ source: slow }),
        fn.update({ source: '() => {' }),
        fn.update(() => 'quick'),
      ])
      assert.deepEqual(
        outcomes.map(({ value, reason }) => value ?? reason.code),
        [2, 'ERR_ISOLANE_SOURCE', 3],
      )
      assert.match(outcomes[1].reason.message, /^fn@3 does not compile/)
      assert.equal(fn.version, 3)
      assert.equal(await pool.run(fn), 'quick')
    }))

  it('lets old versions go that nothing uses any more', async () => {
    const script = `
      import { createRequire } from 'node:module'
      import { dirname, join } from 'node:path'
            import { Pool } from 'isolane'
      const require = createRequire(process.cwd() + '/')
      const { NativePool } = require(join(dirname(require.resolve('isolane')), 'native/binding.js'))
      const { define, releaseFunction } = NativePool.prototype
      const known = new Map()
      NativePool.prototype.define = function (name, ...rest) {
        const key = define.call(this, name, ...rest)
        known.set(key, name)
        return key
      }
      NativePool.prototype.releaseFunction = function (key) {
        known.delete(key)
        releaseFunction.call(this, key)
      }
      const pool = new Pool({ threads: 1, engine: '${engine}' })
      const fn = await pool.publish('fn', () => 1)
      for (let n = 2; n <= 20; n++) {
        await fn.update({ source: '() => ' + n })
        await pool.run(fn)
        await pool.run('fn', 0, { stateful: true })
      }
      const alive = setInterval(() => {}, 1000)
      const left = async (count) => {
        while (new Set(known.values()).size > count) {
          globalThis.gc()
          await new Promise(setImmediate)
        }
      }
      await left(1)
      const version = [...known.values()][0]
      fn.dispose()
      await left(0)
      clearInterval(alive)
      console.log(version)
    `
    const { stdout, stderr } = await runScript(script, { flags: ['--expose-gc'] })
    assert.equal(stdout, 'fn@20\n', stderr)
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
    'a bare string': ['(x) => x', InvalidTypeError, /fn must be a function, \{ source, name \}/],
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
    withPool({ threads: 1, timeout: 50 }, async (pool) => {
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

describe('dispose', () => {
  it('ends the use of handle and name, and frees the name', () =>
    withPool(one, async (pool) => {
      const fn = await pool.publish('fn', double)
      await fn.update(double)
      fn.dispose()
      fn.dispose()
      for (const use of [() => pool.run(fn, 1), () => fn.update(triple)]) {
        const error = await rejection(use())
        assert.ok(error instanceof InvalidTypeError)
        assert.match(error.message, /'fn' has been disposed of/)
      }
      assert.match((await rejection(pool.run('fn', 1))).message, /No function is published as 'fn'/)
      const again = await pool.publish('fn', triple)
      fn[Symbol.dispose]()
      assert.equal(again.version, 1)
      assert.equal(await pool.run('fn', 1), 3)
    }))

  it('leaves the function to calls made before', () =>
    withPool(one, async (pool) => {
      const fn = await pool.publish('fn', double)
      const release = await occupy(pool)
      const call = pool.map([1, 2], fn, { chunkSize: 1 })
      fn.dispose()
      await release()
      assert.deepEqual(await call, [2, 4])
    }))

  it('ends updates that are on their way, being checked or waiting', () =>
    withPool(one, async (pool) => {
      const fn = await pool.publish('fn', double)
      const release = await occupy(pool)
      const updates = [fn.update(triple), fn.update(triple)].map(rejection)
      while (pool.stats().queued === 0) await new Promise(setImmediate)
      fn.dispose()
      await release()
      for (const update of updates)
        assert.match((await update).message, /'fn' has been disposed of/)
      assert.equal(fn.version, 1)
      assert.equal(pool.published('fn'), undefined)
    }))
})

describe('a pool that closes', () => {
  it('waits for the updates that were asked for, and takes no more', async () => {
    await withPool(one, async (pool) => {
      const fn = await pool.publish('fn', double)
      const updates = [fn.update(triple), fn.update(() => 4)]
      await pool.close()
      assert.deepEqual(await Promise.all(updates), [2, 3])
      for (const call of [fn.update(double), pool.publish('new', double), pool.run('fn', 1)]) {
        assert.ok((await rejection(call)) instanceof PoolClosedError)
      }
      assert.equal(fn.version, 3)
      fn.dispose()
    })
  })

  it('rejects them when it is destroyed', () =>
    withPool(one, async (pool) => {
      const fn = await pool.publish('fn', double)
      const endless = rejection(pool.run({ source: '() => { for (;;); }' }))
      const updates = [fn.update(triple), fn.update(triple)].map(rejection)
      await pool.destroy()
      for (const call of [endless, ...updates]) assert.ok((await call) instanceof PoolClosedError)
      assert.equal(fn.version, 1)
    }))
})

describe('on the v8 engine, a function in a module', onlyV8, () => {
  it('is refused', () =>
    withPool(one, async (pool) => {
      const error = await rejection(pool.publish('fn', { filename: 'functions.cjs' }))
      assert.match(error.message, /engine 'v8' cannot load/)
    }))
})
