/** What nobody can change is looked at once; what only looks so is looked at each time. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { withPool } from '../support/pools.mjs'

function frozen(text) {
  const modules = Object.freeze([
    Object.freeze({
      id: 'main',
      source: "module.exports = () => require('it')",
      imports: Object.freeze({ it: 'lib' }),
    }),
    Object.freeze({ id: 'lib', source: text }),
  ])
  return Object.freeze({ entry: 'main', modules })
}

describe('a function of modules that is frozen', () => {
  test('is the same each time, in every scope', () =>
    withPool({ threads: 1 }, async (pool) => {
      const [one, other] = [frozen('module.exports = 1'), frozen('module.exports = 2')]
      for (let i = 0; i < 3; i++) {
        assert.equal(await pool.run(one), 1)
        assert.equal(await pool.run(other), 2)
        assert.equal(await pool.run(one, 0, { stateful: true }), 1)
      }
    }))

  test('by its outside only, can be another each time', () =>
    withPool({ threads: 1 }, async (pool) => {
      const changing = (text) => {
        const module = { id: 'main', source: text }
        return { module, fn: Object.freeze({ entry: 'main', modules: Object.freeze([module]) }) }
      }
      const { module, fn } = changing('module.exports = () => 1')
      assert.equal(await pool.run(fn), 1)
      module.source = 'module.exports = () => 2'
      assert.equal(await pool.run(fn), 2)
      let text = 'module.exports = () => 3'
      const getter = Object.freeze({
        id: 'main',
        get source() {
          return text
        },
      })
      const lazy = Object.freeze({ entry: 'main', modules: Object.freeze([getter]) })
      assert.equal(await pool.run(lazy), 3)
      text = 'module.exports = () => 4'
      assert.equal(await pool.run(lazy), 4)
      const target = Object.freeze({ id: 'main', source: 'module.exports = () => 5' })
      const proxy = new Proxy(target, {})
      const veiled = Object.freeze({ entry: 'main', modules: Object.freeze([proxy]) })
      assert.equal(await pool.run(veiled), 5)
      assert.equal(await pool.run(veiled), 5)
    }))
})
