/** A package that is added to the checkout is in every list: in a copy of the scripts, with tools that note what they are told. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { pathToFileURL } from 'node:url'

import { root } from '../../scripts/lib/paths.mjs'

describe('a package that is new', () => {
  let checkout

  before(() => {
    checkout = join(mkdtempSync(join(tmpdir(), 'isolane-packages-')), 'checkout')
    const copied = ['package.json', 'Cargo.toml', 'Cargo.lock', 'package-lock.json', 'scripts']
    const needed = ['package.json', 'tsconfig.json', 'tsconfig.prelude.json'].map(inIsolane)
    for (const name of [...copied, ...needed]) {
      cpSync(join(root, name), join(checkout, name), { recursive: true })
    }
    write('npm/isolane/src/index.ts', '')
    // Before isolane by its name, after it by what it needs; and one that is not published.
    addPackage('npm/above', { dependencies: { isolane: '*' } })
    addPackage('examples/hello', { private: true, dependencies: { 'isolane-above': '*' } })
    // No package of users.
    write('npm/platforms/linux-x64-gnu/package.json', '{}')
  })

  after(() => rmSync(dirname(checkout), { recursive: true }))

  test('comes after those that it needs, and the platform packages are none', () => {
    assert.deepEqual(ask('lib/packages', 'packages().map(({ path }) => path)'), [
      'npm/isolane',
      'npm/above',
      'examples/hello',
    ])
  })

  test('is compiled, each project, in that order', () => {
    const told = join(dirname(checkout), 'compiled')
    write(
      'node_modules/typescript/bin/tsc',
      `require('node:fs').appendFileSync(${JSON.stringify(told)}, process.argv.at(-1) + '\\n')`,
    )
    ask('build', 'compile(() => {}).then(() => true)')
    assert.deepEqual(readFileSync(told, 'utf8').trim().split('\n'), [
      'npm/isolane/tsconfig.json',
      'npm/isolane/tsconfig.prelude.json',
      'npm/above/tsconfig.json',
      'examples/hello/tsconfig.json',
    ])
  })

  test('makes set-up install and build again', () => {
    const inputs = ask('setup', 'npmInputs()')
    for (const path of ['npm/isolane', 'npm/above', 'examples/hello']) {
      assert.ok(inputs.includes(`${path}/package.json`), path)
    }
    const sources = ask('build', 'packages().flatMap(sourcesOf)', 'lib/packages')
    for (const path of ['npm/isolane/src', 'npm/above/src', 'examples/hello/src']) {
      assert.ok(sources.includes(path), path)
    }
  })

  test('is checked as its users get it, if they get it', () => {
    const titles = ask(
      'lint',
      'packages().flatMap(checksOf).map(([title]) => title)',
      'lib/packages',
    )
    assert.deepEqual(
      titles.filter((title) => !title.startsWith('isolane:')),
      [
        'isolane-above: types as a user sees them',
        'isolane-above: publint',
        'isolane-above: are the types wrong',
      ],
    )
  })

  test('is in the API reference, if it is published', () => {
    const { entryPoints } = ask('docs', 'options()')
    assert.deepEqual(
      entryPoints.map((path) => path.slice(checkout.length + 1)),
      ['npm/isolane', 'npm/above'],
    )
  })

  test('has its tests run, once', () => {
    const path = 'npm/above/test/greeting.test.mjs'
    const rounds = ask(
      'test/files',
      `[undefined, 'v8', 'node'].map((engine) => testFiles().filter((file) => file.path === '${path}' && file.isOf(engine)).length)`,
    )
    assert.deepEqual(rounds, [1, 0, 0])
  })

  function inIsolane(name) {
    return join('npm', 'isolane', name)
  }

  function addPackage(path, manifest) {
    const name = `isolane-${path.split('/')[1]}`
    write(`${path}/package.json`, JSON.stringify({ name, version: '0.1.0', ...manifest }))
    write(`${path}/tsconfig.json`, '{}')
    write(`${path}/src/index.ts`, '')
    if (manifest.private) return
    write(`${path}/test/greeting.test.mjs`, '')
    write(`${path}/test/types/tsconfig.json`, '{}')
  }

  function write(path, text) {
    const file = join(checkout, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }

  /** What an expression over the exports of scripts gives, there. */
  function ask(module, expression, ...more) {
    const urls = [module, ...more].map((name) =>
      JSON.stringify(pathToFileURL(join(checkout, 'scripts', `${name}.mjs`)).href),
    )
    const script = `
      const exported = Object.assign({}, ...(await Promise.all([${urls}].map((url) => import(url)))))
      const AsyncFunction = (async () => {}).constructor
      const names = Object.keys(exported)
      const value = await new AsyncFunction(...names, ${JSON.stringify(`return ${expression}`)})(...names.map((name) => exported[name]))
      console.log(JSON.stringify(value))`
    write('ask.mjs', script)
    const output = execFileSync(process.execPath, ['ask.mjs'], { cwd: checkout, encoding: 'utf8' })
    return JSON.parse(output.trim().split('\n').at(-1))
  }
})
