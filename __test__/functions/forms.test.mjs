import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { range, rejection, withPool } from '../support/pools.mjs'

const one = { threads: 1 }

/** Each doubles 21. Written in all forms whose text `toString()` gives. */
const methods = {
  method(x) {
    return x * 2
  },
  async asyncMethod(x) {
    return x * 2
  },
  'quoted name'(x) {
    return x * 2
  },
  12(x) {
    return x * 2
  },
  0x10(x) {
    return x * 2
  },
  async(x) {
    return x * 2
  },
  get(x) {
    return x * 2
  },
  set(x) {
    return x * 2
  },
  static(x) {
    return x * 2
  },
  function(x) {
    return x * 2
  },
  functional(x) {
    return x * 2
  },
  asynchronous(x) {
    return x * 2
  },
  classy(x) {
    return x * 2
  },
  async /* a comment */ commented(/* x) => */ x) {
    return x * 2
  },
  ünï$_1(x) {
    return x * 2
  },
  ''(x) {
    return x * 2
  },
}

class Doubler {
  static factor = 2
  static double(x) {
    return x * 2
  }
  static async doubleLater(x) {
    return x * 2
  }
  instance(x) {
    return x * 2
  }
}

/** Text that no formatter may touch. */
const fromText = (text) => new Function(`return (${text})`)()

const forms = {
  'an arrow': (x) => x * 2,
  'an arrow without parentheses': fromText('x => x * 2'),
  'an arrow with a body': (x) => {
    return x * 2
  },
  'an arrow that gives an object': (x) => ({ x }).x * 2,
  'an arrow that gives an arrow, called': (x) => ((y) => x + y)(x),
  'an arrow over lines with comments': fromText('/* a */ (x) /* b */ => // c\n  x * 2'),
  'an arrow of a parameter named async': fromText('async => async * 2'),
  'an arrow of a parameter named get': fromText('get => get * 2'),
  'an async arrow': async (x) => x * 2,
  'an async arrow without parentheses': fromText('async x => x * 2'),
  'an async arrow of a parameter named async': fromText('async async => async * 2'),
  'an async arrow with a gap before its parameters': fromText('async /* () */ (x) => x * 2'),
  'an anonymous function': (function () {
    return function (x) {
      return x * 2
    }
  })(),
  'a named function': function double(x) {
    return x * 2
  },
  'a function that calls itself by its name': function triangle(x) {
    return x > 21 ? x : x === 0 ? 42 : triangle(x - 1)
  },
  'an async function': async function (x) {
    return x * 2
  },
  'an async named function': async function double(x) {
    await Promise.resolve()
    return x * 2
  },
  'a function with default values': (x, _index, { args = 2 } = {}) => x * args,
  'a function that destructures': (x, ...[, { log }]) => (typeof log === 'function' ? x * 2 : 0),
  'a function with template literals and regular expressions': (x) =>
    Number(`${`${x * 2}`.replace(/[^}`]*\/\)=>/, '')}`),
  'a function with a directive': function (x) {
    'use strict'
    return this === undefined ? x * 2 : 0
  },
  'a sloppy function': fromText('function (x) { with ({ two: 2 }) return x * two }'),
  'a function with octal literals': fromText('(x) => x * 02'),
  'a constructor of the old kind': function Doubler(x) {
    return x * 2
  },
  'a function with Windows line ends': fromText(
    '(x) => {\r\n  // a comment\r\n  return x * 2\r\n}',
  ),
  'a function with a name that was changed': Object.defineProperty((x) => x * 2, 'name', {
    value: '](',
  }),
  'a method of a class': Doubler.prototype.instance,
  'a static method': Doubler.double,
  'a static async method': Doubler.doubleLater,
}
for (const [name, method] of Object.entries(methods))
  forms[`the method ${name || '(no name)'}`] = method

describe('functions in every form', () => {
  for (const [name, fn] of Object.entries(forms)) {
    it(name, () =>
      withPool(one, async (pool) => {
        assert.deepEqual(await pool.map([21], fn), [42])
      }),
    )
  }

  it('a method whose name was changed', () =>
    withPool(one, async (pool) => {
      const { method } = {
        method: (() =>
          ({
            double(x) {
              return x * 2
            },
          }).double)(),
      }
      Object.defineProperty(method, 'name', { value: 'other' })
      assert.deepEqual(await pool.map([21], method), [42])
    }))

  it('{ source }', () =>
    withPool(one, async (pool) => {
      assert.deepEqual(await pool.map([21], { source: '(x) => x * 2' }), [42])
      assert.deepEqual(
        await pool.map([21], { source: 'function (x) { return x * 2 }', name: 'd' }),
        [42],
      )
      assert.deepEqual(await pool.map([21], { source: '  // first\n(x) => x * 2 // last' }), [42])
    }))

  it('{ source } that builds the function by a call', () =>
    withPool(one, async (pool) => {
      const source = '(() => { const table = [2]; return (x) => x * table[0] })()'
      assert.deepEqual(await pool.map([21, 22], { source }), [42, 44])
    }))
})

describe('functions that cannot run elsewhere are refused with the reason', () => {
  class Private {
    #secret(x) {
      return x
    }
    async #later(x) {
      return x
    }
    static get methods() {
      return [new Private().#secret, new Private().#later]
    }
  }
  const accessor = Object.getOwnPropertyDescriptor(
    {
      get value() {
        return 1
      },
      set value(_) {},
    },
    'value',
  )
  const key = 'computed'
  const whoever = function () {
    return this
  }
  const refused = {
    'a native function': [Math.sqrt, /native or bound/],
    'a bound function': [whoever.bind(null), /native or bound/],
    'a bound function with a tricky name': [
      Object.defineProperty(whoever.bind(null), 'name', { value: 'x' }),
      /native or bound/,
    ],
    'a proxied function': [new Proxy((x) => x, {}), /is a Proxy/],
    'a proxied function that was revoked': [revoked((x) => x), /is a Proxy/],
    'a class': [
      class Room {
        beds = 2
      },
      /is a class/,
    ],
    'a class with a comment': [fromText('class/**/{}'), /is a class/],
    'a generator': [
      function* items() {
        yield 1
      },
      /generator/,
    ],
    'an async generator': [async function* () {}, /generator/],
    'a generator method': [{ *items() {} }.items, /generator/],
    'an async generator method': [{ async *items() {} }.items, /generator/],
    'a method with a computed name': [
      {
        [key](x) {
          return x
        },
      }[key],
      /computed name/,
    ],
    'a method named by a symbol': [
      {
        [Symbol.iterator](x) {
          return x
        },
      }[Symbol.iterator],
      /computed name/,
    ],
    'an async method with a computed name': [
      {
        async [key](x) {
          return x
        },
      }[key],
      /computed name/,
    ],
    'a private method': [Private.methods[0], /private method/],
    'an async private method': [Private.methods[1], /private method/],
    'a getter': [accessor.get, /getter or setter/],
    'a setter': [accessor.set, /getter or setter/],
  }
  for (const [name, [fn, reason]] of Object.entries(refused)) {
    it(name, () =>
      withPool(one, async (pool) => {
        const error = await rejection(pool.map([1], fn))
        assert.ok(error instanceof TypeError)
        assert.equal(error.code, 'ERR_ISOLANE_INVALID_ARGUMENT')
        assert.match(error.message, reason)
      }),
    )
  }
})

describe('a function', () => {
  it('that was seen is not read again', () =>
    withPool(one, async (pool) => {
      const double = (x) => x * 2
      const { toString } = Function.prototype
      let reads = 0
      // oxlint-disable-next-line no-extend-native -- counts how often the source is taken
      Function.prototype.toString = function () {
        if (this === double) reads++
        return Reflect.apply(toString, this, [])
      }
      try {
        await pool.map([1], double)
        await pool.map([1], double)
        await pool.run(double, 1)
      } finally {
        // oxlint-disable-next-line no-extend-native
        Function.prototype.toString = toString
      }
      assert.equal(reads, 1)
    }))

  it('is not found by its text: two with one text are two', () =>
    withPool(one, async (pool) => {
      const make = () => (x) => x * 2
      assert.deepEqual(await pool.map([1], make()), [2])
      assert.deepEqual(await pool.map([2], make()), [4])
    }))

  it('is one of any number: those that were dropped come back', () =>
    withPool(one, async (pool) => {
      const functions = range(600).map((n) => ({ source: `(x) => x + ${n}`, name: `add${n}` }))
      for (const round of [0, 1]) {
        const results = await Promise.all(functions.map((fn) => pool.run(fn, round)))
        assert.deepEqual(
          results,
          range(600).map((n) => n + round),
        )
      }
    }))

  it('is one of more than the host remembers', () =>
    withPool(one, async (pool) => {
      const results = await Promise.all(
        range(1500).map((n) => pool.run({ source: `() => ${n}`, name: 'constant' })),
      )
      assert.deepEqual(results, range(1500))
      assert.equal(await pool.run({ source: '() => 0', name: 'constant' }), 0)
    }))

  it('may be large', () =>
    withPool(one, async (pool) => {
      const source = `(x) => { ${range(20_000)
        .map((n) => `if (x === ${n}) return ${n * 2};`)
        .join('\n')} }`
      assert.equal(await pool.run({ source }, 19_999), 39_998)
    }))

  it('runs on every isolate', () =>
    withPool({ threads: 3 }, async (pool) => {
      const spin = (x) => {
        const end = Date.now() + 1
        while (Date.now() < end);
        return x * 2
      }
      assert.deepEqual(
        await pool.map(range(60), spin, { chunkSize: 1 }),
        range(60).map((x) => x * 2),
      )
    }))
})

function revoked(fn) {
  const { proxy, revoke } = Proxy.revocable(fn, {})
  revoke()
  return proxy
}
