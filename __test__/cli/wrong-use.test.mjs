/** Command lines that are wrong are refused in two lines, the second of which says what to do. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'

import { packageDir } from '../../scripts/lib/paths.mjs'
import { Folder } from './support.mjs'

const folder = new Folder()
const fn = folder.write('fn.mjs', 'export default (n) => n')
const { version } = JSON.parse(readFileSync(join(packageDir, 'package.json'), 'utf8'))

/** A preload with which the packages that bring commands of their own are not found. */
const WITHOUT_FUNCTIONS = `
  const Module = require('node:module')
  const resolve = Module._resolveFilename
  Module._resolveFilename = function (request, ...rest) {
    if (!request.startsWith('@isolane/')) return resolve.call(this, request, ...rest)
    throw Object.assign(new Error('Cannot find module'), { code: 'MODULE_NOT_FOUND' })
  }`

describe('a wrong command line', () => {
  for (const [words, message, hint] of [
    [['mpa', fn], "There is no command 'mpa'", 'Did you mean isolane map?'],
    [['frobnicate'], "There is no command 'frobnicate'", 'Commands: map, check, functions'],
    [['function'], "There is no command 'function'", 'Did you mean isolane functions?'],
    [['--thread'], "There is no option '--thread'", 'Commands: map'],
    [['map'], 'There is no function', 'isolane map FUNCTION [INPUT]'],
    [['map', fn, 'a', 'b'], 'There is one input too many: b', ''],
    [
      ['map', fn, '--onerror', 'omit'],
      "There is no option '--onerror'",
      'Did you mean --on-error?',
    ],
    [['map', fn, '--frobnicate'], "There is no option '--frobnicate'", 'isolane map --help'],
    [
      ['map', fn, '--on-error', 'origin'],
      "--on-error must be one of stop, original, omit, settle; got 'origin'",
      'Did you mean original?',
    ],
    [['map', fn, '--threads', '0'], "--threads must be an integer from 1 to 256; got '0'", ''],
    [['map', fn, '--threads', '1e1'], "--threads must be an integer from 1 to 256; got '1e1'", ''],
    [['map', fn, '--memory', '1'], "--memory must be an integer from 16 to 65536; got '1'", ''],
    [
      ['map', fn, '--timeout', 'soon'],
      "--timeout must be a number of milliseconds above 0; got 'soon'",
      '',
    ],
    [['map', fn, '--timeout'], "Option '--timeout <value>' argument missing", ''],
    [['map', fn, '--from', 'csv'], "--from must be one of json, ndjson; got 'csv'", ''],
    [
      ['map', fn, '--engine', 'v9'],
      "--engine must be one of auto, v8, node; got 'v9'",
      'Did you mean v8?',
    ],
    [
      ['map', fn, '--share', 'rules'],
      "--share must be NAME=FILE; got 'rules'",
      '--share rules=rules.json',
    ],
    [['map', fn, '--share', 'a=b', '--share', 'a=c'], "--share has two values named 'a'", ''],
    [['map', fn, '-o', ''], '--output is empty', ''],
  ]) {
    test(`isolane ${words.join(' ')}`, async () => {
      const { code, stdout, stderr } = await folder.run(words)
      assert.deepEqual([code, stdout], [2, ''])
      const [line, second, ...rest] = stderr.split('\n')
      assert.equal(line, `isolane: ${message}`)
      assert.ok(second.startsWith('  hint: ') && second.includes(hint), second)
      assert.deepEqual(rest, [''])
    })
  }

  test('is none at all', async () => {
    const { code, stdout, stderr } = await folder.run([])
    assert.deepEqual([code, stdout], [2, ''])
    assert.match(stderr, /^Usage: isolane COMMAND/)
  })
})

describe('what the command says of itself', () => {
  test('--help names every command', async () => {
    const { stdout } = await folder.run(['--help'])
    const names = [...stdout.matchAll(/^ {2}([a-z]+) {2,}/gm)].map(([, name]) => name)
    assert.deepEqual(names, ['map', 'check', 'functions'])
  })

  test('functions, where its package is not installed, which is told', async () => {
    const preload = folder.write('without.cjs', WITHOUT_FUNCTIONS)
    const env = { NODE_OPTIONS: `--require=${JSON.stringify(folder.at(preload))}` }
    const { code, stdout, stderr } = await folder.run(['functions', 'list'], { env })
    assert.deepEqual([code, stdout], [2, ''])
    assert.equal(
      stderr,
      "isolane: The command 'functions' is not installed\n  hint: npm install @isolane/functions\n",
    )
  })

  for (const words of [['--version'], ['map', '--version']]) {
    test(words.join(' '), async () => {
      const { code, stdout, stderr } = await folder.run(words)
      assert.deepEqual([code, stdout, stderr], [0, `${version}\n`, ''])
    })
  }

  for (const words of [['--help'], ['map', '--help'], ['map', fn, 'in', '-h']]) {
    test(`${words.join(' ')} fits a screen`, async () => {
      const { code, stdout, stderr } = await folder.run(words)
      assert.deepEqual([code, stderr], [0, ''])
      const lines = stdout.trimEnd().split('\n')
      assert.ok(lines.length < 24, `${lines.length} lines`)
      assert.ok(lines.every(({ length }) => length <= 80))
    })
  }
})
