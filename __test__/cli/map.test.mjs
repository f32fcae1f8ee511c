/** `isolane map`: items in, results out. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { range } from '../support/pools.mjs'
import { Folder, ndjson, parsed } from './support.mjs'

const folder = new Folder()
const items = range(3000).map((n) => ({ n, text: `item ${n} é` }))
const double = folder.write(
  'double.mjs',
  'export default ({ n }, index) => ({ index, twice: n * 2 })',
)
const expected = items.map(({ n }, index) => ({ index, twice: n * 2 }))
const lines = folder.write('in.ndjson', ndjson(items))
const array = folder.write('in.json', JSON.stringify(items, null, 2))

describe('isolane map', () => {
  test('gives a line for each line, in their order, on standard output', async () => {
    const { code, stdout, stderr } = await folder.map([double, lines])
    assert.deepEqual([code, stderr], [0, ''])
    assert.equal(stdout, ndjson(expected))
  })

  test('gives an array for an array, and writes it to a file', async () => {
    const { code, stdout, stderr } = await folder.map([double, array, '-o', 'array.json'])
    assert.deepEqual([code, stdout, stderr], [0, '', ''])
    assert.equal(folder.read('array.json'), `${JSON.stringify(expected)}\n`)
  })

  for (const [what, stdin] of [
    ['lines', ndjson(items)],
    ['an array', JSON.stringify(items)],
  ]) {
    test(`takes ${what} from standard input, and knows them by the first byte`, async () => {
      const { code, stdout } = await folder.map([double], { stdin })
      const isArray = stdin.startsWith('[')
      assert.equal(code, 0)
      assert.deepEqual(isArray ? JSON.parse(stdout) : parsed(stdout), expected)
    })
  }

  test('reads and writes the formats that the options say', async () => {
    const stdin = '[1]\n[2, 3]\n'
    const count = folder.write('count.mjs', 'export default (list) => list.length')
    const { stdout } = await folder.map([count, '-', '--from', 'ndjson', '--into', 'json'], {
      stdin,
    })
    assert.equal(stdout, '[1,2]\n')
  })

  test('takes the format of the output from its extension', async () => {
    const { code } = await folder.map([double, lines, '-o', 'from-lines.json'])
    assert.equal(code, 0)
    assert.deepEqual(JSON.parse(folder.read('from-lines.json')), expected)
  })

  test('skips blank lines and a byte order mark, and takes CRLF and a last line without an end', async () => {
    const stdin = '\uFEFF{"n":1}\r\n\r\n  \n{"n":2}\n{"n":3}'
    const { code, stdout } = await folder.map([double, '-'], { stdin })
    assert.equal(code, 0)
    assert.deepEqual(
      parsed(stdout).map(({ index, twice }) => [index, twice]),
      [
        [0, 2],
        [1, 4],
        [2, 6],
      ],
    )
  })

  test('keeps lines whole that are longer than what is read at once', async () => {
    const long = 'ü'.repeat(1_500_000)
    const length = folder.write('length.mjs', 'export default (text) => text.length')
    const { code, stdout } = await folder.map([length, '-'], { stdin: ndjson([long, 'a', long]) })
    assert.deepEqual([code, stdout], [0, '1500000\n1\n1500000\n'])
  })

  test('writes null for undefined, and nothing else than what JSON.stringify gives', async () => {
    const source = `export default (n) => [undefined, { a: undefined, b: NaN }, new Date(0), 'line\\n\\u2028'][n]`
    const odd = folder.write('odd.mjs', source)
    const { stdout } = await folder.map([odd, '-'], { stdin: '0\n1\n2\n3\n' })
    assert.equal(stdout, 'null\n{"b":null}\n"1970-01-01T00:00:00.000Z"\n"line\\n\u2028"\n')
  })

  for (const [stdin, from, output] of [
    ['', 'ndjson', ''],
    ['[]', 'json', '[]\n'],
  ]) {
    test(`gives no results for no items of ${from}`, async () => {
      const { code, stdout } = await folder.map([double, '--from', from], { stdin })
      assert.deepEqual([code, stdout], [0, output])
    })
  }

  test('says that standard input was empty', async () => {
    const { code, stderr } = await folder.map([double])
    assert.deepEqual([code, stderr], [0, 'isolane: standard input is empty\n'])
  })

  test('shares values of files under their names', async () => {
    folder.write('rules.json', '{ "factor": 3 }')
    folder.write('offsets.json', '\uFEFF[7]')
    const source =
      'export default (n, _, { shared }) => n * shared.rules.factor + shared.offsets[0]'
    const priced = folder.write('priced.mjs', source)
    const words = [priced, '--share', 'rules=rules.json', '--share', 'offsets=offsets.json']
    const { code, stdout, stderr } = await folder.map(words, { stdin: '1\n2\n' })
    assert.deepEqual([code, stdout, stderr], [0, '10\n13\n', ''])
  })

  test('tells what a function logs on standard error', async () => {
    const loud = folder.write(
      'loud.mjs',
      `export default (n) => { console.log('got', n); console.debug('low'); return n }`,
    )
    const { stdout, stderr } = await folder.map([loud, '-'], { stdin: '5\n' })
    assert.equal(stdout, '5\n')
    assert.match(stderr, /^got 5$/m)
    assert.doesNotMatch(stderr, /low/)
    const verbose = await folder.map([loud, '-', '--verbose'], { stdin: '5\n' })
    assert.match(verbose.stderr, /^low$/m)
  })

  test('computes with as many threads, and as much memory, as it is told', async () => {
    const words = [double, lines, '--threads', '3', '--memory', '64', '--timeout', '60000']
    const { code, stdout } = await folder.map(words)
    assert.equal(code, 0)
    assert.equal(stdout, ndjson(expected))
  })
})
