import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { onlyV8 } from '../support/engine.mjs'
import { rejection, withPool } from '../support/pools.mjs'
import { SharedValue } from '../../npm/isolane/dist/values/shared.js'

const read = (item, index, { shared }) => shared.value

describe('a shared value that is JSON text', () => {
  it('is parsed by the isolates', () =>
    withPool({ threads: 2 }, async (pool) => {
      const value = { list: ['é', 1.5, null], __proto__: null }
      for (const text of [JSON.stringify(value), Buffer.from(JSON.stringify(value))]) {
        const shared = await pool.share('value', text, { from: 'json' })
        const [got] = await pool.map([1], read, { shared: [shared] })
        assert.deepEqual(got, { list: ['é', 1.5, null] })
        shared.dispose()
      }
      const lines = await pool.share('value', '1\n\n{"a":2}\r\n', { from: 'ndjson' })
      assert.deepEqual(await pool.map([1], read, { shared: [lines] }), [[1, { a: 2 }]])
    }))

  it('that is not JSON is refused, by update too, which leaves the value as it was', () =>
    withPool({ threads: 1 }, async (pool) => {
      const refused = await rejection(pool.share('value', '{"a": }', { from: 'json' }))
      const { code, line, column, offset } = refused
      assert.deepEqual([code, line, column, offset], ['ERR_ISOLANE_INVALID_JSON', 1, 7, 6])
      const shared = await pool.share('value', '[1]', { from: 'json' })
      const again = await rejection(shared.update('[1'))
      assert.equal(again.code, 'ERR_ISOLANE_INVALID_JSON')
      assert.deepEqual(await pool.map([0], read, { shared: [shared] }), [[1]])
      await shared.update('[2]')
      assert.deepEqual(await pool.map([0], read, { shared: [shared] }), [[2]])
      const wrong = await rejection(pool.share('value', { a: 1 }, { from: 'json' }))
      assert.equal(wrong.code, 'ERR_ISOLANE_INVALID_ARGUMENT')
    }))

  it('is checked however long a call may take', () =>
    withPool({ threads: 1, timeout: 1 }, async (pool) => {
      await pool.share('value', `[${'1.5,'.repeat(300_000)}1]`, { from: 'json' })
    }))

  // JSON.parse in a Node Worker that meets its limit ends the process.
  it('gives its name to what fails when it is checked', onlyV8, () =>
    withPool({ threads: 1, memoryLimitMb: 32 }, async (pool) => {
      const large = JSON.stringify(Array(64).fill('x'.repeat(1 << 20)))
      const { code, message } = await rejection(pool.share('value', large, { from: 'json' }))
      assert.equal(code, 'ERR_ISOLANE_MEMORY_LIMIT')
      assert.match(message, /^shared\.value /)
    }),
  )
})

describe('an update with text', () => {
  it('is seen when it has been checked, and not before', () =>
    withPool({ threads: 1 }, async (pool) => {
      const shared = await pool.share('value', '[1]', { from: 'json' })
      const get = async () => (await pool.map([0], read, { shared: [shared] }))[0]
      for (const text of ['[2', '[2]']) {
        const update = shared.update(text).catch(({ code }) => code)
        assert.deepEqual(await get(), [1])
        assert.equal(await update, text === '[2' ? 'ERR_ISOLANE_INVALID_JSON' : undefined)
      }
      assert.deepEqual(await get(), [2])
    }))

  /** Where checks end as the test says; what is withdrawn is told. */
  function host() {
    const checks = []
    const withdrawn = []
    let keys = 0
    const share = () => ++keys
    const verify = (value) =>
      new Promise((resolve, reject) => {
        checks.push({ key: value.keyFor(self), resolve, reject })
      })
    const self = { share, verify, withdraw: (key) => withdrawn.push(key) }
    return { host: self, checks, withdrawn }
  }
  async function shared() {
    const parts = host()
    const value = SharedValue.of(parts.host, 'value', '[1]', { from: 'json' })
    await turn()
    parts.checks.shift().resolve()
    return { ...parts, value: await value }
  }
  const turn = () => new Promise(setImmediate)

  for (const order of ['first', 'last']) {
    it(`that is valid stays where an earlier one is not, which is found out ${order}`, async () => {
      const { host, checks, withdrawn, value } = await shared()
      const bad = rejection(value.update('bad'))
      const good = value.update('[2]')
      await turn()
      const [one, other] = checks
      assert.deepEqual([one.key, other.key, value.keyFor(host)], [2, 3, 1])
      const ends = [() => one.reject(new Error('bad')), () => other.resolve()]
      for (const end of order === 'first' ? ends : ends.toReversed()) {
        end()
        await turn()
      }
      assert.equal((await bad).message, 'bad')
      await good
      assert.equal(value.keyFor(host), 3)
      assert.deepEqual(withdrawn.toSorted(), [1, 2])
    })
  }

  it('lets each key go once where the value is disposed of meanwhile', async () => {
    for (const fails of [true, false]) {
      const { checks, withdrawn, value } = await shared()
      const update = rejection(value.update('[2]'))
      await turn()
      value.dispose()
      const [{ resolve, reject }] = checks
      if (fails) reject(new Error('bad'))
      else resolve()
      const { message } = await update
      assert.match(message, fails ? /^bad$/ : /disposed of/)
      assert.deepEqual(withdrawn, [1, 2])
    }
  })
})
