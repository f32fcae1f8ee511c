/** Source maps that are read, and those that cannot be. */
import assert from 'node:assert/strict'
import { createRequire, SourceMap as NodesMap } from 'node:module'
import { describe, it } from 'node:test'
import { transform } from 'esbuild'

const require = createRequire(import.meta.url)
const { Mappings } = require('../../npm/isolane/dist/source-maps/mappings.js')
const { readMap } = require('../../npm/isolane/dist/source-maps/inline.js')
const { sourceMapOf } = require('../../npm/isolane/dist/source-maps/source-map.js')

const HEAD = '//# sourceMappingURL=data:application/json;base64,'
const inline = (map) => `code()\n${HEAD}${Buffer.from(JSON.stringify(map)).toString('base64')}`
const segmentAt = (text, line, column) => Mappings.read(text)?.at(line, column)
const map = { version: 3, sources: ['a.ts'], mappings: 'AAAA' }

/** The same numbers each time. */
function random(seed) {
  let state = seed
  return (most) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * most)
  }
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
function number(value) {
  let bits = value < 0 ? (-value << 1) | 1 : value << 1
  let text = ''
  do {
    text += LETTERS[(bits & 31) | (bits > 31 ? 32 : 0)]
    bits >>>= 5
  } while (bits > 0)
  return text
}

/** Mappings of some lines, whose segments go forward. */
function mappings(below) {
  const last = [0, 0, 0, 0]
  const to = (place, value) => {
    const step = value - last[place]
    last[place] = value
    return number(step)
  }
  const lines = Array.from({ length: 1 + below(8) }, () => {
    let column = 0
    let before = 0
    return Array.from({ length: below(6) }, () => {
      column += 1 + below(40)
      const step = number(column - before)
      before = column
      const kind = below(2)
      const source = to(0, below(3)) + to(1, below(5000)) + to(2, below(300))
      return step + source + (kind === 1 ? to(3, below(2)) : '')
    }).join()
  })
  return lines.join(';')
}

describe('mappings', () => {
  it("give what Node's own class gives", () => {
    const below = random(7)
    let found = 0
    for (let round = 0; round < 500; round++) {
      const text = mappings(below)
      const nodes = new NodesMap({
        version: 3,
        sources: ['a', 'b', 'c'],
        names: ['x', 'y'],
        mappings: text,
      })
      for (let line = 0; line < 9; line++) {
        for (let column = 0; column < 200; column += 7) {
          const ours = segmentAt(text, line, column)
          const theirs = nodes.findEntry(line, column)
          // Node's goes back to lines before.
          const isThere = theirs.generatedLine === line && theirs.originalSource !== undefined
          const expected = isThere
            ? ['abc'.indexOf(theirs.originalSource), theirs.originalLine, theirs.originalColumn]
            : undefined
          assert.deepEqual(
            ours && [ours.source, ours.line, ours.column],
            expected,
            `${text} ${line}:${column}`,
          )
          if (isThere) found++
        }
      }
    }
    assert.ok(found > 1000)
  })

  it('have segments that came from no source', () => {
    // Columns 0, 4 and 8 of the first line, 2 of the second.
    const text = 'AAAA,I,IAAC;EAACA'
    const lines = [0, 3, 4, 7, 8, 99].map((column) => segmentAt(text, 0, column)?.column)
    assert.deepEqual(lines, [0, 0, undefined, undefined, 1, 1])
    assert.deepEqual(
      [1, 2].map((column) => segmentAt(text, 1, column)?.column),
      [undefined, 2],
    )
  })

  for (const [what, text] of [
    ['that are none', 'äöü'],
    ['with a number that does not end', 'AAAAg'],
    ['with one that is too long', `A${'g'.repeat(40)}A`],
    ['with two fields', 'AA'],
    ['with three fields', 'AAA'],
    ['with six fields', 'AAAAAA'],
    ['with a blank', 'AAAA ,AAAA'],
  ]) {
    it(`${what} give nothing`, () => assert.equal(segmentAt(text, 0, 5), undefined))
  }

  it('of any length are gone through once', () => {
    for (const text of [
      ';'.repeat(1e6),
      ','.repeat(1e6),
      'A,'.repeat(5e5),
      'g'.repeat(1e6),
      'AAAA,'.repeat(2e5),
    ]) {
      segmentAt(text, 1e9, 1e9)
      segmentAt(text, 0, 1e9)
    }
  })
})

describe('a map at the end of a text', () => {
  it('is found in all forms that compilers write', async () => {
    const json = JSON.stringify(map)
    const base64 = Buffer.from(json).toString('base64')
    for (const text of [
      `f()\n${HEAD}${base64}`,
      `f()\n${HEAD}${base64}\n`,
      `f()\r\n${HEAD}${base64}\r\n\r\n`,
      `f()\n//@ sourceMappingURL=data:application/json;charset=utf-8;base64,${base64}`,
      `f()\n//# sourceMappingURL=data:application/json,${encodeURIComponent(json)}\n// the end`,
      `f() ${HEAD}${base64}\n//# sourceURL=a.js`,
    ]) {
      assert.deepEqual(sourceMapOf(text).placeOf(1, 1), { file: 'a.ts', line: 1, column: 1 }, text)
    }
    const { code } = await transform('const a: number = 1', {
      loader: 'ts',
      sourcemap: 'inline',
      sourcefile: 'b.ts',
    })
    assert.deepEqual(sourceMapOf(code).placeOf(1, 1), { file: 'b.ts', line: 1, column: 1 })
  })

  for (const [what, text] of [
    ['of a file', 'f()\n//# sourceMappingURL=a.js.map'],
    ['of the web', 'f()\n//# sourceMappingURL=https://example.com/data:application/json,{}'],
    ['in a text', `f("${HEAD}e30=")`],
    ['with code behind it', `${inline(map)}\nf()`],
    ['without a comment', `f()\nsourceMappingURL=data:application/json;base64,e30=`],
    ['of another kind', 'f()\n//# sourceMappingURL=data:text/html,<p>'],
    [
      'that is no JSON',
      `f()\n${HEAD}e30`.replace('e30', Buffer.from('{"version":3').toString('base64')),
    ],
    ['that is no base64', `f()\n${HEAD}****`],
    ['with a broken escape', 'f()\n//# sourceMappingURL=data:application/json,%7B%'],
    ['that is empty', `f()\n${HEAD}`],
    ['that is null', inline(null)],
    ['that is a number', inline(3)],
    ['that is a list', inline([])],
    ['of another version', inline({ ...map, version: 2 })],
    ['without mappings', inline({ version: 3, sources: [] })],
    ['whose mappings are none', inline({ ...map, mappings: { length: 3 } })],
    ['without sources', inline({ version: 3, mappings: 'AAAA' })],
    ['whose sources are none', inline({ ...map, sources: { 0: 'a.ts' } })],
    ['of sections', inline({ version: 3, sections: [] })],
    ['that is too large', inline({ ...map, mappings: ';'.repeat((1 << 20) + 1) })],
    ['that is far too large', `f()\n${HEAD}${'A'.repeat(5 << 20)}`],
    [
      'that nests without end',
      `f()\n//# sourceMappingURL=data:application/json,${'['.repeat(1e6)}`,
    ],
  ]) {
    it(`is left alone ${what}`, () => assert.equal(sourceMapOf(text), undefined))
  }

  for (const [what, changes] of [
    ['a source that is no text', { sources: [{ toString: 1 }] }],
    ['no such source', { mappings: 'AgGAA' }],
    ['a source before the first', { mappings: 'ADAA' }],
    ['a line before the first', { mappings: 'AADA' }],
    ['a source whose name ends its line', { sources: ['a.ts\n    at forged (b.ts:1:1)'] }],
    ['a source whose name turns a text around', { sources: ['a\u202e.ts'] }],
    ['a source whose name is endless', { sources: ['a'.repeat(2000)] }],
    ['a folder whose name is endless', { sourceRoot: 'a'.repeat(1020) }],
    ['a folder whose name is far too long', { sourceRoot: 'a'.repeat(2000) }],
    ['a source without a name', { sources: [''] }],
  ]) {
    it(`gives no place with ${what}`, () =>
      assert.equal(sourceMapOf(inline({ ...map, ...changes }))?.placeOf(1, 1), undefined))
  }

  it('gives places or none, whatever has been done to it', () => {
    const below = random(11)
    let [places, none] = [0, 0]
    for (let round = 0; round < 3000; round++) {
      const sources = ['a.ts', 'b.ts', 'c.ts']
      const json = JSON.stringify({ version: 3, sources, mappings: mappings(below), names: [] })
      const at = below(json.length)
      const broken = json.slice(0, at) + 'AC,;"{}[]9-\\u\n'[below(14)] + json.slice(at + below(3))
      const url = encodeURIComponent(broken)
      const found = sourceMapOf(`f()\n//# sourceMappingURL=data:application/json,${url}`)
      for (let i = 0; i < 20; i++) {
        const place = found?.placeOf(1 + below(8), 1 + below(200))
        if (place === undefined) none++
        else {
          places++
          assert.match(place.file, /^[^\n]{1,1024}$/)
          assert.ok(Number.isInteger(place.line) && place.line > 0, broken)
          assert.ok(Number.isInteger(place.column) && place.column > 0, broken)
        }
      }
    }
    assert.ok(places > 1000 && none > 1000)
  })

  it('has its sources in a folder', () => {
    for (const sourceRoot of ['src', 'src/']) {
      const { file } = sourceMapOf(inline({ ...map, sourceRoot })).placeOf(1, 1)
      assert.equal(file, 'src/a.ts')
    }
    assert.equal(sourceMapOf(inline({ ...map, sourceRoot: null })).placeOf(1, 1).file, 'a.ts')
  })

  it('may have texts of sources', () => {
    const own = sourceMapOf(inline({ ...map, sourcesContent: ['text'] }))
    assert.equal(own.contentAt(1, 1), 'text')
    assert.equal(own.contentAt(2, 1), undefined)
    assert.equal(sourceMapOf(inline(map)).contentAt(1, 1), undefined)
    for (const sourcesContent of [null, 1, { 0: 'x' }, [null], [{}]]) {
      assert.equal(sourceMapOf(inline({ ...map, sourcesContent })).contentAt(1, 1), undefined)
    }
  })

  it('is looked for in one pass', () => {
    for (const part of ['sourceMappingURL=', '//# sourceMappingURL=data:', '//', '\n', ' ']) {
      assert.equal(sourceMapOf(part.repeat(200_000)), undefined)
    }
    assert.equal(readMap(`data:application/json;charset=${'a-'.repeat(1e6)}`), undefined)
  })
})
