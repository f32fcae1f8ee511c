/** The function of a file: which export, on which engine, and what is said when there is none. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { engine, onlyV8 } from '../support/engine.mjs'
import { Folder } from './support.mjs'

const folder = new Folder()
const stdin = '1\n2\n'

describe('the function of a file', () => {
  for (const [what, name, text, words = []] of [
    ['the default export', 'default.mjs', 'export default (n) => n + 1'],
    ['a named export', 'named.mjs', 'export const next = (n) => n + 1', ['--export', 'next']],
    ['module.exports', 'whole.cjs', 'module.exports = (n) => n + 1'],
    ['a property of exports', 'part.cjs', 'exports.next = (n) => n + 1', ['--export', 'next']],
    [
      'what a transpiler calls default',
      'made.cjs',
      'exports.__esModule = true; exports.default = (n) => n + 1',
    ],
    ['a method', 'method.mjs', 'export default { next(n) { return n + 1 } }.next'],
    ['an async function', 'async.mjs', 'export default async (n) => (await n) + 1'],
    [
      'a sloppy function',
      'sloppy.cjs',
      'module.exports = function (n) { total = n + 1; return total }',
    ],
    [
      'one that calls itself',
      'self.mjs',
      'export default function sum(n) { return n === 0 ? 1 : 1 + sum(n - 1) }',
    ],
  ]) {
    test(`is ${what}`, async () => {
      const file = folder.write(name, text)
      const { code, stdout, stderr } = await folder.map([file, ...words], { stdin })
      assert.deepEqual([code, stdout, stderr], [0, '2\n3\n', ''])
    })
  }

  for (const [what, name, text, message, words = []] of [
    ['is not there', undefined, '', /Cannot load absent\.mjs: there is no such file/],
    [
      'throws as it is loaded',
      'throws.mjs',
      `throw new Error('no licence')`,
      /throws\.mjs.*no licence/,
    ],
    ['does not parse', 'broken.mjs', 'export default (', /broken\.mjs.*Unexpected/],
    [
      'never finishes loading',
      'pending.mjs',
      'await new Promise(() => {})\nexport default (n) => n',
      /Cannot load pending\.mjs: .*(never finished|nothing is left)/,
    ],
    [
      'has no default export',
      'other.mjs',
      'export const a = 1, next = (n) => n',
      /has no default export; it has: a, next/,
    ],
    [
      'has no such export',
      'none.mjs',
      'export default 1',
      /has no export 'next'/,
      ['--export', 'next'],
    ],
    [
      'exports no function',
      'number.mjs',
      'export default 5',
      /default export of .*number\.mjs is no function but of type number/,
    ],
  ]) {
    test(`is refused where the module ${what}`, async () => {
      const file = name === undefined ? 'absent.mjs' : folder.write(name, text)
      const { code, stdout, stderr } = await folder.map([file, '-o', 'never', ...words], { stdin })
      assert.deepEqual([code, stdout], [3, ''])
      assert.match(stderr, message)
      assert.ok(!/^ {4}at /m.test(stderr), 'no stack')
      assert.ok(!folder.has('never'))
    })
  }

  test('has its stack told on demand', async () => {
    const file = folder.write('stack.mjs', `function fail() { throw new Error('here') }\nfail()`)
    const { stderr } = await folder.map([file, '--verbose'], { stdin })
    assert.match(stderr, /stack\.mjs:1/)
  })

  test('may leave timers behind in its module', async () => {
    const file = folder.write('timer.mjs', 'setInterval(() => {}, 1000); export default (n) => n')
    const { code, stdout } = await folder.map([file], { stdin })
    assert.deepEqual([code, stdout], [0, stdin])
  })
})

test('an error that nobody catches in the module ends it, and leaves no file', onlyV8, async () => {
  // The module knows nothing of the output: it waits for the file.
  const text = `
    import { readdirSync } from 'node:fs'
    const look = setInterval(() => {
      if (!readdirSync('.').some((name) => name.endsWith('.tmp'))) return
      clearInterval(look)
      throw new Error('late')
    }, 1)
    export default () => { for (;;); }`
  const file = folder.write('late.mjs', text)
  const { code, stderr } = await folder.map([file, '-', '-o', 'late.ndjson'], { stdin })
  assert.equal(code, 7)
  assert.match(stderr, /^isolane: Error: late$/m)
  assert.ok(!folder.names().some((name) => name.startsWith('late.ndjson')))
})

describe('the engine', () => {
  const run = (file, ...words) => folder.run(['map', file, ...words], { stdin })

  for (const [what, text, name] of [
    ['an import', `import { sep } from 'node:path'; export default (n) => n + sep.length`, 'sep'],
    ['a variable of its module', 'const step = 1; export default (n) => n + step', 'step'],
    ['what it was made with', 'const make = (by) => (n) => n + by; export default make(1)', 'by'],
    [
      'a global of Node',
      'export default (n) => n + Number(typeof process.pid === "number")',
      'process',
    ],
    [
      'an import of its own',
      `export default async (n) => n + (await import('node:path')).sep.length`,
      'import',
    ],
    [
      'what it spreads',
      'const base = [1]; export default (n) => [...base, n].reduce((a, b) => a + b)',
      'base',
    ],
    [
      'a variable between apostrophes of a template',
      "const step = 1; export default (n) => n + `it's ${step} isn't it`.length - 14",
      'step',
    ],
    [
      'a variable behind a regular expression with a quote',
      `const step = 1
       export default (n) => [String(n).replace(/"/g, ''), step, '"'].reduce((a, b) => a + (+b || 0), 0)`,
      'step',
    ],
    [
      'a variable behind a comment, as a key stands behind a comma',
      'const zero = 0; export default (n) => n < 0 ? // none,\n zero : n + 1',
      'zero',
    ],
    [
      'a variable behind a comment, as a property stands behind a dot',
      'const step = 1; export default (n) => n + ``.length + // more.\n step',
      'step',
    ],
  ]) {
    test(
      `of a function that uses ${what} is Node, in its module, which is said once`,
      onlyV8,
      async () => {
        const file = folder.write('outside.mjs', text)
        const { code, stdout, stderr } = await run(file)
        assert.deepEqual([code, stdout], [0, '2\n3\n'])
        assert.match(stderr, new RegExp(`^isolane: outside\\.mjs: .*'${name}'.*node engine.*\\n$`))
        const quiet = await run(file, '--quiet')
        assert.deepEqual([quiet.code, quiet.stdout, quiet.stderr], [0, '2\n3\n', ''])
      },
    )
  }

  test('of a function that uses globals of the web is v8', onlyV8, async () => {
    const text = `export default async (n) => {
      await new Promise((resolve) => setTimeout(resolve, performance.now() > 0 ? 1 : 2))
      const { length } = structuredClone([n, crypto.randomUUID()])
      const params = new URL('http://h/?n=' + n).searchParams
      return Number(params.get('n')) + new TextEncoder().encode(atob('YQ==')).length + length - 2
    }`
    const { code, stdout, stderr } = await run(folder.write('web.mjs', text))
    assert.deepEqual([code, stdout, stderr], [0, '2\n3\n', ''])
  })

  test('of a function that uses more of one than isolates have is Node', onlyV8, async () => {
    for (const [name, text] of [
      ['crypto', '(n) => n + (typeof crypto.subtle).length - 5'],
      ['crypto', '(n) => { const { subtle } = crypto; return n + (typeof subtle).length - 5 }'],
      ['performance', '(n) => n + Number(performance.mark("x") !== undefined)'],
    ]) {
      const { code, stdout, stderr } = await run(folder.write('more.mjs', `export default ${text}`))
      assert.deepEqual([code, stdout], [0, '2\n3\n'])
      assert.match(stderr, new RegExp(`'${name}'.*node engine`))
    }
  })

  test('of a function that is bound is Node', onlyV8, async () => {
    const text = 'export default ((by, n) => n + by).bind(undefined, 1)'
    const { code, stdout, stderr } = await run(folder.write('bound.mjs', text))
    assert.deepEqual([code, stdout], [0, '2\n3\n'])
    assert.match(stderr, /bound.*node engine/)
  })

  test('does not depend on names that are properties, keys, text or its own', async () => {
    const text = `
      export const process = 1, title = 2
      export default function fetch(n) {
        // the process and its title
        const own = { process: 'title', title: n }
        return own.title + own['process'].length - \`five\`.length
      }`
    const { code, stdout, stderr } = await run(folder.write('own.mjs', text))
    assert.deepEqual([code, stdout, stderr], [0, '2\n3\n', ''])
  })

  test('v8, asked for, says what a function lacks', onlyV8, async () => {
    const text = 'const step = 1; export default (n) => n + step'
    const { code, stderr } = await run(folder.write('step.mjs', text), '--engine', 'v8')
    assert.equal(code, 6)
    assert.match(stderr, /step is not defined.*cannot see 'step'/)
  })

  test('one that is named is taken', async () => {
    const text = 'module.exports = () => typeof globalThis.process'
    const { stdout } = await folder.map([folder.write('probe.cjs', text)], { stdin: '1\n' })
    assert.equal(stdout, engine === 'v8' ? '"undefined"\n' : '"object"\n')
  })
})
