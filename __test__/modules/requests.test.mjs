/** What a text asks for is told without running it, and without what it asks for. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { moduleRequests } from 'isolane'

const specifiers = (source) => moduleRequests(source).requests.map(({ specifier }) => specifier)

describe('moduleRequests', () => {
  test('tells requests in the order of the text, their kinds and places', () => {
    const source = `const a = require('a')
      try { require('b') } catch {}
      require.resolve('c'); import('d')`
    assert.deepEqual(moduleRequests(source), {
      form: 'commonjs',
      requests: [
        { specifier: 'a', kind: 'require', line: 1, column: 11, optional: false },
        { specifier: 'b', kind: 'require', line: 2, column: 13, optional: true },
        { specifier: 'c', kind: 'resolve', line: 3, column: 7, optional: true },
        { specifier: 'd', kind: 'import()', line: 3, column: 29, optional: false },
      ],
      computes: false,
    })
    const kinds = moduleRequests("import 'a'; export * from 'b'").requests.map(({ kind }) => kind)
    assert.deepEqual(kinds, ['import', 'export'])
  })

  test('tells how a text is written', () => {
    for (const [source, form] of [
      ['(n) => n', 'function'],
      ['function named() {}', 'function'],
      ['module.exports = 1', 'commonjs'],
      ['', 'commonjs'],
      ['export default 1', 'module'],
    ]) {
      assert.equal(moduleRequests(source).form, form, source)
    }
  })

  test('finds no request where there is none, and says where names are computed', () => {
    const source = `// require('a')
      const text = "require('b')" + \`require('c')\` + /require('d')/
      const f = (require) => require('e')
      f.require('f')`
    assert.deepEqual(specifiers(source), [])
    assert.equal(moduleRequests("(n) => require('x' + n)").computes, true)
  })

  test('refuses what does not compile, nests too deep, or is no text', () => {
    const place = ({ code, line }) => [code, line]
    for (const [source, expected] of [
      ['\n(n) => {', ['ERR_ISOLANE_SOURCE', 2]],
      ['['.repeat(100_000), ['ERR_ISOLANE_SOURCE', 0]],
      [7, ['ERR_ISOLANE_INVALID_ARGUMENT', undefined]],
    ]) {
      assert.throws(
        () => moduleRequests(source),
        (error) => {
          assert.deepEqual(place(error), expected, error.message)
          return true
        },
      )
    }
  })
})
