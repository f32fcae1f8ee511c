/** A name that a function cannot see where it runs: what the error says of it. */
import assert from 'node:assert/strict'
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { onlyV8 } from '../support/engine.mjs'
import { rejection, withPool } from '../support/pools.mjs'

const one = { threads: 1 }

function runs(fn, arg) {
  return withPool(one, (pool) => rejection(pool.run(fn, arg)))
}

describe('a name from outside the function', () => {
  const limit = 5

  it('is named, with args and shared as the way', async () => {
    const error = await runs(() => limit + 1)
    assert.equal(error.code, 'ERR_ISOLANE_FUNCTION')
    assert.equal(error.cause.name, 'ReferenceError')
    assert.match(error.message, /'limit'/)
    assert.match(error.message, /args/)
    assert.match(error.message, /shared/)
  })

  it('also where it is read in an async function, late', async () => {
    const error = await runs(async () => {
      await Promise.resolve()
      return limit
    })
    assert.match(error.message, /'limit'.*args.*shared/s)
  })

  it('also where it is a module or a global of Node', onlyV8, async () => {
    for (const name of ['require', 'process', 'Buffer', 'fetch']) {
      const error = await runs({ source: `() => ${name}.x` })
      assert.match(error.message, new RegExp(`'${name}'.*node engine`))
    }
  })

  it('also where it is assigned', async () => {
    let count = 0
    const error = await runs(() => {
      count++
    })
    assert.equal(count, 0)
    assert.match(error.message, /'count'/)
  })

  for (const [what, source, line, column] of [
    ['in one line', '(item) => item.price < limit', 1, 24],
    ['behind CRLF and an emoji', '(item) => {\r\n  const a = "👩‍🚀"; return limit\r\n}', 2, 29],
    ['behind a line separator', '(item) => {\u2028  return limit }', 2, 10],
    [
      'in a statement that names it elsewhere',
      '(item) => {\n  return { limit: item.limit, b: [...limit] }\n}',
      2,
      38,
    ],
    ['in a nested function', '(item) => {\n  const f = () => limit\n  return f()\n}', 2, 19],
    ['in an async function', 'async (item) => {\n  await null\n  limit()\n}', 3, 3],
    ['in a long line', `(item) => ['${'x'.repeat(5000)}', limit]`, 1, 5016],
  ]) {
    it(`is shown where it was written: ${what}`, async () => {
      const error = await runs({ source, name: 'fn@1:2' }, {})
      const [told, empty, ...frame] = error.message.split('\n')
      assert.ok(
        told.includes(`where it was written (line ${line}, column ${column} of its text);`),
        told,
      )
      assert.equal(empty, '')
      assert.ok(frame.some((text) => text.startsWith(`> ${line} | `) && text.includes('limit')))
      assert.ok(
        frame.some((text) => /^ +\| +\^{5}$/.test(text)),
        error.message,
      )
      assert.ok(frame.every((text) => text.length < 120))
    })
  }

  it('is shown in the text of a method, and of a published function', () =>
    withPool(one, async (pool) => {
      const holder = {
        price(item) {
          return item + limit
        },
      }
      const method = await rejection(pool.run(holder.price, 1))
      assert.match(
        method.message,
        /\(line 2, column \d+ of its text\).*\n\n[^]*return item \+ limit/,
      )
      await pool.publish('price', (item) => item + limit)
      const published = await rejection(pool.map([1, 2], 'price'))
      assert.match(published.message, /^price@1 threw.*\(line 1, column 18 of its text\)/)
    }))

  for (const [what, source] of [
    [
      'a stack that was written anew',
      '() => { const e = new ReferenceError("limit is not defined"); e.stack = "at isolane:fn:99:1"; throw e }',
    ],
    ['a name that is none', '() => { throw new ReferenceError("((( is not defined") }'],
    ['code that was made of text', '() => eval("limit")'],
  ]) {
    it(`says what it can for ${what}`, async () => {
      const error = await runs({ source, name: 'fn' })
      assert.match(error.message, /cannot see '(limit|\(\(\()' where it was written/)
    })
  }

  it('is not blamed for other ReferenceErrors', async () => {
    const error = await runs(() => {
      const before = () => late
      before()
      const late = 1
    })
    assert.equal(error.cause.name, 'ReferenceError')
    assert.doesNotMatch(error.message, /args or shared/)
  })
})

/** Asserts that a message says where `limit` is missing, and shows the line. */
function assertShown(message, place) {
  const [told, empty, ...frame] = message.split('\n')
  const way = 'import it there, or pass it by the options args or shared'
  assert.ok(told.endsWith(`cannot see 'limit' where it was written (${place}); ${way}`), told)
  assert.equal(empty, '')
  const marked = frame.findIndex((line) => line.startsWith('> '))
  assert.match(frame[marked], / limit/)
  assert.equal(frame[marked + 1].indexOf('^^^^^'), frame[marked].indexOf('limit'))
}

describe('a name that a module cannot see', () => {
  const usesB = (b, rest) => ({
    entry: 'a',
    modules: [
      { id: 'a', source: "const { half } = require('b')\nmodule.exports = (n) => half(n)" },
      { id: 'b', source: b, ...rest },
    ],
  })

  for (const [what, fn, place] of [
    [
      'a CommonJS module, in its first line',
      usesB('exports.half = (n) => n / limit'),
      'b, line 1, column 27',
    ],
    [
      'an ES module',
      usesB('\nexport function half(n) {\n  return limit\n}'),
      'b, line 3, column 10',
    ],
    [
      'a module that is one function',
      { entry: 'f', modules: [{ id: 'f', source: '(n) =>\n n + limit' }] },
      'f, line 2, column 6',
    ],
  ]) {
    it(`is shown where it was written: ${what}`, async () => {
      const { message } = await runs(fn, 1)
      assertShown(message, place)
    })
  }

  it('is shown of a published function', () =>
    withPool(one, async (pool) => {
      await pool.publish('half', usesB('exports.half = (n) => n / limit'))
      const { message } = await rejection(pool.run('half', 1))
      assertShown(message, 'b, line 1, column 27')
    }))
})

describe('a name that a file cannot see', () => {
  let folder
  const path = (name) => join(folder, name)

  before(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'isolane-')))
    const forged = (name) => `export const ${name} = () => {
      const error = new ReferenceError('limit is not defined')
      error.stack = error.message + '\\n    at f (' + ${JSON.stringify(folder)} + '/OTHER:1:14)'
      throw error
    }\n`
    const files = {
      'own/package.json': '{}',
      'own/main.mjs': `import { half } from './lib/half.cjs'
export default (n) => half(n)
export const own = async (n) => {
  await null
  return [n, limit]
}
${forged('forged').replace('OTHER', 'other/secret.mjs')}
${forged('installed').replace('OTHER', 'own/node_modules/secret/index.mjs')}
${forged('data').replace('OTHER', 'own/secret.env')}
`,
      'own/lib/half.cjs': 'exports.half = (n) => n / limit\n',
      'own/types.ts': `enum Rate { High = 2 }
export default (n: number): number => {
  const half: number = n / Rate.High
  return half + limit
}
`,
      'other/secret.mjs': 'export const limit = "secret"\n',
      'own/node_modules/secret/index.mjs': 'export const limit = "secret"\n',
      'own/secret.env': 'export const limit = "secret"\n',
    }
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(path(name)), { recursive: true })
      await writeFile(path(name), text)
    }
  })
  after(() => rm(folder, { recursive: true }))

  it('is shown where it was written: in the file, and in one that it imports', async () => {
    const filename = path('own/main.mjs')
    const { message: imported } = await runs({ filename }, 1)
    assertShown(imported, `${path('own/lib/half.cjs')}, line 1, column 27`)
    const { message: own } = await runs({ filename, name: 'own' }, 1)
    assertShown(own, `${filename}, line 5, column 14`)
  })

  it('is shown where it was written: in TypeScript', onlyV8, async () => {
    const { message } = await runs({ filename: path('own/types.ts') }, 1)
    assertShown(message, `${path('own/types.ts')}, line 4, column 17`)
  })

  it('is told with its place where the file is another by now', () =>
    withPool(one, async (pool) => {
      const filename = path('own/changed.mjs')
      await writeFile(filename, 'export default (n) => (n < 0 ? limit : n)\n')
      assert.equal(await pool.run({ filename }, 1), 1)
      await writeFile(filename, '// Another.\n')
      const { message } = await rejection(pool.run({ filename }, -1))
      assert.match(message, /changed\.mjs, line 1, column 32\); import it there, .* shared$/)
    }))

  for (const name of ['forged', 'installed', 'data']) {
    it(`is not looked for in other files, which the stack may name: ${name}`, async () => {
      const { message } = await runs({ filename: path('own/main.mjs'), name })
      assert.match(message, /cannot see 'limit' where it was written \(.*, line 1, column 14\)/)
      assert.doesNotMatch(message, /export/)
    })
  }
})
