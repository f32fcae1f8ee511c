/** The line that says how far the command has come. */
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { spawnSync } from 'node:child_process'
import { describe, test } from 'node:test'

import { distDir } from '../../scripts/lib/paths.mjs'
import { range } from '../support/pools.mjs'
import { Folder, bin, ndjson } from './support.mjs'

const { Progress, progressLine } = createRequire(import.meta.url)(
  join(distDir, 'cli', 'progress.js'),
)

const counts = { done: 12_345, bytes: 50e6, failed: 0 }

describe('the line of progress', () => {
  test('has items, bytes, share, rates and the time that is left', () => {
    assert.equal(
      progressLine(counts, 200e6, 10_000),
      '12,345 items, 50.0 of 200.0 MB (25 %), 5.0 MB/s, 1,235 items/s, 30 s left',
    )
  })

  test('has the time it took where nobody knows the size, and at the end', () => {
    assert.equal(
      progressLine({ ...counts, failed: 1234 }, undefined, 75_000),
      '12,345 items, 50.0 MB, 0.7 MB/s, 165 items/s, 1 min 15 s, 1,234 failed',
    )
    assert.match(progressLine(counts, 50e6, 3_723_000), /\(100 %\), .* 1 h 2 min$/)
  })

  test('is right before anything has come', () => {
    const none = { done: 0, bytes: 0, failed: 0 }
    assert.equal(
      progressLine(none, 10e6, 0),
      '0 items, 0.0 of 10.0 MB (0 %), 0.0 MB/s, 0 items/s, 1 s',
    )
  })
})

describe('progress', () => {
  const made = (options) => {
    let text = ''
    const stream = { write: (part) => (text += part), ...options.stream }
    const progress = new Progress({
      total: 200e6,
      quiet: false,
      clock: () => 10_000,
      ...options,
      stream,
    })
    progress.update(counts)
    return { progress, text: () => text }
  }

  test('renews one line on a terminal, within its width, and leaves the last one', () => {
    const { progress, text } = made({ stream: { isTTY: true, columns: 30 }, renews: true })
    progress.show()
    assert.equal(text(), '\r12,345 items, 50.0 of 200.0 M\u001b[K')
    progress.note('a word of the function')
    assert.ok(text().endsWith('\r\u001b[Ka word of the function\n'))
    progress.close(false)
    assert.ok(text().endsWith('M\u001b[K\n'))
  })

  test('writes lines elsewhere', () => {
    const { progress, text } = made({ stream: { isTTY: false } })
    progress.show()
    progress.note('a word')
    progress.close(false)
    assert.match(text(), /^12,345 items, [^\n\r]*\na word\n12,345 items, [^\n\r]*\n$/)
  })

  test('says nothing elsewhere of what was done at once', () => {
    const { progress, text } = made({ stream: { isTTY: false } })
    progress.close(false)
    assert.equal(text(), '')
  })

  test('is silent when it is told to be, but for what others say', () => {
    const { progress, text } = made({ stream: { isTTY: true }, quiet: true })
    progress.note('a word')
    progress.close(false)
    assert.equal(text(), 'a word\n')
  })
})

describe('on a terminal', { skip: terminalLacks() }, () => {
  const folder = new Folder()
  folder.write('fn.mjs', 'export default (n) => n')
  folder.write('in.ndjson', '1\n2\n')
  const onTerminal = (words, files = ['fn.mjs', 'in.ndjson']) => {
    const line = [process.execPath, bin, 'map', ...files, ...words].join(' ')
    const { stdout } = spawnSync('script', ['-qec', line, '/dev/null'], {
      cwd: folder.path,
      encoding: 'utf8',
      input: '',
    })
    return stdout
  }

  test('the last line says what was done', () => {
    const last = onTerminal(['-o', 'out.ndjson']).split('\r').at(-2)
    assert.match(last, /^2 items, 0\.0 of 0\.0 MB \(100 %\)/)
  })

  test('the line moves while a slow function goes through a short input', () => {
    folder.write(
      'slow.mjs',
      'export default (n) => { const end = Date.now() + 5; while (Date.now() < end); return n }',
    )
    folder.write('numbers.ndjson', ndjson(range(400)))
    const words = ['-o', 'out.ndjson', '--threads', '1']
    const lines = onTerminal(words, ['slow.mjs', 'numbers.ndjson']).split('\r')
    const done = lines.map((line) => Number(/^(\d+) items/.exec(line)?.[1]))
    assert.ok(
      done.some((items) => items > 0 && items < 400),
      lines.join('\n'),
    )
    assert.ok(lines.some((line) => / s left/.test(line)))
  })

  test('there is none beside results, nor with --quiet', () => {
    assert.equal(onTerminal([]), '1\r\n2\r\n')
    assert.equal(onTerminal(['-o', 'out.ndjson', '--quiet']), '')
  })
})

function terminalLacks() {
  const { status } = spawnSync('script', ['-qec', 'true', '/dev/null'], { stdio: 'ignore' })
  return status !== 0 && 'no script(1) of util-linux'
}
