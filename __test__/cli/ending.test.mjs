/** Ends before the end: a user who interrupts, a reader who leaves. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { statSync } from 'node:fs'
import { describe, test } from 'node:test'

import { range, until } from '../support/pools.mjs'
import { Folder, ndjson } from './support.mjs'

const folder = new Folder()
/** More than a block of what streams through a pool. */
const LAST = 60_000
const values = range(LAST + 1).map((n) => `item ${n} ${'x'.repeat(40)}`)
const input = folder.write('in.ndjson', ndjson(values))
const fn = folder.write(
  'fn.mjs',
  `export default (text) => { if (text.startsWith('item ${LAST} ')) for (;;); return text }`,
)
const noSignals = { skip: process.platform === 'win32' && 'no signals' }

const temporary = () => folder.names().find((name) => name.endsWith('.tmp'))
const sizeOf = (name) => (name === undefined ? 0 : statSync(folder.at(name)).size)

describe('an interruption', noSignals, () => {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ]) {
    test(`by ${signal} keeps whole lines beside the output, while a function loops`, async () => {
      const { child, ended } = folder.start([fn, input, '-o', `${signal}.ndjson`])
      await until(() => sizeOf(temporary()) > 0, 'results are written')
      child.kill(signal)
      const result = await ended
      assert.deepEqual([result.code, result.signal], [code, null])
      assert.match(result.stderr, /^isolane: interrupted after \d+ items$/m)
      const kept = folder.read(`${signal}.ndjson.partial`)
      assert.ok(kept.endsWith('\n') && ndjson(values).startsWith(kept))
      assert.deepEqual([folder.has(`${signal}.ndjson`), temporary()], [false, undefined])
    })
  }

  test('closes an array that it keeps', async () => {
    const { child, ended } = folder.start([fn, input, '-o', 'array.json'])
    await until(() => sizeOf(temporary()) > 0, 'results are written')
    child.kill('SIGINT')
    assert.equal((await ended).code, 130)
    const kept = JSON.parse(folder.read('array.json.partial'))
    assert.deepEqual(kept, values.slice(0, kept.length))
  })

  test('keeps what is done of a short input, of which each item takes long', async () => {
    const slow = folder.write(
      'slow.mjs',
      `export default (n) => {
        const end = Date.now() + 5
        while (Date.now() < end || n === 1499);
        return n
      }`,
    )
    const numbers = range(500).map((n) => 1000 + n)
    const words = [slow, '-', '-o', 'slow.ndjson', '--threads', '1']
    const { child, ended } = folder.start(words, { stdin: ndjson(numbers) })
    await until(() => sizeOf(temporary()) > 100 * '1000\n'.length, 'results are written')
    child.kill('SIGINT')
    const { code, stderr } = await ended
    assert.equal(code, 130)
    const kept = folder.read('slow.ndjson.partial')
    assert.ok(ndjson(numbers).startsWith(kept))
    assert.match(stderr, new RegExp(`^isolane: interrupted after ${kept.length / 5} items$`, 'm'))
  })

  test('before there is anything keeps nothing', async () => {
    const words = [fn, '-', '-o', 'nothing.ndjson']
    const { child, ended } = folder.start(words, { stdin: ndjson([values.at(-1)]) })
    await until(temporary, 'the output is open')
    child.kill('SIGINT')
    assert.equal((await ended).code, 130)
    assert.deepEqual(
      folder.names().filter((name) => name.startsWith('nothing')),
      [],
    )
  })

  test('ends it also while nobody reads its output', async () => {
    const { child, ended } = folder.start([fn, input], { holds: true })
    await once(child.stdout, 'readable')
    child.kill('SIGINT')
    const { code, signal } = await ended
    assert.ok(code === 130 || signal === 'SIGINT', `${code} ${signal}`)
  })
})

test('a reader who leaves ends it, and hears nothing', async () => {
  const { child, ended } = folder.start([fn, input], { holds: true })
  await once(child.stdout, 'readable')
  child.stdout.destroy()
  const { code, stderr } = await ended
  assert.deepEqual([code, stderr], [0, ''])
})
