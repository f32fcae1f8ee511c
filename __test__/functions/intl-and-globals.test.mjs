import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { runInNewContext } from 'node:vm'
import { webGlobals } from '../globals/names.mjs'
import { onlyV8 } from '../support/engine.mjs'
import { rejection, withPool } from '../support/pools.mjs'
import { runScript } from '../support/processes.mjs'

const one = { threads: 1 }
const evaluate = (fn, arg) => withPool(one, (pool) => pool.run(fn, arg))

describe('Intl', () => {
  it('works on every isolate', () =>
    withPool({ threads: 3 }, async (pool) => {
      const when = (x) => {
        const end = Date.now() + 2
        while (Date.now() < end);
        return new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', dateStyle: 'long' }).format(x)
      }
      const dates = Array.from({ length: 30 }, (_, n) => n * 1000)
      assert.deepEqual(
        new Set(await pool.map(dates, when, { chunkSize: 1 })),
        new Set(['1 January 1970']),
      )
      assert.ok(pool.status().every(({ itemsDone }) => itemsDone > 0))
    }))

  const samples = {
    'numbers in German': [
      () => new Intl.NumberFormat('de-DE').format(1_234_567.891),
      '1.234.567,891',
    ],
    'money in Japanese': [
      () => new Intl.NumberFormat('ja-JP', { style: 'currency', currency: 'JPY' }).format(5000),
      '￥5,000',
    ],
    'dates in a time zone': [
      () =>
        new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Tokyo', dateStyle: 'short' }).format(
          Date.UTC(2024, 0, 1, 20),
        ),
      '2024-01-02',
    ],
    'sorting in Swedish': [
      () => ['ö', 'z', 'a'].toSorted(new Intl.Collator('sv').compare).join(''),
      'azö',
    ],
    'sorting in German': [
      () => ['ö', 'z', 'a'].toSorted(new Intl.Collator('de').compare).join(''),
      'aöz',
    ],
    'plurals in Arabic': [() => new Intl.PluralRules('ar').select(3), 'few'],
    'segments of a text': [
      () => [...new Intl.Segmenter('en', { granularity: 'grapheme' }).segment('a👩‍👧e')].length,
      3,
    ],
    lists: [() => new Intl.ListFormat('en').format(['a', 'b', 'c']), 'a, b, and c'],
    'relative times': [() => new Intl.RelativeTimeFormat('en').format(-1, 'day'), '1 day ago'],
    'names of regions': [
      () => new Intl.DisplayNames('fr', { type: 'region' }).of('DE'),
      'Allemagne',
    ],
    'case in Turkish': [() => 'i'.toLocaleUpperCase('tr'), 'İ'],
    'normal forms': [() => 'é'.normalize('NFC').length, 1],
    'properties of characters': [() => /^\p{Script=Greek}+$/u.test('αβγ'), true],
    'toLocaleString of a date': [
      () =>
        typeof new Date(0).toLocaleString('en-US', {
          timeZone: 'America/New_York',
          weekday: 'long',
        }),
      'string',
    ],
  }
  for (const [name, [fn, expected]] of Object.entries(samples)) {
    it(name, async () => assert.equal(await evaluate(fn), expected))
  }
})

describe('the local time zone and locale are those of the process', () => {
  const script = `
    import { Pool } from './__test__/support/engine.mjs'
    const local = () => [
      new Date(2024, 6, 1).getTime(),
      new Date(0).getTimezoneOffset(),
      new Date(2024, 0, 1).toString(),
      new Intl.DateTimeFormat().resolvedOptions().timeZone,
      (1234.5).toLocaleString(),
      new Intl.DateTimeFormat().resolvedOptions().locale,
    ]
    const pool = new Pool({ threads: 1 })
    console.log(JSON.stringify([local(), await pool.run(local)]))
  `
  for (const TZ of ['UTC', 'Asia/Tokyo', 'America/New_York']) {
    it(`time zone ${TZ}`, async () => {
      const { stdout } = await runScript(script, { env: { TZ } })
      const [host, isolate] = JSON.parse(stdout)
      assert.deepEqual(isolate.slice(0, 4), host.slice(0, 4))
    })
  }

  it('a time zone set by the program, before the pool is made', async () => {
    const set = `process.env.TZ = 'Asia/Kolkata'\n`
    const { stdout } = await runScript(set + script, { env: { TZ: 'UTC' } })
    const [host, isolate] = JSON.parse(stdout)
    assert.equal(host[1], -330)
    assert.deepEqual(isolate.slice(0, 4), host.slice(0, 4))
  })

  it('a time zone changed by the program, from the next call on', onlyV8, async () => {
    const { stdout, stderr } = await runScript(
      `import { Pool } from './__test__/support/engine.mjs'
      const local = () => [new Date(2024, 6, 1).toString(), new Intl.DateTimeFormat().resolvedOptions().timeZone]
      const pool = new Pool({ threads: 1 })
      const zones = []
      for (const zone of ['UTC', 'Asia/Tokyo', 'America/New_York', ':Europe/Paris', undefined, 'Asia/Tokyo']) {
        if (zone === undefined) delete process.env.TZ
        else process.env.TZ = zone
        zones.push({ host: local(), pool: await pool.run(local), other: await new Pool({ threads: 1 }).run(local) })
      }
      console.log(JSON.stringify(zones))
      process.exit(0)`,
      { env: { TZ: 'Asia/Kolkata' } },
    )
    const zones = JSON.parse(stdout || `"${stderr}"`)
    assert.equal(zones[1].host[1], 'Asia/Tokyo')
    for (const { host, pool, other } of zones) assert.deepEqual([pool, other], [host, host])
  })

  for (const LC_ALL of ['de_DE.UTF-8', 'en_US.UTF-8', 'C']) {
    it(`locale ${LC_ALL}`, async () => {
      const { stdout } = await runScript(script, { env: { LC_ALL } })
      const [host, isolate] = JSON.parse(stdout)
      assert.deepEqual(isolate.slice(4), host.slice(4))
    })
  }
})

describe('globals', () => {
  /** What Node adds to the language. */
  const language = new Set(runInNewContext('Object.getOwnPropertyNames(globalThis)'))
  const ofNode = Object.getOwnPropertyNames(globalThis).filter((name) => !language.has(name))
  const ofHosts = [
    'Deno',
    'Bun',
    'window',
    'require',
    'module',
    'exports',
    '__filename',
    '__dirname',
    'native',
  ]

  it('are those of the language: nothing of the host is reachable', onlyV8, async () => {
    const given = ['console', ...webGlobals]
    const names = [...new Set([...ofNode, ...ofHosts])].filter((name) => !given.includes(name))
    for (const name of ['process', 'Buffer', 'fetch', 'global']) assert.ok(names.includes(name))
    // oxlint-disable-next-line no-new-func -- looks names up, also those that are no properties
    const reachable = (names) =>
      names.filter((name) => new Function(`return typeof ${name}`)() !== 'undefined')
    assert.deepEqual(await evaluate(reachable, names), [])
  })

  it('are no more than the language has, console, and those of the web', onlyV8, async () => {
    const names = await evaluate(() => Object.getOwnPropertyNames(globalThis))
    const known = new Set([...language, 'console', ...webGlobals])
    const newer =
      /^(Iterator|Float16Array|SuppressedError|DisposableStack|AsyncDisposableStack|Temporal|[A-Z]\w+)$/
    assert.deepEqual(
      names.filter((name) => !known.has(name) && !newer.test(name)),
      [],
    )
  })

  it('lead nowhere through constructors', onlyV8, async () => {
    const search = (_, context) => {
      const roots = [
        context,
        context.log,
        context.shared,
        console,
        console.log,
        function () {},
        async () => {},
      ]
      const found = []
      for (const root of roots) {
        try {
          const { constructor } =
            typeof root === 'function' ? root : Object.getPrototypeOf(root).constructor
          found.push(constructor('return typeof process + typeof require')())
        } catch {}
      }
      return found.filter((text) => text !== 'undefinedundefined' && typeof text === 'string')
    }
    assert.deepEqual(await evaluate(search), [])
  })

  it('do not hold the library: context and log cannot be changed for the next call', () =>
    withPool(one, async (pool) => {
      const attack = (_, { log, shared }) => {
        const outcomes = [
          () => (log.info = () => {}),
          () => (log.extra = 1),
          () => (shared.extra = 1),
        ].map((change) => {
          try {
            change()
            return 'changed'
          } catch (error) {
            return error.name
          }
        })
        return outcomes
      }
      assert.deepEqual(await pool.run(attack), ['TypeError', 'TypeError', 'TypeError'])
      assert.equal(await pool.run((_, { shared }) => Object.keys(shared).length), 0)
    }))

  it('show no frame of the library to the function', async () => {
    const frames = await evaluate(() => {
      Error.prepareStackTrace = (_, sites) =>
        sites.map((site) => [typeof site.getThis(), typeof site.getFunction()])
      return new Error('x').stack
    })
    for (const frame of frames) assert.deepEqual(frame, ['undefined', 'undefined'])
  })

  for (const name of ['Intl', 'WebAssembly']) {
    it(`${name} is a property like the others, whether it has been read or not`, async () => {
      const look = (key) => {
        const { value, ...rest } = Object.getOwnPropertyDescriptor(globalThis, key)
        const read = globalThis[key]
        globalThis[key] = 1
        return [typeof value, value === read, rest, globalThis[key], delete globalThis[key]]
      }
      const rest = { writable: true, enumerable: false, configurable: true }
      assert.deepEqual(await evaluate(look, name), ['object', true, rest, 1, true])
    })
  }

  it('are charged for where a function has replaced built-ins first', onlyV8, () =>
    withPool({ threads: 1, memoryLimitMb: 64 }, async (pool) => {
      const attack = (_, __, kept = []) => {
        const nothing = () => {}
        Object.assign(globalThis, { WeakMap: nothing, Proxy: nothing, RangeError: nothing })
        Object.assign(Object, { defineProperty: nothing, getOwnPropertyDescriptor: nothing })
        Object.assign(Reflect, { construct: nothing, apply: nothing })
        Object.assign(Object.prototype, { get: nothing })
        Object.assign(Array.prototype, { [Symbol.iterator]: nothing })
        const { Memory } = WebAssembly
        for (;;) kept.push(new Memory({ initial: 100, maximum: 100 }))
      }
      const error = await rejection(pool.run(attack))
      assert.equal(error.code, 'ERR_ISOLANE_MEMORY_LIMIT')
      assert.equal(await pool.run(() => 42), 42)
    }),
  )

  for (const source of [
    "() => import('node:fs')",
    "() => import('data:text/javascript,1')",
    "async () => (await import('fs')).readFileSync",
  ]) {
    it(`${source} rejects`, onlyV8, async () => {
      const error = await withPool(one, (pool) => rejection(pool.run({ source })))
      assert.match(error.code, /^ERR_ISOLANE_(FUNCTION|SOURCE)$/)
    })
  }

  it('have a working language: WeakRef, Atomics, Proxy, BigInt, RegExp, generators, eval', async () => {
    const use = () => {
      const proxy = new Proxy({}, { get: (_, key) => key })
      function* numbers() {
        yield* [1, 2]
      }
      const words = new Int32Array(new SharedArrayBuffer(4))
      Atomics.add(words, 0, 5)
      return [
        proxy.key,
        2n ** 70n,
        [...numbers()],
        words[0],
        new WeakRef({ a: 1 }).deref().a,
        'a-b'.replace(/(?<first>\w)-/u, '$<first>+'),
        structuredCloneLike([1, [2]]),
      ]
      function structuredCloneLike(value) {
        return JSON.parse(JSON.stringify(value))
      }
    }
    assert.deepEqual(await evaluate(use), ['key', 2n ** 70n, [1, 2], 5, 1, 'a+b', [1, [2]]])
  })
})
