/** Items that fail: what --on-error makes of them, and how they are told. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { onlyNode } from '../support/engine.mjs'
import { range } from '../support/pools.mjs'
import { Folder, ndjson, parsed } from './support.mjs'

const folder = new Folder()
const source = `export default ({ n }) => {
  if (n === 3) throw new TypeError('three')
  if (n === 5) return { big: 5n }
  return n
}`
const fn = folder.write('some.mjs', source)
const lines = folder.write('in.ndjson', ndjson(range(8).map((n) => ({ n }))))
const array = folder.write('in.json', JSON.stringify(range(8).map((n) => ({ n }))))
const function3 = /some threw at item 3: TypeError: three/

describe('an item that fails', () => {
  test('stops it: what came before is on standard output, and the line is named', async () => {
    const { code, stdout, stderr } = await folder.map([fn, lines])
    assert.deepEqual([code, stdout], [6, '0\n1\n2\n'])
    assert.match(stderr, /^isolane: in\.ndjson, item 3 \(byte 24\): /)
    assert.match(stderr, function3)
    assert.match(stderr, /^ {2}hint: --on-error omit/m)
  })

  test('stops it: what came before is kept beside the output, which stays as it was', async () => {
    folder.write('out.ndjson', 'older')
    const { code, stderr } = await folder.map([fn, lines, '-o', 'out.ndjson'])
    assert.equal(code, 6)
    assert.match(stderr, /what was complete is in .*out\.ndjson\.partial/)
    assert.equal(folder.read('out.ndjson.partial'), '0\n1\n2\n')
    assert.equal(folder.read('out.ndjson'), 'older')
    assert.deepEqual(
      folder.names().filter((name) => name.endsWith('.tmp')),
      [],
    )
  })

  for (const into of ['ndjson', 'json']) {
    test(`stops it though nothing else comes, with ${into}`, async () => {
      const all = folder.write('all.mjs', `export default () => { throw new Error('all') }`)
      const words = [all, '-', '--from', 'ndjson', '--into', into]
      const { code, stderr } = await folder.map(words, { stdin: '1\n2\n', staysOpen: true })
      assert.equal(code, 6)
      assert.match(stderr, /standard input, item 0 \(byte 0\): .*all threw at item 0/)
    })
  }

  test('with omit is left out', async () => {
    const { code, stdout, stderr } = await folder.map([fn, lines, '--on-error', 'omit'])
    assert.deepEqual([code, stdout], [1, '0\n1\n2\n4\n6\n7\n'])
    assert.match(
      stderr,
      /^isolane: 2 of 8 items failed; the first is item 3 \(byte 24\): some threw/,
    )
    assert.match(stderr, /--failures FILE lists them/)
  })

  test('with original stays as it is in the input', async () => {
    const { code, stdout } = await folder.map([fn, '-', '--on-error', 'original'], {
      stdin: '{"n":1}\n  { "n" : 3 }\r\n{"n":4}\n',
    })
    assert.deepEqual([code, stdout], [1, '1\n{ "n" : 3 }\n4\n'])
  })

  test('with settle has its reason where its result would be', async () => {
    const { code, stdout } = await folder.map([fn, array, '--on-error', 'settle'])
    assert.equal(code, 1)
    const all = JSON.parse(stdout)
    assert.equal(all.length, 8)
    assert.deepEqual(all[2], { status: 'fulfilled', value: 2 })
    const { status, reason } = all[3]
    assert.equal(status, 'rejected')
    assert.deepEqual([reason.code, reason.name], ['ERR_ISOLANE_FUNCTION', 'FunctionError'])
    assert.match(reason.message, function3)
    assert.match(all[5].reason.message, /BigInt/)
  })

  test('is a line of --failures, with index and offset', async () => {
    folder.write('failed.ndjson', 'of an earlier run\n')
    const words = [fn, lines, '--on-error', 'omit', '--failures', 'failed.ndjson']
    const { code, stderr } = await folder.map(words)
    assert.equal(code, 1)
    assert.doesNotMatch(stderr, /hint/)
    const failures = parsed(folder.read('failed.ndjson'))
    assert.deepEqual(
      failures.map(({ index, offset }) => [index, offset]),
      [
        [3, 24],
        [5, 40],
      ],
    )
    assert.equal(failures[0].code, 'ERR_ISOLANE_FUNCTION')
    assert.match(failures[0].message, function3)
  })

  test('is a line of --failures also where it stops the rest', async () => {
    const { code } = await folder.map([fn, lines, '--failures', 'stopped.ndjson'])
    assert.equal(code, 6)
    assert.deepEqual(
      parsed(folder.read('stopped.ndjson')).map(({ index }) => index),
      [3],
    )
  })

  test('there is none: the file of failures is empty', async () => {
    const { code } = await folder.map([fn, '-', '--failures', 'empty.ndjson'], { stdin: '{"n":1}' })
    assert.deepEqual([code, folder.read('empty.ndjson')], [0, ''])
  })
})

describe('a line that is no JSON', () => {
  const stdin = '{"n":0}\n{"n":\n\n{"n":2} x\n{"n":4}\n'

  test('stops it, with its number', async () => {
    const { code, stdout, stderr } = await folder.map([fn], { stdin })
    assert.deepEqual([code, stdout], [6, '0\n'])
    assert.match(stderr, /^isolane: standard input, item 1 \(byte 8\): .*JSON.*line 2/)
  })

  test('is an item that fails, and those behind it keep their index', async () => {
    const words = [fn, '-', '--on-error', 'original', '--failures', 'no-json.ndjson']
    const { code, stdout } = await folder.map(words, { stdin })
    assert.deepEqual([code, stdout], [1, '0\n{"n":\n{"n":2} x\n4\n'])
    assert.deepEqual(
      parsed(folder.read('no-json.ndjson')).map(({ index, line, offset, code }) => [
        index,
        line,
        offset,
        code,
      ]),
      [
        [1, 2, 8, 'ERR_ISOLANE_INVALID_JSON'],
        [2, 4, 15, 'ERR_ISOLANE_INVALID_JSON'],
      ],
    )
  })

  test('may be all there is', async () => {
    const { code, stdout } = await folder.map([fn, '-', '--on-error', 'omit'], { stdin: 'a\nb\n' })
    assert.deepEqual([code, stdout], [1, ''])
  })

  test('may be no UTF-8', async () => {
    const stdin = Buffer.from([34, 0xff, 34, 10])
    const { code, stderr } = await folder.map([fn], { stdin })
    assert.equal(code, 6)
    assert.match(stderr, /UTF-8.*line 1/)
  })
})

describe('an input that is no array', () => {
  for (const [what, stdin, message] of [
    ['is cut off', '[{"n":1},{"n":', /JSON/],
    ['has something behind it', '[1] 2', /JSON/],
    ['is another value', '{"n":1}', /array/],
    ['is empty', '', /JSON/],
  ]) {
    test(`${what}: that is an error of the input`, async () => {
      const { code, stderr } = await folder.map([fn, '-', '--from', 'json'], { stdin })
      assert.equal(code, 4)
      assert.match(stderr, /^isolane: standard input: /)
      assert.match(stderr, message)
      assert.match(stderr, /hint: .*--from ndjson/)
    })
  }
})

describe('an item that never ends', () => {
  const fails = (what, statement, code, options) =>
    test(`such as ${what}, fails, and no other does`, options, async () => {
      const text = `export default (n) => { if (n === 1) { ${statement} } return n }`
      const words = [
        folder.write('slow.mjs', text),
        '-',
        '--on-error',
        'settle',
        '--timeout',
        '3000',
      ]
      const result = await folder.map(words, { stdin: '0\n1\n2\n' })
      assert.equal(result.code, 1)
      const [before, item, behind] = parsed(result.stdout)
      assert.deepEqual([before.value, behind.value, item.reason.code], [0, 2, code])
    })
  fails('a loop', 'for (;;);', 'ERR_ISOLANE_TIMEOUT')
  fails(
    'a promise that nothing can settle',
    'return new Promise(() => {})',
    'ERR_ISOLANE_NEVER_SETTLES',
  )
  fails(
    'a promise that waits',
    'return new Promise(() => setInterval(() => {}, 1000))',
    'ERR_ISOLANE_TIMEOUT',
    onlyNode,
  )

  test('and more memory than there may be fails its item', async () => {
    const greedy = folder.write(
      'greedy.mjs',
      `export default (n) => {
      const all = []
      while (n === 1) all.push(new Array(2e5).fill(n))
      return n
    }`,
    )
    const words = [greedy, '-', '--on-error', 'settle', '--memory', '32', '--threads', '1']
    const { code, stdout } = await folder.map(words, { stdin: '0\n1\n2\n' })
    assert.equal(code, 1)
    const [before, item, behind] = parsed(stdout)
    assert.deepEqual([before.value, behind.value], [0, 2])
    assert.equal(item.reason.code, 'ERR_ISOLANE_MEMORY_LIMIT')
  })
})
