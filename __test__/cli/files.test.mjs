/** Files that the command reads and writes, and what is wrong with some. */
import assert from 'node:assert/strict'
import {
  appendFileSync,
  chmodSync,
  lstatSync,
  mkdirSync,
  statSync,
  symlinkSync,
  truncateSync,
} from 'node:fs'
import { once } from 'node:events'
import { describe, test } from 'node:test'

import { range } from '../support/pools.mjs'
import { Folder, ndjson } from './support.mjs'

const folder = new Folder()
const fn = folder.write('fn.mjs', 'export default (n) => n')
const stdin = '1\n2\n'
const isWindows = process.platform === 'win32'

const temporaries = () => folder.names().filter((name) => name.endsWith('.tmp'))

/** Runs it, and sees that it says this and leaves nothing behind. */
async function refused(words, { code, message, ...options }) {
  const result = await folder.map(words, { stdin, ...options })
  assert.equal(result.code, code, result.stderr)
  assert.match(result.stderr, message)
  assert.deepEqual(temporaries(), [])
  return result
}

describe('the output', () => {
  test(
    'takes the place of a file, whose mode it keeps',
    { skip: isWindows && 'no modes' },
    async () => {
      chmodSync(folder.at(folder.write('mode.ndjson', 'older')), 0o640)
      const { code } = await folder.map([fn, '-', '-o', 'mode.ndjson'], { stdin })
      assert.deepEqual([code, folder.read('mode.ndjson')], [0, stdin])
      assert.equal(statSync(folder.at('mode.ndjson')).mode & 0o777, 0o640)
    },
  )

  test('goes to where a link leads', { skip: isWindows && 'links take a privilege' }, async () => {
    folder.write('real.ndjson', 'older')
    symlinkSync('real.ndjson', folder.at('link.ndjson'))
    const { code } = await folder.map([fn, '-', '-o', 'link.ndjson'], { stdin })
    assert.deepEqual([code, folder.read('real.ndjson')], [0, stdin])
    assert.ok(lstatSync(folder.at('link.ndjson')).isSymbolicLink())
  })

  test('goes into a device as it is', { skip: isWindows && 'no devices' }, async () => {
    const { code, stderr } = await folder.map([fn, '-', '-o', '/dev/null'], { stdin })
    assert.deepEqual([code, stderr], [0, ''])
  })

  test('may not be a folder, nor in one that is not there', async () => {
    mkdirSync(folder.at('folder'))
    await refused([fn, '-', '-o', 'folder'], {
      code: 5,
      message: /Cannot write folder: it is a folder/,
    })
    await refused([fn, '-', '-o', 'absent/out'], {
      code: 5,
      message: /Cannot write absent\/out: there is no such/,
    })
    await refused([fn, '-', '--failures', 'folder'], {
      code: 5,
      message: /Cannot write folder \(--failures\)/,
    })
  })

  const mayAll = process.getuid?.() === 0 || isWindows
  test(
    'may not be in a folder that is read-only',
    { skip: mayAll && 'this user may write anywhere' },
    async () => {
      mkdirSync(folder.at('locked'))
      chmodSync(folder.at('locked'), 0o555)
      await refused([fn, '-', '-o', 'locked/out'], {
        code: 5,
        message: /Cannot write locked\/out: permission denied/,
      })
    },
  )

  test('may not be the input, nor the list of failures', async () => {
    const same = folder.write('same.ndjson', stdin)
    await refused([fn, same, '-o', same], { code: 2, message: /are the same file/ })
    await refused([fn, same, '--failures', same], { code: 2, message: /are the same file/ })
    folder.write('list.ndjson', 'older')
    await refused([fn, same, '-o', 'list.ndjson', '--failures', 'list.ndjson'], {
      code: 2,
      message: /are the same file/,
    })
    assert.deepEqual([folder.read(same), folder.read('list.ndjson')], [stdin, 'older'])
  })

  test('may not be the function, nor a shared value; nor may the list of failures', async () => {
    const text = 'export default (n) => n'
    const [own, shared] = [folder.write('own.mjs', text), folder.write('shared.json', '[1]')]
    for (const name of [own, shared]) {
      for (const option of ['-o', '--failures']) {
        const words = [own, '-', '--share', `rules=${shared}`, option, name]
        await refused(words, { code: 2, message: /are the same file/, stdin })
      }
    }
    assert.deepEqual([folder.read(own), folder.read(shared)], [text, '[1]'])
  })

  test('may not fit: whole lines are kept', { skip: isWindows && 'no limit' }, async () => {
    const values = range(40_000).map((n) => 100_000 + n)
    const words = [fn, folder.write('many.ndjson', ndjson(values)), '-o', 'small.ndjson']
    const through = ['sh', '-c', 'ulimit -f 200; exec "$@"', 'sh']
    await refused(words, {
      code: 5,
      message: /Cannot write .*small\.ndjson: .*larger than is allowed/,
      through,
    })
    assert.ok(!folder.has('small.ndjson'))
    if (!folder.has('small.ndjson.partial')) return
    const kept = folder.read('small.ndjson.partial')
    assert.ok(ndjson(values).startsWith(kept) && kept.endsWith('\n'))
  })

  test(
    'may be a full device',
    { skip: process.platform !== 'linux' && 'only Linux has one' },
    async () => {
      await refused([fn, '-', '-o', '/dev/full'], {
        code: 5,
        message: /\/dev\/full: the disk is full/,
      })
      await refused([fn, '-', '--on-error', 'omit', '--failures', '/dev/full'], {
        code: 5,
        message: /\/dev\/full \(--failures\): the disk is full/,
        stdin: 'x\n',
      })
    },
  )
})

describe('the input', () => {
  test('may not be a folder, nor missing', async () => {
    mkdirSync(folder.at('inputs'))
    await refused([fn, 'inputs', '-o', 'out'], {
      code: 4,
      message: /Cannot read inputs: it is a folder/,
    })
    await refused([fn, 'absent', '-o', 'out'], {
      code: 4,
      message: /Cannot read absent: there is no such file/,
    })
    assert.ok(!folder.has('out'))
  })

  test('may be a file in the place of standard input', { skip: isWindows && 'no sh' }, async () => {
    folder.write('redirected.ndjson', stdin)
    const through = ['sh', '-c', 'exec "$@" < redirected.ndjson', 'sh']
    const { code, stdout } = await folder.map([fn], { through })
    assert.deepEqual([code, stdout], [0, stdin])
    await refused([fn, '-', '-o', 'redirected.ndjson'], {
      code: 2,
      message: /are the same file/,
      through,
    })
  })

  test('may be closed, as standard output may be', { skip: isWindows && 'no sh' }, async () => {
    const through = ['sh', '-c', 'exec "$@" <&- >&-', 'sh']
    const { code, stderr } = await folder.map([fn], { through })
    assert.deepEqual([code, stderr], [0, 'isolane: standard input is empty\n'])
  })

  for (const [what, change, message] of [
    [
      'shorter',
      (path) => truncateSync(path, 5000),
      /changed while it was read: it ended at byte \d+ of the \d+/,
    ],
    [
      'longer',
      (path) => appendFileSync(path, '1\n'),
      /changed while it was read: it grew from \d+ to \d+ bytes/,
    ],
  ]) {
    test(`may not become ${what} while it is read`, async () => {
      // Far more than is read before anybody takes results.
      const path = folder.at(
        folder.write('changing.ndjson', ndjson(Array(60_000).fill('x'.repeat(200)))),
      )
      const { child, ended, gather } = folder.start([fn, 'changing.ndjson', '--threads', '1'], {
        holds: true,
      })
      await once(child.stdout, 'readable')
      change(path)
      gather()
      const { code, stderr } = await ended
      assert.equal(code, 4)
      assert.match(stderr, message)
    })
  }

  test('of --share must be JSON that is there', async () => {
    folder.write('bad.json', '{')
    await refused([fn, '-', '--share', 'a=absent.json'], {
      code: 4,
      message: /Cannot read absent\.json \(--share\): there is no such/,
    })
    await refused([fn, '-', '--share', 'a=bad.json'], {
      code: 4,
      message: /bad\.json \(--share\): .*JSON/,
    })
  })
})
