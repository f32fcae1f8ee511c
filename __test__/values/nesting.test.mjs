import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { FunctionError } from 'isolane'
import { rejection, withPool } from '../support/pools.mjs'

const one = { threads: 1 }

/** Makers of nested values, for both sides. */
const makers = {
  objects: (levels) => {
    let value = {}
    for (let i = 1; i < levels; i++) value = { [`k${i % 50}`]: value }
    return value
  },
  arrays: (levels) => {
    let value = []
    for (let i = 1; i < levels; i++) value = [value]
    return value
  },
  Maps: (levels) => {
    let value = new Map()
    for (let i = 1; i < levels; i++) value = new Map([[1, value]])
    return value
  },
  'causes of errors': (levels) => {
    let value = new Error('innermost')
    for (let i = 1; i < levels; i++) value = new Error('outer', { cause: value })
    return value
  },
}

const tooDeep = (root) => (error) => {
  assert.equal(error.code, 'ERR_ISOLANE_NOT_CLONEABLE')
  assert.ok(error.path.startsWith(root), error.path)
  assert.match(error.message, /is nested deeper than 1000 levels; /)
  return true
}

describe('values nested deep', () => {
  for (const [name, make] of Object.entries(makers)) {
    it(`${name}: 990 levels cross both ways, more than 1000 are refused where they stand`, () =>
      withPool(one, async (pool) => {
        const same = (value) => value
        const fits = make(990)
        await pool.run(same, fits)
        await pool.map([fits], same, { args: fits })
        const shared = await pool.share('fits', fits)
        await pool.run((_, context) => context.shared.fits, 0, { shared: [shared] })
        for (const levels of [1001, 2000, 5000, 100_000]) {
          const value = make(levels)
          await assert.rejects(pool.run(same, value), tooDeep('argument'))
          await assert.rejects(pool.map([1, value], same), tooDeep('items[1]'))
          await assert.rejects(pool.map([1], same, { args: value }), tooDeep('args'))
          await assert.rejects(pool.share('deep', value), tooDeep('shared.deep'))
          await assert.rejects(pool.run(make, levels), tooDeep('result'))
          const outcome = await pool.map([1, levels, 3], make, { onError: 'settle', chunkSize: 3 })
          const states = outcome.results.map(({ status }) => status)
          assert.deepEqual(states, ['fulfilled', 'rejected', 'fulfilled'])
          tooDeep('result[1]')(outcome.failures[0].error)
        }
        assert.equal(await pool.run(same, 1), 1)
      }))
  }

  it('a thrown error whose causes go too deep comes as its text', () =>
    withPool(one, async (pool) => {
      const source = `(levels) => { throw (${makers['causes of errors']})(levels) }`
      assert.equal((await rejection(pool.run({ source }, 50))).cause.cause.message, 'outer')
      for (const levels of [1500, 20_000]) {
        const error = await rejection(pool.run({ source }, levels))
        assert.ok(error instanceof FunctionError)
        assert.deepEqual([error.cause.message, error.cause.cause], ['outer', undefined])
      }
    }))
})

describe('errors whose fields are no text', () => {
  const names = {
    'an object without prototype': 'Object.create(null)',
    'an object': '{}',
    'an array that holds itself': '(() => { const a = []; a.push(a); return a })()',
    'a symbol': 'Symbol()',
    undefined: 'undefined',
    'a number': '5',
  }
  for (const [what, name] of Object.entries(names)) {
    it(`a name that is ${what}`, () =>
      withPool(one, async (pool) => {
        const source = `(x) => { if (x === 2) throw Object.assign(new RangeError('wrong'), { name: ${name} }); return x }`
        const error = await rejection(pool.run({ source }, 2))
        assert.ok(error instanceof FunctionError)
        assert.match(error.message, /threw: \w+: wrong/)
        for (const onError of ['settle', 'omit', 'original', () => 0]) {
          const outcome = await pool.map([1, 2, 3], { source }, { onError })
          assert.deepEqual(
            outcome.failures.map(({ index, error: own }) => [index, own.code]),
            [[1, 'ERR_ISOLANE_FUNCTION']],
          )
        }
      }))
  }

  it('getters that throw', () =>
    withPool(one, async (pool) => {
      for (const field of ['name', 'message', 'stack', 'cause', 'errors', 'code', 'extra']) {
        const source = `(x) => {
          if (x !== 2) return x
          throw Object.defineProperty(new Error('wrong'), ${JSON.stringify(field)}, {
            enumerable: true,
            get() { throw Object.create(null) },
          })
        }`
        const { results } = await pool.map([1, 2, 3], { source }, { onError: 'settle' })
        assert.equal(results[1].reason.code, 'ERR_ISOLANE_FUNCTION', field)
        assert.deepEqual([results[0].value, results[2].value], [1, 3])
      }
    }))
})
