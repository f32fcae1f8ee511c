/** `isolane functions`, as `npx` starts it. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, test } from 'node:test'

import { FunctionRegistry } from '@isolane/functions'
import { folder as folderStore } from '@isolane/functions/folder'

import { bin, isolane } from '../support/command.mjs'

const here = import.meta.dirname

async function inPlace(use) {
  const place = mkdtempSync(join(tmpdir(), 'isolane-command-'))
  const write = (name, text) => {
    mkdirSync(dirname(join(place, name)), { recursive: true })
    writeFileSync(join(place, name), text)
    return join(place, name)
  }
  const store = join(place, 'store')
  const on = (...words) => isolane([...words, '--store', store])
  try {
    await use({ place, write, store, on })
  } finally {
    rmSync(place, { recursive: true })
  }
}

describe('isolane functions', () => {
  test('publishes, tells, and rolls back', () =>
    inPlace(async ({ write, on }) => {
      const file = write('tax.txt', '(n) => n * 2')
      assert.deepEqual(await on('publish', 'lib/tax', file, '--tag', 'money', '--note', 'first'), {
        code: 0,
        stdout: 'lib/tax@1 is in force (revision 1)\n',
        stderr: '',
      })
      write('tax.txt', '(n) => n * 3')
      await on('publish', 'lib/tax', file, '--if-version', '1')
      const late = await on('publish', 'lib/tax', write('late.txt', '() => 0'), '--if-version', '1')
      assert.equal(late.code, 1)
      assert.match(late.stderr, /^isolane: 'lib\/tax' is at version 2, not 1/)
      assert.equal((await on('list')).stdout, 'lib/tax  version 2  revision 2  #money\n')
      assert.equal((await on('list', '--prefix', 'x')).stdout, '')
      assert.equal((await on('get', 'lib/tax')).stdout, '(n) => n * 3')
      assert.equal((await on('get', 'lib/tax@1')).stdout, '(n) => n * 2')
      assert.match(
        (await on('diff', 'lib/tax', '1', '2')).stdout,
        /^-\(n\) => n \* 2\n\+\(n\) => n \* 3$/m,
      )
      const back = await on('rollback', 'lib/tax', '--author', 'ana')
      assert.equal(back.stdout, 'lib/tax@1 is in force (revision 3)\n')
      assert.match(
        (await on('versions', 'lib/tax')).stdout,
        /^lib\/tax@2 .*\nlib\/tax@1 .*first\n$/,
      )
      const { stdout } = await on('history', '--json', '--limit', '1')
      const { revision, author } = JSON.parse(stdout)
      assert.deepEqual([revision, author], [3, 'ana'])
    }))

  test('checks without a change', () =>
    inPlace(async ({ write, on }) => {
      const good = await on('check', 'f', write('good.txt', '() => 1'))
      assert.deepEqual([good.code, good.stdout], [0, 'f could be published as version 1\n'])
      const bad = await on('check', 'f', write('bad.txt', '() => {'))
      assert.equal(bad.code, 1)
      assert.match(bad.stderr, /'f' does not compile/)
      assert.equal((await on('list')).stdout, '')
    }))

  test('judges what it publishes, and what is in force, by rules', () =>
    inPlace(async ({ write, on }) => {
      const noisy = write('noisy.txt', '() => {\n  debugger\n}')
      const published = await on('publish', 'noisy', noisy)
      assert.equal(published.code, 0)
      assert.match(published.stderr, /^isolane: warning: noisy:2:3 no-debugger: /)
      const bad = write('bad.txt', '() => eval("1")')
      const refused = await on('publish', 'bad', bad)
      assert.deepEqual([refused.code, refused.stdout], [1, ''])
      assert.match(refused.stderr, /'bad' fails its check: .*no-eval/)
      assert.equal((await on('publish', 'bad', bad, '--rules', 'none')).code, 0)
      const all = await on('check')
      assert.equal(all.code, 1)
      assert.match(all.stdout, /^bad@1:1:7  error  no-eval: .*\nnoisy@1:2:3  warn  no-debugger: /)
      assert.match(all.stdout, /\n1 of 2 would be refused\n$/)
      const some = await on('check', '--prefix', 'no', '--json')
      assert.equal(some.code, 0)
      const [{ name, fails }, last] = some.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
      assert.deepEqual([name, fails, last], ['noisy', false, { failing: 0, count: 1 }])
      assert.equal((await on('check', '--prefix', 'no', '--rules', 'strict')).code, 1)
    }))

  test('pushes a folder as one change, and pulls it', () =>
    inPlace(async ({ place, write, on }) => {
      const folder = join(place, 'functions')
      write('functions/a.js', "module.exports = () => require('@/lib/b')()")
      write('functions/lib/b.js', 'module.exports = () => 1')
      const unasked = await on('push', folder)
      assert.equal(unasked.code, 2)
      assert.equal(unasked.stdout, '+ a\n+ lib/b\n')
      assert.match(unasked.stderr, /pass --yes/)
      const pushed = await on('push', folder, '--yes')
      assert.deepEqual([pushed.code, pushed.stdout], [0, '+ a\n+ lib/b\n2 in force (revision 1)\n'])
      assert.equal((await on('push', folder)).stdout, 'Nothing has changed\n')
      write('functions/lib/b.js', 'module.exports = () => 2')
      rmSync(join(folder, 'a.js'))
      write('functions/c.js', '() => 3')
      const again = await on('push', folder, '--yes', '--remove')
      assert.equal(again.stdout, '+ c\n~ lib/b (version 1)\n- a\n3 in force (revision 2)\n')
      const copy = join(place, 'copy')
      assert.equal((await on('pull', copy)).stdout, 'c (version 1)\nlib/b (version 2)\n')
      assert.equal(readFileSync(join(copy, 'lib', 'b.js'), 'utf8'), 'module.exports = () => 2')
      assert.equal(existsSync(join(copy, 'a.js')), false)
      assert.equal((await on('pull', copy)).stdout, '')
      const file = join(copy, 'c.js')
      const within = await on('pull', file)
      assert.equal(within.code, 2)
      assert.match(
        within.stderr,
        /^isolane: 'c' cannot be written into .*c\.js: (EEXIST|ENOTDIR).*\n$/,
      )
    }))

  test('asks on a terminal whether a push is meant', () =>
    inPlace(async ({ place, write, store, on }) => {
      const folder = join(place, 'functions')
      write('functions/a.js', '() => 1')
      const preload = ['--require', write('terminal.cjs', 'process.stdin.isTTY = true')]
      const push = (stdin, ...words) =>
        isolane(['push', folder, '--store', store, ...words], { preload, stdin })
      const question = 'Publish these 1? [y/N] '
      const no = 'isolane: Nothing was changed\n'
      for (const [stdin, end] of [
        ['n\n', ''],
        ['\n', ''],
        ['yesterday\n', ''],
        // The end of the input.
        ['', '\n'],
      ]) {
        assert.deepEqual(await push(stdin), {
          code: 1,
          stdout: '+ a\n',
          stderr: `${question}${end}${no}`,
        })
      }
      // What is read by a program is asked nothing.
      const read = await push('y\n', '--json')
      assert.deepEqual([read.code, /pass --yes/.test(read.stderr)], [2, true])
      assert.equal((await on('list')).stdout, '')
      for (const [stdin, text] of [
        ['y\n', '() => 2'],
        ['YES\n', '() => 3'],
      ]) {
        write('functions/a.js', text)
        const pushed = await push(stdin)
        assert.deepEqual([pushed.code, pushed.stderr], [0, question])
        assert.match(pushed.stdout, /^[+~] a.*\n1 in force \(revision \d\)\n$/)
        assert.equal((await on('get', 'a')).stdout, text)
      }
      assert.equal((await push('')).stdout, 'Nothing has changed\n')
    }))

  test('pushes with a tag, and pulls what has it', () =>
    inPlace(async ({ place, write, on }) => {
      const folder = join(place, 'functions')
      write('functions/a.js', '(n) => n + 1')
      write('functions/b.js', '(n) => n + 2')
      await on('publish', 'b', write('b.txt', '(n) => n + 2'), '--tag', 'team')
      await on('publish', 'other', write('other.txt', '() => 0'))
      const pushed = await on('push', folder, '--tag', 'money', '--yes')
      assert.equal(pushed.stdout, '+ a\n~ b (version 1, tag)\n2 in force (revision 3)\n')
      assert.equal(
        (await on('list', '--tag', 'money')).stdout,
        'a  version 1  revision 3  #money\nb  version 1  revision 3  #team  #money\n',
      )
      assert.equal((await on('push', folder, '--tag', 'money')).stdout, 'Nothing has changed\n')
      const copy = join(place, 'copy')
      assert.equal(
        (await on('pull', copy, '--tag', 'money')).stdout,
        'a (version 1)\nb (version 1)\n',
      )
      assert.equal((await on('pull', copy, '--tag', 'none')).stdout, '')
      write('functions/a.js', '(n) => n + 3')
      rmSync(join(folder, 'b.js'))
      const again = await on('push', folder, '--tag', 'money', '--remove', '--yes')
      // What has not the tag is not this folder's to take away.
      assert.equal(again.stdout, '~ a (version 1)\n- b\n2 in force (revision 4)\n')
      assert.match((await on('list')).stdout, /^a .*#money\nother .*$/m)
      const empty = await on('push', folder, '--tag', '', '--yes')
      assert.deepEqual([empty.code, /tags must be/.test(empty.stderr)], [2, true], empty.stderr)
    }))

  test('a tag leaves a function what it requires by computed names', () =>
    inPlace(async ({ place, write, store, on }) => {
      const text = 'module.exports = (n) => require(`@/lib/${n}`)(n)'
      const registry = new FunctionRegistry(undefined, { store: folderStore(store), rules: false })
      await registry.ready
      await registry.publish('lib/a', '() => 1')
      await registry.publish('all', text, { requires: ['lib/a'] })
      await registry.close()
      write('functions/all.js', text)
      const pushed = await on('push', join(place, 'functions'), '--tag', 'money', '--yes')
      assert.equal(pushed.stdout, '~ all (version 1, tag)\n1 in force (revision 3)\n')
      const { stdout } = await on('get', 'all', '--json')
      const { version, requires, tags } = JSON.parse(stdout)
      assert.deepEqual([version, requires, tags], [1, { '@/lib/a': 'lib/a' }, ['money']])
    }))

  test('says which files a push leaves out, since no function can have their names', () =>
    inPlace(async ({ place, write, on }) => {
      for (const path of [
        'a.js',
        'v1.js/b.js',
        'a b.js',
        'my lib/c.js',
        'lib/-d.js',
        'README.md',
      ]) {
        write(`functions/${path}`, '() => 1')
      }
      for (const path of ['.hidden/e f.js', 'node_modules/g h.js']) write(`functions/${path}`, '')
      const pushed = await on('push', join(place, 'functions'), '--yes')
      assert.deepEqual(
        [pushed.code, pushed.stdout],
        [0, '+ a\n+ v1.js/b\n2 in force (revision 1)\n'],
      )
      assert.deepEqual(
        [
          ...pushed.stderr.matchAll(
            /^isolane: warning: '(.*)' is left out; a function has a name such as /gm,
          ),
        ].map(([, path]) => path),
        ['a b.js', 'lib/-d.js', 'my lib/c.js'],
      )
      const some = await on('push', join(place, 'functions'), '--prefix', 'a')
      assert.match(some.stderr, /^isolane: warning: 'a b\.js' is left out.*\n$/)
      write('other/a b.js', '')
      const misnamed = await on('push', join(place, 'other'))
      assert.equal(misnamed.code, 2)
      assert.match(
        misnamed.stderr,
        /holds no functions .*; no function can be named as 'a b\.js' is/,
      )
    }))

  test('gives a text to the letter, so that to publish it again changes nothing', () =>
    inPlace(async ({ write, on }) => {
      for (const text of ['(n) => n', '(n) => n\n', '\n(n) => n\r\n\n']) {
        await on('publish', 'f', write('f.txt', text))
        const { stdout } = await on('get', 'f')
        assert.equal(stdout, text)
        const again = await on('publish', 'f', write('again.txt', stdout), '--json')
        assert.equal(JSON.parse(again.stdout).created, false)
      }
    }))

  test('loads what it publishes, if it is told to', () =>
    inPlace(async ({ write, on }) => {
      const file = write('f.txt', 'throw new Error("no")')
      const { code, stderr } = await on('publish', 'f', file, '--load')
      assert.equal(code, 1)
      assert.match(stderr, /no/)
    }))

  test('calls a text afresh, and publishes nothing', () =>
    inPlace(async ({ write, on }) => {
      await on('publish', 'lib/tax', write('tax.js', 'module.exports = (n) => n * 2'))
      const source = write(
        'total.js',
        "const tax = require('@/lib/tax')\nmodule.exports = (n) => { console.warn('of %d', n); if (n < 0) throw new RangeError('below'); return { all: n + tax(n) } }",
      )
      const input = write('input.json', '3')
      const debugged = await on('debug', 'total', '--input', input, '--source', source)
      assert.deepEqual(debugged, {
        code: 0,
        stdout: '{ all: 9 }\n',
        stderr: 'WARN  of 3 (total@unsaved:2)\n',
      })
      assert.equal((await on('list')).stdout, 'lib/tax  version 1  revision 1\n')
      const published = await on('debug', 'lib/tax@1', '--input', input, '--json')
      const { data, version, trigger, logs } = JSON.parse(published.stdout)
      assert.deepEqual([data, version, trigger, logs], [6, 1, 'debug', []])
      const below = write('below.json', '-1')
      const failed = await on('debug', 'total', '--input', below, '--source', source)
      assert.deepEqual([failed.code, failed.stdout], [1, ''])
      assert.match(
        failed.stderr,
        /^WARN  of -1 \(total@unsaved:2\)\nRangeError: below\n[^]*total@unsaved:2[^]*\nisolane: .*below/,
      )
      const refused = await on('debug', 'x', '--source', write('x.js', '() => eval(1)'), '--json')
      assert.equal(refused.code, 1)
      const { code, error, diagnostics } = JSON.parse(refused.stdout)
      assert.deepEqual([code, diagnostics[0].rule], ['ERR_ISOLANE_CHECK_FAILED', 'no-eval'])
      assert.match(error.message, /no-eval/)
      for (const [words, message] of [
        [['--input', write('bad.json', '{')], /bad\.json is not JSON/],
        [['--input', join('no', 'such')], /ENOENT/],
        [['--input', '-', '--source', '-'], /cannot both be/],
        [['--timeout', '0'], /timeout must be .*got 0/],
      ]) {
        const wrong = await on('debug', 'lib/tax', ...words)
        assert.deepEqual([wrong.code, message.test(wrong.stderr)], [2, true], wrong.stderr)
      }
      assert.equal((await on('debug', 'lib/taxi')).code, 1)
    }))

  test('stops a text that never ends', () =>
    inPlace(async ({ write, on }) => {
      const source = write('loop.js', '() => { for (;;) {} }')
      const stopped = await on('debug', 'loop', '--source', source, '--timeout', '200', '--json')
      assert.equal(stopped.code, 1)
      assert.equal(JSON.parse(stopped.stdout).code, 'ERR_ISOLANE_TIMEOUT')
      assert.match(stopped.stderr, /isolane: .* its timeout of 200 ms/)
    }))

  test('says how it is used', () =>
    inPlace(async ({ on, place, write }) => {
      const { stdout } = await isolane(['--help'])
      const lines = stdout.split('\n')
      assert.ok(lines.length <= 25 && lines.every((line) => line.length <= 80), stdout)
      for (const [words, message] of [
        [[], /Usage/],
        [['lists'], /There is no command 'functions lists'/],
        [['list'], /Which store\?/],
        [['list', '--store', 'ftp://x'], /There is no store for ftp:/],
        [['get', '--store', place], /Use: isolane functions get NAME/],
        [['list', '--limit', 'x'], /--limit must be a number/],
        [['list', '--none'], /none/],
        [['check', 'f', '--store', place], /Use: isolane functions check NAME FILE/],
        [['list', '--rules', 'lax'], /--rules must be one of recommended, /],
        [
          ['list', '--limit', '3', '--store', place],
          /'list' has no option --limit; its options are --prefix, --tag, --store, --json, --help/,
        ],
        [['pull', place, '--remove', '--store', place], /'pull' has no option --remove/],
        [['publish', 'f', here, '--to', '1', '--store', place], /has no option --to;/],
        [['rollback', 'f', '--tag', 'x', '--store', place], /has no option --tag;/],
        [['check', 'f', 'f.js', '--prefix', 'x', '--store', place], /without NAME FILE/],
        [['get', 'a b', '--store', place], /must be a name such as .*got 'a b'/],
      ]) {
        const { code, stderr } = await isolane(words)
        assert.deepEqual([code, message.test(stderr)], [2, true], `${words}: ${stderr}`)
      }
      assert.equal((await on('get', 'none')).code, 1)
      const misnamed = await on('publish', 'a b', write('f.js', '() => 1'))
      assert.deepEqual([misnamed.code, /got 'a b'/.test(misnamed.stderr)], [2, true])
    }))

  test('tells changes as they come', () =>
    inPlace(async ({ write, on, store }) => {
      const words = [bin, 'functions', 'watch', '--store', store]
      const watching = spawn(process.execPath, words, {
        cwd: here,
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      try {
        const told = async () => String((await once(watching.stdout, 'data'))[0])
        assert.equal(await told(), '0  in force\n')
        const [line] = await Promise.all([told(), on('publish', 'f', write('f.txt', '() => 1'))])
        assert.equal(line, '1  published  f@1\n')
      } finally {
        watching.kill('SIGTERM')
        await once(watching, 'exit')
      }
    }))
})
