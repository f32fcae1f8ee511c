/** `checkFiles`: which files patterns name, and what becomes of those that cannot be read. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { checkFiles } from 'isolane/check'

import { rejection } from '../support/pools.mjs'
import { bad, doubtful, folderWith, good } from './support.mjs'

const { path: cwd } = folderWith({
  'a.js': good,
  'b.mjs': 'export default (item) => item\n',
  'c.txt': 'no source',
  '.hidden.js': bad,
  'deep/d.js': bad,
  'deep/er/e.ts': 'export default (item: { n: number }): number => item.n\n',
  'deep/er/f [1].js': good,
  'node_modules/g/index.js': bad,
  '.git/h.js': bad,
})

const paths = async (patterns, options) =>
  (await checkFiles(patterns, { cwd, ...options })).map(({ path }) => path)

describe('patterns name', () => {
  for (const [patterns, expected] of [
    ['a.js', ['a.js']],
    [['a.js', 'a.js', './a.js', '*.js'], ['a.js']],
    ['*.js', ['a.js']],
    ['?.{js,mjs}', ['a.js', 'b.mjs']],
    ['[!a].mjs', ['b.mjs']],
    ['[a-b].*', ['a.js', 'b.mjs']],
    ['**/*.js', ['a.js', 'deep/d.js', 'deep/er/f [1].js']],
    ['deep/**', ['deep/d.js', 'deep/er/e.ts', 'deep/er/f [1].js']],
    ['deep/**/**/*.ts', ['deep/er/e.ts']],
    ['deep/er/f [1].js', ['deep/er/f [1].js']],
    ['*/d.js', ['deep/d.js']],
    ['**/{d,e}.{js,ts}', ['deep/d.js', 'deep/er/e.ts']],
    ['{a,{b,deep/d}}.{js,mjs}', ['a.js', 'b.mjs', 'deep/d.js']],
    ['.', ['a.js', 'b.mjs', 'deep/d.js', 'deep/er/e.ts', 'deep/er/f [1].js']],
    ['deep', ['deep/d.js', 'deep/er/e.ts', 'deep/er/f [1].js']],
    ['.*.js', ['.hidden.js']],
    ['.git/*', ['.git/h.js']],
    ['node_modules/**/*.js', ['node_modules/g/index.js']],
    ['deep/../a.js', ['a.js']],
    ['c.txt', ['c.txt']],
  ]) {
    test(JSON.stringify(patterns), async () => {
      assert.deepEqual(await paths(patterns), expected)
    })
  }

  test('absolute paths', async () => {
    assert.deepEqual(await paths(join(cwd, 'deep', '*.js')), ['deep/d.js'])
    assert.deepEqual(await paths(join(cwd, 'a.js')), ['a.js'])
  })

  test('what is not left out', async () => {
    assert.deepEqual(await paths('**', { ignore: ['deep', '*.txt'] }), ['a.js', 'b.mjs'])
    assert.deepEqual(await paths('**/*.js', { ignore: ['**/er/**'] }), ['a.js', 'deep/d.js'])
    assert.deepEqual(await paths('a.js', { ignore: ['*'] }), [])
  })

  for (const pattern of ['x.js', '*.py', 'deep/**/*.mjs', 'no/where', 'a.js/b.js', '[x].js']) {
    test(`nothing: ${pattern} is refused`, async () => {
      const error = await rejection(checkFiles(['a.js', pattern], { cwd }))
      assert.equal(error.code, 'ERR_ISOLANE_INVALID_ARGUMENT')
      assert.match(error.message, /^There is no file (that matches|or folder) '/)
      assert.ok(error.message.includes(`'${pattern}' in ${cwd}`), error.message)
    })
  }

  test('no sources in a folder: refused, also behind what could not be had', async () => {
    const { path } = folderWith({ 'empty/notes.txt': '', 'a.js': good })
    symlinkSync('nowhere', join(path, 'dangling.js'))
    for (const patterns of ['empty', ['a.js', 'empty'], ['dangling.js', 'empty']]) {
      const error = await rejection(checkFiles(patterns, { cwd: path }))
      assert.equal(error.code, 'ERR_ISOLANE_INVALID_ARGUMENT')
      assert.match(error.message, /^The folder 'empty' in .* has no sources: .*\.\{js,/)
    }
  })

  test('a link to what is not there has an error of its own', async () => {
    const { path } = folderWith({ 'a.js': good })
    symlinkSync('nowhere', join(path, 'dangling.js'))
    const [, { path: name, error }] = await checkFiles(['a.js', 'dangling.js'], { cwd: path })
    assert.deepEqual([name, error.message], ['dangling.js', 'It is a link to what is not there'])
  })

  test('at most a thousand by braces', async () => {
    const error = await rejection(checkFiles('{a,b}'.repeat(12), { cwd }))
    assert.match(error.message, /more than 1000 patterns/)
  })

  test('names that take any matcher long', async () => {
    const name = `${'a'.repeat(200)}.js`
    const { path } = folderWith({ [name]: good })
    const found = await checkFiles(`${'*a'.repeat(60)}*.js`, { cwd: path })
    assert.deepEqual(
      found.map((each) => each.path),
      [name],
    )
  })
})

describe('a report', () => {
  test('has findings and counts of its file', async () => {
    const [one, other] = await checkFiles(['deep/d.js', 'a.js'], { cwd })
    assert.deepEqual(one, {
      path: 'a.js',
      diagnostics: [],
      omitted: 0,
      errors: 0,
      warnings: 0,
      suppressed: 0,
    })
    assert.deepEqual([other.errors, other.warnings], [1, 0])
    assert.equal(other.diagnostics[0].filename, 'deep/d.js')
  })

  test('goes by the extension: ES module, CommonJS, TypeScript', async () => {
    const folder = folderWith({
      'a.mjs': 'export default (item) => item\n',
      'b.cjs': 'export default (item) => item\n',
      'c.mts': 'export default (item: number): number => item\n',
    })
    const rules = { extends: 'none', rules: {} }
    const found = await checkFiles('.', { cwd: folder.path, ...rules })
    assert.deepEqual(
      found.map(({ errors }) => errors),
      [0, 1, 0],
    )
  })

  test('says with explain what keeps shared values frozen', async () => {
    const [{ readOnly }] = await checkFiles('a.js', { cwd, explain: true })
    assert.equal(typeof readOnly.proven, 'boolean')
    assert.ok(Array.isArray(readOnly.findings))
  })
})

const posix = { skip: process.platform === 'win32' ? 'Windows has none of these' : false }

describe('what cannot be read', posix, () => {
  const isRoot = process.getuid?.() === 0
  const folder = folderWith({ 'a.js': bad, 'locked.js': good, 'shut/b.js': good, 'z.js': doubtful })
  chmodSync(folder.at('locked.js'), 0)
  chmodSync(folder.at('shut'), 0)

  test(
    'has an error in its report, and the others are judged',
    { skip: isRoot ? 'root may read all' : false },
    async () => {
      const found = await checkFiles('**/*.js', { cwd: folder.path })
      assert.deepEqual(
        found.map(({ path, errors, warnings, error }) => [path, errors, warnings, error?.code]),
        [
          ['a.js', 1, 0, undefined],
          ['locked.js', 0, 0, 'EACCES'],
          ['shut', 0, 0, 'EACCES'],
          ['z.js', 0, 1, undefined],
        ],
      )
    },
  )

  test('may be a pipe, which is not waited for', async () => {
    const { path } = folderWith({ 'a.js': good })
    execFileSync('mkfifo', [join(path, 'pipe.js')])
    const [{ error }] = await checkFiles('pipe.js', { cwd: path })
    assert.match(error.message, /no regular file/)
    // A pattern takes files only.
    assert.deepEqual(
      (await checkFiles('*.js', { cwd: path })).map((each) => each.path),
      ['a.js'],
    )
  })

  test('links that lead in circles, or nowhere, end', async () => {
    const { path } = folderWith({ 'in/a.js': good })
    symlinkSync('..', join(path, 'in', 'up'))
    symlinkSync('nowhere.js', join(path, 'in', 'b.js'))
    symlinkSync('c.js', join(path, 'in', 'c.js'))
    const found = await checkFiles('**/*.js', { cwd: path })
    assert.deepEqual(
      found.map((each) => each.path),
      ['in/a.js'],
    )
  })
})

test('bytes that are no UTF-8 are findings, or nothing, and no end', async () => {
  const { path } = folderWith({ 'a.js': Buffer.from([0xff, 0xfe, 0x28, 0x80, 0xc0]) })
  const [{ diagnostics }] = await checkFiles('a.js', { cwd: path })
  assert.equal(diagnostics[0].rule, 'syntax')
})

test('folders as deep as a path can be are gone through', async () => {
  const { path } = folderWith({})
  const deep = join(path, ...Array.from({ length: 300 }, () => 'd'))
  mkdirSync(deep, { recursive: true })
  symlinkSync(join(path), join(deep, 'link.js'))
  const error = await rejection(checkFiles('**/*.js', { cwd: path }))
  assert.match(error.message, /There is no file that matches/)
})
