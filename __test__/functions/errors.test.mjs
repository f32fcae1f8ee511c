import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { FunctionError, IsolaneError, SourceError } from 'isolane'
import { distDir } from '../../scripts/lib/paths.mjs'
import { allIdle, range, rejection, withPool } from '../support/pools.mjs'

const one = { threads: 1 }

function runs(fn, arg) {
  return withPool(one, (pool) => rejection(pool.run(fn, arg)))
}

describe('an error that the function throws', () => {
  it('is the cause, with its name, message, code and cause', async () => {
    const error = await runs(() => {
      const inner = new RangeError('inner')
      const outer = new TypeError('outer', { cause: inner })
      throw Object.assign(outer, { code: 'E_ROOM', details: { room: 5 } })
    })
    assert.ok(error instanceof FunctionError)
    assert.ok(error instanceof IsolaneError)
    assert.ok(error instanceof Error)
    assert.equal(error.name, 'FunctionError')
    assert.equal(error.code, 'ERR_ISOLANE_FUNCTION')
    const { cause } = error
    assert.ok(cause instanceof TypeError)
    assert.equal(cause.name, 'TypeError')
    assert.equal(cause.message, 'outer')
    assert.equal(cause.code, 'E_ROOM')
    assert.deepEqual(cause.details, { room: 5 })
    assert.ok(cause.cause instanceof RangeError)
    assert.equal(cause.cause.message, 'inner')
    for (const { stack } of [cause, cause.cause]) {
      assert.match(stack, /isolane:/)
      assert.ok(!stack.includes(distDir) && !stack.includes('isolane/prelude'), stack)
    }
  })

  it('is told in the message: function, item, name and message', async () => {
    const error = await withPool(one, (pool) =>
      rejection(
        pool.map(range(5), function price(item) {
          if (item === 3) throw new RangeError('too dear')
        }),
      ),
    )
    assert.match(error.message, /price/)
    assert.match(error.message, /item 3/)
    assert.match(error.message, /RangeError: too dear/)
  })

  it('keeps the name of a class of its own', async () => {
    const error = await runs(() => {
      class RoomError extends Error {
        name = 'RoomError'
        code = 'E_ROOM'
      }
      throw new RoomError('no such room')
    })
    assert.equal(error.cause.name, 'RoomError')
    assert.equal(error.cause.message, 'no such room')
    assert.equal(error.cause.code, 'E_ROOM')
    assert.ok(error.cause instanceof Error)
  })

  it('keeps the errors of an AggregateError', async () => {
    const error = await runs(() => {
      throw new AggregateError([new Error('a'), new TypeError('b')], 'both')
    })
    assert.equal(error.cause.name, 'AggregateError')
    assert.deepEqual(
      error.cause.errors.map(({ message }) => message),
      ['a', 'b'],
    )
  })

  for (const thrown of ['text', 5, null, undefined, true, 7n, { code: 'E' }, ['list']]) {
    it(`may be no Error: ${typeof thrown} ${String(thrown)}`, async () => {
      const error = await runs((value) => {
        throw value
      }, thrown)
      assert.equal(error.code, 'ERR_ISOLANE_FUNCTION')
      assert.deepEqual(error.cause, thrown)
    })
  }

  it('is told as far as it can be when it cannot be carried', async () => {
    const withFunction = await runs(() => {
      throw Object.assign(new TypeError('has a function'), { retry() {}, code: 'E_RETRY' })
    })
    assert.equal(withFunction.code, 'ERR_ISOLANE_FUNCTION')
    assert.equal(withFunction.cause.name, 'TypeError')
    assert.equal(withFunction.cause.message, 'has a function')
    assert.equal(withFunction.cause.code, 'E_RETRY')
    const symbol = await runs(() => {
      throw Symbol('odd')
    })
    assert.equal(symbol.code, 'ERR_ISOLANE_FUNCTION')
    assert.match(symbol.cause.message, /Symbol\(odd\)/)
    const hostile = await runs(() => {
      throw {
        get message() {
          throw new Error('again')
        },
      }
    })
    assert.equal(hostile.code, 'ERR_ISOLANE_FUNCTION')
  })

  it('may be a stack overflow', async () => {
    const error = await runs(function deep() {
      return deep() + 1
    })
    assert.equal(error.cause.name, 'RangeError')
    assert.match(error.cause.message, /call stack/)
  })

  it('leaves the isolate usable', () =>
    withPool(one, async (pool) => {
      const overflow = function deep() {
        return deep() + 1
      }
      for (const _ of range(3)) {
        await rejection(pool.run(overflow))
        assert.equal(await pool.run((x) => x, 42), 42)
      }
      assert.deepEqual(
        pool.status().map(({ id }) => id),
        [0],
      )
    }))
})

describe('the stack of a thrown error', () => {
  const source = [
    'function outer(x) {',
    '  const inner = () => {',
    "    throw new Error('here')",
    '  }',
    '  return inner()',
    '}',
  ].join('\n')

  it("names the function's own lines and columns, and no frame of the library", async () => {
    const { cause } = await runs({ source, name: 'outer' })
    const frames = cause.stack.split('\n').filter((line) => line.trim().startsWith('at '))
    assert.equal(frames.length, 2, cause.stack)
    assert.match(frames[0], /inner.*isolane:outer:3:11/)
    assert.match(frames[1], /outer.*isolane:outer:5:10/)
  })

  it('does so for map, async functions and code from the cache of another isolate', () =>
    withPool({ threads: 2 }, async (pool) => {
      const later = { source: source.replace('function', 'async function'), name: 'later' }
      for (const _ of range(10)) {
        const [a, b] = await Promise.all([0, 1].map(() => rejection(pool.map([0], later))))
        for (const { cause } of [a, b]) assert.match(cause.stack, /isolane:later:3:11/)
      }
      const { cause } = await rejection(pool.map([1], later))
      assert.doesNotMatch(cause.stack, /prelude/)
    }))

  it('starts with the error, as stacks do', async () => {
    const { cause } = await runs({ source, name: 'outer' })
    assert.match(cause.stack, /^Error: here\n/)
  })

  it('keeps a message that names a path of the package', async () => {
    const paths = ['/data/isolane/prelude.json', '/srv/isolane/prelude:1:2', distDir]
    const { cause } = await runs((names) => {
      throw new Error(`cannot open\n${names.join('\n')}`)
    }, paths)
    assert.ok(cause.stack.startsWith(`Error: ${cause.message}\n    at `), cause.stack)
  })

  const oddNames = [
    'a/b',
    '../a',
    '/a',
    'a\\b',
    'a\nb',
    'a%2Fb',
    'a:1:2',
    'a?b#c',
    '(a)',
    'prelude',
  ]
  for (const name of oddNames) {
    it(`names the function as it is called: ${JSON.stringify(name)}`, () =>
      withPool(one, async (pool) => {
        const { cause } = await rejection(
          pool.run({ source: '() => {\n  throw new Error()\n}', name }),
        )
        assert.equal(cause.stack, `Error\n    at isolane:${name}:2:9`)
        const { line, column } = await rejection(
          pool.run({ source: '() => {\n  let let\n}', name }),
        )
        assert.deepEqual([line, column], [2, 7])
      }))
  }

  it('counts lines of a function as it stands in its file', async () => {
    const { cause } = await runs(function failing() {
      // line 2
      // line 3
      throw new Error('line 4')
    })
    assert.match(cause.stack, /isolane:failing:4:/)
  })
})

describe('a failing item', () => {
  it('rejects the map with its index', () =>
    withPool({ threads: 2 }, async (pool) => {
      for (const k of [0, 1, 57, 99]) {
        const fail = (item, _, { args }) => {
          if (item === args) throw new Error(`no ${item}`)
          return item
        }
        const error = await rejection(pool.map(range(100), fail, { args: k, chunkSize: 7 }))
        assert.equal(error.index, k)
        assert.equal(error.cause.message, `no ${k}`)
      }
    }))

  it('ends the other chunks: they free their workers', () =>
    withPool({ threads: 2 }, async (pool) => {
      const hangOrFail = (item) => {
        if (item === 0) for (;;);
        throw new Error('one')
      }
      const error = await rejection(pool.map([0, 1], hangOrFail, { chunkSize: 1 }))
      assert.equal(error.index, 1)
      await allIdle(pool)
      const spin = (item) => {
        const end = Date.now() + 2
        while (Date.now() < end);
        return item
      }
      assert.deepEqual(await pool.map(range(20), spin, { chunkSize: 1 }), range(20))
      assert.ok(pool.status().every(({ itemsDone }) => itemsDone > 0))
    }))

  it('keeps chunks that have not started from starting', () =>
    withPool(one, async (pool) => {
      const fail = (item) => {
        if (item === 0) throw new Error('first')
        return item
      }
      await rejection(pool.map(range(10_000), fail, { chunkSize: 1 }))
      const seen = []
      pool.on('log', ({ message }) => seen.push(message))
      const logged = (item, _, { log }) => {
        log(item)
        if (item === 0) throw new Error('first')
      }
      await rejection(pool.map(range(10_000), logged, { chunkSize: 1 }))
      await pool.run(() => {})
      assert.ok(seen.length < 10_000, `${seen.length} items ran`)
    }))

  it('leaves other calls alone', () =>
    withPool({ threads: 2 }, async (pool) => {
      const good = pool.map(range(2000), (item) => item * 2, { chunkSize: 10 })
      const bad = rejection(
        pool.map(range(2000), () => {
          throw new Error('bad')
        }),
      )
      assert.equal((await bad).cause.message, 'bad')
      assert.deepEqual(
        await good,
        range(2000).map((item) => item * 2),
      )
    }))
})

describe('source that does not compile', () => {
  const cases = {
    'a missing brace': ['(x) => {\n  return x\n', 3],
    'a stray token': ['(x) => {\n  const y = ]\n}', 2, 13],
    'a reserved word': ['(x) => {\n\n  let class = 1\n}', 3, 7],
    'text on the first line': ['(x) => x +* 2', 1, 11],
  }
  for (const [name, [source, line, column]] of Object.entries(cases)) {
    it(`${name}: SyntaxError with line and column`, async () => {
      const error = await runs({ source, name: 'broken' })
      assert.ok(error instanceof SyntaxError)
      assert.ok(error instanceof SourceError)
      assert.equal(error.code, 'ERR_ISOLANE_SOURCE')
      assert.equal(error.line, line)
      if (column === undefined) assert.ok(error.column >= 1)
      else assert.equal(error.column, column)
      assert.match(error.message, /broken/)
      assert.match(error.message, new RegExp(`line ${line}, column ${error.column}`))
    })
  }

  for (const source of ['', ' ', '1 + 1', '"text"', '{}', '/* only a comment */']) {
    it(`text that gives no function: ${JSON.stringify(source)}`, async () => {
      const error = await runs({ source })
      assert.ok(error instanceof SourceError)
      assert.equal(error.code, 'ERR_ISOLANE_SOURCE')
    })
  }

  for (const source of [
    '(x) => x); globalThis.injected = 1; (0',
    '(x) => x\n)\nglobalThis.injected = 1; (0',
    '(x) => x }); globalThis.injected = 1; ({',
    '(x) => x\n);} globalThis.injected = 1; function f() { (1',
  ]) {
    it(`text that closes what stands around it: ${JSON.stringify(source)}`, () =>
      withPool(one, async (pool) => {
        const error = await rejection(pool.run({ source }))
        assert.equal(error.code, 'ERR_ISOLANE_SOURCE')
        assert.equal(await pool.run(() => typeof globalThis.injected), 'undefined')
      }))
  }

  it('that throws while it is evaluated rejects with that error', async () => {
    const error = await runs({
      source: '(() => { throw new RangeError("early") })()',
      name: 'eager',
    })
    assert.equal(error.code, 'ERR_ISOLANE_FUNCTION')
    assert.equal(error.cause.name, 'RangeError')
    const typeError = await runs({ source: '(() => { throw new TypeError("early") })()' })
    assert.equal(typeError.code, 'ERR_ISOLANE_FUNCTION')
    assert.equal(typeError.cause.message, 'early')
  })

  it('leaves the isolate usable', () =>
    withPool(one, async (pool) => {
      await rejection(pool.run({ source: '(' }))
      assert.equal(await pool.run((x) => x, 1), 1)
    }))
})
