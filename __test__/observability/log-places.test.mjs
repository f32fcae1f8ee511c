/** Where a line was logged, and for which item. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { onlyV8, Pool } from '../support/engine.mjs'
import { withPool } from '../support/pools.mjs'

const one = { threads: 1 }

/** Entries of the lines that a call logs. */
async function logged(call, options = {}) {
  return withPool({ ...one, ...options }, async (pool) => {
    const entries = []
    await call(pool, (entry) => entries.push(entry)).catch(() => {})
    return entries
  })
}
const ofRun = (source, options, name = 'f') =>
  logged((pool, onLog) => pool.run({ source, name }, 1, { onLog }), options)
const short = ({ place }) => place && `${place.file}:${place.line}:${place.column}`

const all = `(n, context) => {
  const { log } = context
  for (const level of ['trace', 'debug', 'info', 'warn', 'error']) console[level](level)
  log('plain')
  log.warn('loud')
  console.log('plain')
  console.assert(false, 'wrong')
}`

describe('the place of a line', () => {
  it('is told of warnings and errors', async () => {
    const entries = await ofRun(all)
    assert.deepEqual(
      entries.map((entry) => [entry.message, short(entry)]),
      [
        ['trace', undefined],
        ['debug', undefined],
        ['info', undefined],
        ['warn', 'isolane:f:3:82'],
        ['error', 'isolane:f:3:82'],
        ['plain', undefined],
        ['loud', 'isolane:f:5:7'],
        ['plain', undefined],
        ['Assertion failed wrong', 'isolane:f:7:11'],
      ],
    )
  })

  it('is told of all lines of a fresh call, also while its modules are evaluated', () =>
    withPool({ ...one, logPlaces: false }, async (pool) => {
      const places = []
      const onLog = (entry) => places.push(short(entry))
      const main =
        "console.debug('entry')\nconst lib = require('./lib')\nmodule.exports = (n) => {\n  console.log(n)\n  lib()\n}"
      const lib = "console.trace('lib')\nmodule.exports = () => console.warn('called')"
      const fn = {
        entry: 'main',
        modules: [
          { id: 'main', source: main },
          { id: 'lib', source: lib },
        ],
      }
      await pool.run(fn, 1, { fresh: true, onLog })
      assert.deepEqual(places, ['main:1:9', 'lib:1:9', 'main:4:11', 'lib:2:32'])
      await pool.run(fn, 1, { onLog })
      assert.deepEqual(places.slice(4), [undefined, undefined, undefined, undefined])
    }))

  it('is told from the level on that logPlaces says', async () => {
    const withPlaces = async (logPlaces) => {
      const entries = await ofRun(all, { logPlaces })
      return entries.filter(({ place }) => place !== undefined).map(({ message }) => message)
    }
    assert.deepEqual(await withPlaces('error'), ['error', 'Assertion failed wrong'])
    assert.deepEqual(await withPlaces(false), [])
    assert.equal((await withPlaces('trace')).length, 9)
    assert.equal((await withPlaces('info')).length, 7)
  })

  for (const [what, source, place] of [
    [
      'in a helper',
      '() => {\n  const say = () => {\n    console.warn(1)\n  }\n  say()\n}',
      ':3:13',
    ],
    ['behind CRLF', '() => {\r\n\r\n  console.warn(1)\r\n}', ':3:11'],
    ['in an async function, late', 'async () => {\n  await null\n  console.warn(1)\n}', ':3:11'],
    ['under a built-in', '() => {\n  [1].forEach(console.warn)\n}', ':2:7'],
    [
      'in a getter of what is logged',
      '() => {\n  console.warn({ get a() { return 1 } })\n}',
      ':2:11',
    ],
    ['by a method that was taken off', '() => {\n  const { warn } = console\n  warn(1)\n}', ':3:3'],
    ['in code that was made of text', "() => {\n  eval('console.warn(1)')\n}", ':2:3'],
  ]) {
    it(`is that of the function's own code: ${what}`, async () => {
      const [entry] = await ofRun(source)
      assert.equal(short(entry), `isolane:f${place}`)
    })
  }

  it('names the module', () =>
    withPool(one, async (pool) => {
      const entries = []
      const modules = [
        { id: 'lib/say', source: 'exports.say = (text) => {\n  console.warn(text)\n}\n' },
        {
          id: 'main',
          source:
            "const { say } = require('lib/say')\nmodule.exports = () => { say(1); console.error(2) }",
        },
        {
          id: 'es',
          source: "import main from 'main'\nexport default () => {\n  main()\n  console.warn(3)\n}",
        },
      ]
      await pool.run({ entry: 'es', modules }, 1, { onLog: (entry) => entries.push(entry) })
      assert.deepEqual(entries.map(short), ['lib/say:2:11', 'main:2:42', 'es:4:11'])
    }))

  for (const [what, source] of [
    [
      'has no say in stacks',
      `() => { Error.prepareStackTrace = () => { throw 1 }; Error.stackTraceLimit = 0; Error.captureStackTrace = null; console.warn(1); }`,
    ],
    ['has frozen Error', '() => { Object.freeze(Error); console.warn(1) }'],
    ['has replaced Error', '() => { globalThis.Error = class {}; console.warn(1) }'],
  ]) {
    it(`costs no line of a function that ${what}`, async () => {
      const [entry, ...more] = await ofRun(source)
      assert.deepEqual([entry.message, more], ['1', []])
    })

    it(`is what it is for a function that ${what}`, onlyV8, async () => {
      const [{ place }] = await ofRun(source)
      assert.deepEqual([place.file, place.line], ['isolane:f', 1])
    })
  }

  it('leaves what functions have made of Error', async () => {
    const source = `() => {
      const mine = () => 'mine'
      Error.stackTraceLimit = 3
      console.warn(Object.hasOwn(Error, 'prepareStackTrace'))
      const before = Object.hasOwn(Error, 'prepareStackTrace')
      Error.prepareStackTrace = mine
      console.warn(1)
      return [before, Error.prepareStackTrace === mine, Error.stackTraceLimit, new Error('x').stack]
    }`
    await withPool({ ...one, console: false }, async (pool) => {
      const [, isMine, limit, stack] = await pool.run({ source })
      assert.deepEqual([isMine, limit, stack], [true, 3, 'mine'])
    })
  })

  it('is not told where no code of the function called the console', async () => {
    const entries = await ofRun(
      '() => new Promise((done) => Promise.resolve(1).then(console.warn).then(done))',
    )
    assert.deepEqual(
      entries.map(({ message, place }) => [message, place]),
      [['1', undefined]],
    )
  })

  it('counts as text that was logged', async () => {
    const source = '() => { for (let i = 0; i < 1000; i++) console.warn(1) }'
    const entries = await ofRun(source, { maxLogKb: 1 }, 'f'.repeat(300))
    assert.ok(entries.length < 10)
    assert.match(entries.at(-1).message, /truncated/)
  })

  it('is an option with levels', () => {
    for (const logPlaces of ['all', true, 1, null]) {
      assert.throws(() => new Pool({ ...one, logPlaces }), {
        code: 'ERR_ISOLANE_INVALID_ARGUMENT',
        message: /^logPlaces must be 'trace', .* or false; got/,
      })
    }
  })
})

describe('the item of a line', () => {
  const say = { source: '(n) => { console.log(n); return n }', name: 'say' }

  it('is its index in the whole input', async () => {
    const items = async (call) =>
      (await logged(call))
        .map(({ item, message }) => [item, Number(message)])
        .toSorted(([a], [b]) => a - b)
    const input = [10, 11, 12, 13, 14]
    const expected = input.map((n, index) => [index, n])
    assert.deepEqual(
      await items((pool, onLog) => pool.map(input, say, { onLog, chunkSize: 2 })),
      expected,
    )
    assert.deepEqual(await items((pool, onLog) => pool.filter(input, say, { onLog })), expected)
    assert.deepEqual(
      await items((pool, onLog) => pool.forEach(Float64Array.from(input), say, { onLog })),
      expected,
    )
    assert.deepEqual(
      await items((pool, onLog) => pool.map(JSON.stringify(input), say, { onLog, from: 'json' })),
      expected,
    )
    const streamed = await items(async (pool, onLog) => {
      for await (const _ of pool.stream(input, say, { onLog }));
    })
    assert.deepEqual(streamed, expected)
  })

  it('is told of those that fail too', async () => {
    const fail = { source: '(n) => { console.log(n); throw n }' }
    const entries = await logged((pool, onLog) =>
      pool.map([5, 6], fail, { onLog, onError: 'omit' }),
    )
    assert.deepEqual(
      entries.map(({ item }) => item),
      [0, 1],
    )
  })

  it('is none outside of items', async () => {
    const fold = { source: '(a, b) => { console.log(a); return a + b }' }
    for (const call of [
      (pool, onLog) => pool.run(say, 1, { onLog }),
      (pool, onLog) => pool.reduce([1, 2], { reduce: fold }, { onLog }),
    ]) {
      const entries = await logged(call)
      assert.ok(entries.length > 0)
      assert.ok(entries.every(({ item }) => item === undefined))
    }
  })

  it('is none once an async function has waited, since others have had their turn', async () => {
    const late = {
      source: 'async (n) => { console.log("first"); await null; console.log("then") }',
    }
    const entries = await logged((pool, onLog) => pool.map([1, 2], late, { onLog }))
    for (const { item, message } of entries) assert.equal(item === undefined, message === 'then')
  })

  it('is not that of a call before', () =>
    withPool(one, async (pool) => {
      const entries = []
      const endless = { source: '(n) => { console.log(n); for (;;); }', name: 'endless' }
      const onLog = (entry) => entries.push(entry)
      await pool.map([1], endless, { timeout: 50 }).catch(() => {})
      await pool.run({ source: "(() => { console.log('loading'); return () => {} })()" }, 1, {
        onLog,
      })
      assert.deepEqual(
        entries.map(({ item, message }) => [item, message]),
        [[undefined, 'loading']],
      )
    }))
})
