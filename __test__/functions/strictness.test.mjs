import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { rejection, withPool } from '../support/pools.mjs'

const one = { threads: 1 }

/** What follows `use` depends on the mode that it is written in. */
const bodies = {
  'writes to `arguments` are writes to parameters': 'arguments[0] = x * 2; return x',
  'writes to parameters are writes to `arguments`': 'x = 5; return arguments[0]',
  '`this` is the global object': 'return this === globalThis',
  'so it is in an inner function': 'return (function () { return typeof this })()',
  'a primitive `this` becomes an object': 'return typeof (function () { return this }).call(x)',
  'a function of a block is seen outside of it':
    'if (x) { function twice(n) { return n * 2 } } return typeof twice',
  'so is one of a switch': 'switch (x) { case 3: function twice() {} } return typeof twice',
  'variables of an eval are those of the function': 'eval("var y = 1"); return typeof y',
  'a name that nobody declared becomes a global one':
    'var sum = 0; for (i = 0; i < x; i++) sum += i; return sum',
  'a write to a frozen object does nothing': 'var o = Object.freeze({ n: 1 }); o.n = x; return o.n',
  'a write to a getter does nothing': 'var o = { get n() { return 1 } }; o.n = x; return o.n',
  'a write to a property of a primitive does nothing': 'x.n = 1; return x.n',
  'deleting what cannot be deleted gives false': 'return delete Object.freeze({ n: 1 }).n',
  'a function can ask for its arguments and its caller':
    'return (function f() { return [f.arguments.length, typeof f.caller] })(x).join()',
  'a function can call itself by `arguments.callee`': 'return x > 4 ? x : arguments.callee(x + 1)',
  'the name of a function expression is not written to':
    'return typeof (function f() { f = 1; return f })()',
}

/** What strict mode does not compile. */
const sloppyOnly = {
  with: 'with ({ two: 2 }) return x * two',
  'octal literals': 'return x + 010',
  'octal escapes': 'return "\\101"',
  'deleting a name': 'return delete x',
  'parameters of one name': 'return (function (a, a) { return a })(1, x)',
  'words that strict mode has reserved': 'var let = 1, static = x; return let + static',
  'a function in an if': 'if (x) function twice() {} return typeof twice',
}

const sloppy = { ...bodies, ...sloppyOnly }

/** What a body gives, or the kind of error. */
function outcome(fn) {
  try {
    return [3].map((x) => fn(x))[0]
  } catch (error) {
    return error.name
  } finally {
    // What sloppy functions leave behind here, and strict ones would find.
    delete globalThis.i
  }
}

async function outcomeIn(pool, fn) {
  return pool.map([3], fn).then(
    ([value]) => value,
    (error) => error.cause?.name ?? error.code,
  )
}

describe('a function gives what it gives where it was written', () => {
  it('in sloppy mode', () =>
    withPool(one, async (pool) => {
      for (const [name, body] of Object.entries(sloppy)) {
        const fn = new Function('x', body)
        assert.deepEqual(await outcomeIn(pool, fn), outcome(fn), name)
      }
    }))

  it('in strict mode', () =>
    withPool(one, async (pool) => {
      for (const [name, body] of Object.entries(bodies)) {
        for (const fn of [
          new Function('x', `'use strict'; ${body}`),
          new Function(`'use strict'; return function (x) { ${body} }`)(),
        ]) {
          assert.deepEqual(await outcomeIn(pool, fn), outcome(fn), name)
          assert.notDeepEqual(outcome(fn), outcome(new Function('x', body)), name)
        }
      }
    }))

  it('where nobody can tell the mode: an arrow, a method, an async function', () =>
    withPool(one, async (pool) => {
      const { arrow, method, later } = new Function(`return {
        arrow: (x) => { undeclared = x },
        method(x) { undeclared = x },
        later: async (x) => { undeclared = x },
      }`)()
      // Strict: what was not meant is an error, and what was meant can be said.
      for (const fn of [arrow, method, later]) {
        assert.equal(await outcomeIn(pool, fn), 'ReferenceError')
      }
      assert.deepEqual(await pool.map([3], new Function('return (x) => x + 010')()), [11])
    }))

  it('published, folded, filtered and in parts', () =>
    withPool(one, async (pool) => {
      const sum = new Function('a', 'b', 'total = a + b; return total')
      assert.equal(await pool.reduce([1, 2, 3], { reduce: sum }), 6)
      const isGlobal = new Function('return this === globalThis')
      assert.deepEqual(await pool.filter([1, 2], isGlobal), [1, 2])
      const published = await pool.publish('sum', isGlobal)
      assert.equal(await pool.run('sum'), true)
      await published.update({ source: isGlobal.toString(), strict: true })
      assert.equal(await pool.run('sum'), false)
    }))

  it('when the same text is there in both modes', () =>
    withPool(one, async (pool) => {
      const text = 'function (x) { return typeof this }'
      const inSloppy = new Function(`return ${text}`)()
      const inStrict = new Function(`'use strict'; return ${text}`)()
      for (let round = 0; round < 2; round++) {
        assert.deepEqual(await pool.map([1], inSloppy), ['object'])
        assert.deepEqual(await pool.map([1], inStrict), ['undefined'])
        assert.deepEqual(await pool.map([1], { source: text, strict: false }), ['object'])
        assert.deepEqual(await pool.map([1], { source: text, strict: true }), ['undefined'])
        assert.deepEqual(await pool.map([1], { source: text }), ['undefined'])
      }
    }))
})

describe('{ source, strict }', () => {
  const arrow = '(x) => { undeclared = x; return undeclared }'

  it('false: in sloppy mode, whatever the form', () =>
    withPool(one, async (pool) => {
      assert.equal(await pool.run({ source: arrow, strict: false }, 3), 3)
      const own = `function (x) { 'use strict'; undeclaredToo = x }`
      assert.equal(await outcomeIn(pool, { source: own, strict: false }), 'ReferenceError')
    }))

  it('true: in strict mode, and nothing that only sloppy mode compiles', () =>
    withPool(one, async (pool) => {
      assert.equal(await outcomeIn(pool, { source: arrow, strict: true }), 'ReferenceError')
      for (const [name, body] of Object.entries(sloppyOnly)) {
        const source = `function (x) { ${body} }`
        const error = await rejection(pool.run({ source, strict: true }, 3))
        assert.equal(error.code, 'ERR_ISOLANE_SOURCE', name)
        assert.equal(error.line, 1, name)
      }
    }))

  it('left out: in strict mode, but for what only sloppy mode compiles', () =>
    withPool(one, async (pool) => {
      for (const given of [{ source: arrow }, { source: arrow, strict: undefined }]) {
        assert.equal(await outcomeIn(pool, given), 'ReferenceError')
      }
      for (const [name, body] of Object.entries(sloppyOnly)) {
        const expected = outcome(new Function('x', body))
        const got = await outcomeIn(pool, { source: `function (x) { ${body} }` })
        assert.deepEqual(got, expected, name)
      }
    }))

  it('anything else is refused', () =>
    withPool(one, async (pool) => {
      for (const strict of [null, 0, 'sloppy', {}]) {
        const error = await rejection(pool.run({ source: arrow, strict }, 3))
        assert.equal(error.code, 'ERR_ISOLANE_INVALID_ARGUMENT')
        assert.match(error.message, /fn\.strict/)
      }
    }))
})

describe('a sloppy function', () => {
  it('sees none of the functions that call it', () =>
    withPool(one, async (pool) => {
      const callers = new Function(`
        var seen = []
        function look() { seen.push(String(look.caller === null)) }
        look.call(null)
        seen.push(String(arguments.callee.caller))
        return seen.join()`)
      assert.equal(await pool.run(callers), 'false,null')
    }))

  it('changes nothing of a shared value, and is told nothing of it', () =>
    withPool(one, async (pool) => {
      const rules = await pool.share('rules', { list: [1, 2], by: { a: 1 } })
      const write = new Function(
        'x',
        'context',
        `var rules = context.shared.rules
         rules.list[0] = x; rules.list.length = 0; delete rules.by.a; rules.by.b = x; rules.more = x
         with (rules) { list = x }
         try { rules.list.push(x) } catch (error) { rules.by = error }
         return JSON.stringify(rules)`,
      )
      const before = '{"list":[1,2],"by":{"a":1}}'
      assert.equal(await pool.run(write, 9, { shared: [rules] }), before)
      assert.equal(
        await pool.run((_, { shared }) => JSON.stringify(shared.rules), 0, { shared: [rules] }),
        before,
      )
    }))

  it('may read a shared value unfrozen, as a strict one', () =>
    withPool(one, async (pool) => {
      const shared = [await pool.share('rules', { list: [1] })]
      const isFrozen = new Function(
        'x',
        'context',
        'return Object.isFrozen(context.shared.rules.list)',
      )
      assert.equal(await pool.run(isFrozen, 0, { shared }), false)
      const isFrozenForWriter = new Function(
        'x',
        'context',
        'total = x; return Object.isFrozen(context.shared.rules.list)',
      )
      assert.equal(await pool.run(isFrozenForWriter, 0, { shared }), true)
    }))
})
