/** Hosts freeze the built-ins, or add to them: calls give what they give elsewhere. */
import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { engine } from '../support/engine.mjs'
import { runScript } from '../support/processes.mjs'

const calls = `
  const pool = new Pool({ engine: '${engine}', threads: 1 })
  const logged = []
  pool.on('log', ({ message }) => logged.push(message))
  const got = []
  const attempt = async (call) => got.push(await call().catch(describe))
  function describe(error) {
    const { name, code, message, cause } = error
    return [name, code, message, cause?.name, cause?.message, cause?.extra, String(cause?.stack).split('\\n').length]
  }
  const collect = async (stream) => {
    const all = []
    for await (const value of stream) all.push(value)
    return all
  }
  const failing = (x) => {
    if (x === 2) throw Object.assign(new RangeError('no two'), { extra: 1 })
    return x
  }
  const rows = Array.from({ length: 3000 }, (_, n) => ({ n, text: 'row ' + n }))
  await attempt(() => pool.run((x) => [...x.map], { map: new Map([[1, new Date(5)]]) }))
  await attempt(async () => (await pool.map(rows, (x) => ({ a: x.n, b: x.text }))).slice(0, 3))
  await attempt(() => pool.map(Float64Array.of(1, 2), (x) => x + 1))
  await attempt(() => pool.filter([1, 2, 3], (x) => x > 1))
  await attempt(() => pool.reduce([1, 2, 3], { reduce: (a, b) => a + b }))
  await attempt(() => pool.forEach([1], (x) => console.log('line', x)))
  await attempt(() => pool.map([1, 2, 3], failing))
  await attempt(() => pool.map([1, 2, 3], failing, { onError: 'original', callId: 'named' }))
  await attempt(async () => {
    const { results, failures } = await pool.map([1, 2, 3], failing, { onError: 'settle' })
    return [results.map(({ status }) => status), failures.map(({ error }) => describe(error))]
  })
  await attempt(() => pool.run(() => () => 1))
  await attempt(() => pool.run((x) => x, () => 1))
  await attempt(() => pool.run((x) => x, 1, { timeout: -1 }))
  await attempt(() => pool.run({ source: 'x =>' }))
  await attempt(() => pool.run(() => missing))
  await attempt(() => pool.run(() => { for (;;); }, 0, { timeout: 30 }))
  await attempt(() => pool.run(() => { for (;;); }, 0, { signal: AbortSignal.timeout(30) }))
  await attempt(() => collect(pool.stream([1, 2, 3], (x) => x)))
  await attempt(() => collect(pool.stream([1, 2, 3], failing)))
  await attempt(async () => {
    const shared = await pool.share('rules', { list: [1, 2] })
    return pool.run((_, { shared }) => shared.rules.list, 0, { shared: [shared] })
  })
  await attempt(async () => {
    const published = await pool.publish('next', (x) => x + 1)
    return [await published.update((x) => x + 2), await pool.run('next', 1)]
  })
  await attempt(() => pool.run((x) => x.length, new Uint8Array(1 << 17)))
  await attempt(() => pool.map([1], (x) => ({ name: x, value: 2, get: 3, then: 4 })))
  await pool.close()
  process.stdout.write(JSON.stringify([got, logged]))
`

async function printed(setUp, flags = []) {
  const { code, stdout, stderr } = await runScript(
    `
    import { Pool } from 'isolane'
    ${setUp}
    ${calls}
  `,
    { flags },
  )
  assert.equal(code, 0, stderr)
  return JSON.parse(stdout)
}

const settings = {
  'frozen by --frozen-intrinsics': ['', ['--frozen-intrinsics']],
  'frozen after the package was loaded': [
    `
    const TypedArray = Object.getPrototypeOf(Uint8Array)
    for (const C of [
      Object, Array, Function, Error, TypeError, RangeError, SyntaxError, Promise, Map, Set, WeakMap,
      TypedArray, Uint8Array, Float64Array, ArrayBuffer, Date, RegExp, String, Number, Symbol, BigInt,
    ]) {
      Object.freeze(C)
      Object.freeze(C.prototype)
    }
    `,
  ],
  'with additions that for…in shows': [
    `
    for (const C of [Object, Array, String, Function, Number, Error, Promise, Map]) {
      C.prototype.addition = () => 1
      C.prototype.another = 1
    }
    `,
  ],
  'with accessors on Object.prototype': [
    `
    const names = ['signal', 'timeout', 'args', 'onError', 'toJSON', 'error', 'list', 'kind', 'ok',
      'stateful', 'tenant', 'shared', 'bytes', 'attachments', 'engine', 'reason', 'length']
    for (const name of names) {
      const get = () => undefined
      const set = function (value) {
        const own = { __proto__: null, value, writable: true, configurable: true, enumerable: true }
        Object.defineProperty(this, name, own)
      }
      Object.defineProperty(Object.prototype, name, { __proto__: null, configurable: true, get, set })
    }
    `,
  ],
  'with parts of descriptors on Object.prototype': [
    `
    for (const [name, value] of [['get', () => 7], ['enumerable', true], ['writable', true]]) {
      const own = { __proto__: null, value, writable: true, configurable: true }
      Object.defineProperty(Object.prototype, name, own)
    }
    `,
  ],
  'that make no code of text': ['', ['--disallow-code-generation-from-strings']],
}

describe('built-ins of the host', () => {
  let expected
  before(async () => (expected = await printed('')))

  for (const [how, [setUp, flags]] of Object.entries(settings)) {
    it(how, async () => assert.deepEqual(await printed(setUp, flags), expected))
  }
})
