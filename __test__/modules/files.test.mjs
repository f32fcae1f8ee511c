import assert from 'node:assert/strict'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { after, describe, it } from 'node:test'

import { Pool } from 'isolane'
import { onlyV8 } from '../support/engine.mjs'

const folders = []
after(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })))

/** A folder with these files, which goes when the tests have ended. */
function folderOf(files) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'isolane-files-')))
  folders.push(folder)
  for (const [path, text] of Object.entries(files)) put(folder, path, text)
  return folder
}

function put(folder, path, text) {
  const file = join(folder, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, typeof text === 'string' ? text : JSON.stringify(text))
  return file
}

async function inFolder(files, body, options = {}) {
  const resolveFrom = folderOf(files)
  const pool = new Pool({ threads: 1, resolveFrom, ...options })
  try {
    return await body(pool, resolveFrom)
  } finally {
    await pool.close()
  }
}

const rejection = (promise) =>
  promise.then(
    () => assert.fail('it was to reject'),
    (error) => error,
  )

describe('a function in a file', () => {
  it('finds itself by import.meta, as in Node', () =>
    inFolder(
      {
        'a b#%.mjs': `const { dirname, filename, url } = import.meta
          export default () => [dirname, filename, url, new URL('./x.json', url).href]`,
      },
      async (pool, folder) => {
        const filename = join(folder, 'a b#%.mjs')
        const url = pathToFileURL(filename).href
        const other = pathToFileURL(join(folder, 'x.json')).href
        assert.deepEqual(await pool.run({ filename }), [folder, filename, url, other])
      },
    ))

  it('is called as any other, with what it imports', () =>
    inFolder(
      {
        'match.mjs': "import { rate } from './lib/rate.cjs'\nexport const match = (x) => x * rate",
        'lib/rate.cjs': "exports.rate = require('./data.json').rate",
        'lib/data.json': { rate: 2 },
      },
      async (pool, folder) => {
        const fn = { filename: './match.mjs', name: 'match' }
        assert.deepEqual(await pool.map([1, 2], fn), [2, 4])
        assert.equal(await pool.run({ ...fn, filename: join(folder, 'match.mjs') }, 3), 6)
        assert.equal(
          await pool.run({ ...fn, filename: pathToFileURL(join(folder, 'match.mjs')) }, 4),
          8,
        )
      },
    ))

  it('is the default export, or what module.exports is, without a name', () =>
    inFolder(
      {
        'a.mjs': 'export default (x) => x + 1',
        'b.cjs': 'module.exports = (x) => x + 2',
        'c.js': 'exports.default = (x) => x + 3\nexports.__esModule = true',
      },
      async (pool) => {
        const of = (filename) => pool.run({ filename }, 1)
        assert.deepEqual(await Promise.all(['a.mjs', 'b.cjs', 'c.js'].map(of)), [2, 3, 4])
      },
    ))

  it('comes of a package as Node finds it', () =>
    inFolder(
      {
        'package.json': { type: 'module', imports: { '#own': './own.js' } },
        'main.js':
          "import { a } from 'dual'\nimport b from 'plain/sub'\nimport c from '#own'\nexport default () => [a, b, c]",
        'own.js': 'export default 3',
        'node_modules/dual/package.json': { exports: { import: './a.mjs', default: './a.cjs' } },
        'node_modules/dual/a.mjs': 'export const a = 1',
        'node_modules/plain/sub/index.js': '',
        'node_modules/plain/sub.js': 'module.exports = 2',
        'node_modules/plain/package.json': { exports: { './sub': './sub.js' } },
      },
      async (pool) => assert.deepEqual(await pool.run({ filename: 'main.js' }), [1, 2, 3]),
    ))

  it('may be outside of resolveFrom', async () => {
    const elsewhere = folderOf({
      'a.mjs': "import b from './b.mjs'\nexport default () => b",
      'b.mjs': 'export default 5',
    })
    await inFolder({}, async (pool) =>
      assert.equal(await pool.run({ filename: join(elsewhere, 'a.mjs') }), 5),
    )
  })

  it('that is not there rejects, and so does an export that is not', () =>
    inFolder({ 'a.mjs': 'export const match = () => 1', folder: '' }, async (pool) => {
      for (const fn of [
        { filename: 'none.mjs' },
        { filename: 'a.mjs', name: 'mtch' },
        { filename: '.' },
      ]) {
        const error = await rejection(pool.run(fn))
        assert.equal(error.code, 'ERR_ISOLANE_MODULE', error.message)
      }
      const { message } = await rejection(pool.run({ filename: 'a.mjs', name: 'mtch' }))
      assert.match(message, /a\.mjs has no export 'mtch'; it has: match/)
    }))
})

describe('a function in a file, on the v8 engine', onlyV8, () => {
  it('may be TypeScript, with its places in stacks and logs', () =>
    inFolder(
      {
        'match.ts': [
          "import { check, Kind } from './check.ts'",
          "import type { Room } from './types.ts'",
          'interface Unused {',
          '  a: number',
          '}',
          'export const match = (room: Room): number => {',
          "  console.log(new Error('logged').stack)",
          '  return check(room as Room) * Kind.Two',
          '}',
        ].join('\n'),
        'check.ts': [
          'type A = { n: number }',
          'export enum Kind {',
          '  Two = 2,',
          '}',
          'export function check(a: A): number {',
          "  if (a.n < 0) throw new RangeError('😀')",
          '  return a.n',
          '}',
        ].join('\n'),
      },
      async (pool, folder) => {
        const logs = []
        pool.on('log', ({ message }) => logs.push(message))
        const fn = { filename: 'match.ts', name: 'match' }
        assert.deepEqual(await pool.map([{ n: 1 }, { n: 2 }], fn), [2, 4])
        assert.match(logs[0], new RegExp(`${join(folder, 'match.ts')}:7:15`))
        const { cause } = await rejection(pool.run(fn, { n: -1 }))
        const frames = cause.stack.split('\n').slice(1)
        assert.match(frames[0], new RegExp(`${join(folder, 'check.ts')}:6:22`))
        assert.match(frames[1], new RegExp(`${join(folder, 'match.ts')}:8:10`))
      },
    ))

  it('may have what Node allows: cycles of CommonJS, optional modules, top-level await', () =>
    inFolder(
      {
        'main.mjs': "import a from './a.cjs'\nawait 1\nexport default () => a.b()",
        'a.cjs': "exports.n = 7; exports.b = require('./b.cjs').b",
        'b.cjs':
          "const a = require('./a.cjs')\nlet c\ntry { c = require('crypto') } catch (error) { c = error.code }\nexports.b = () => [a.n, c]",
      },
      async (pool) =>
        assert.deepEqual(await pool.run({ filename: 'main.mjs' }), [7, 'MODULE_NOT_FOUND']),
    ))

  it('that imports a module of Node rejects with the chain of imports, and the engine that has it', () =>
    inFolder(
      { 'main.mjs': "import './a.cjs'\nexport default () => 1", 'a.cjs': "\nrequire('node:fs')" },
      async (pool, folder) => {
        const error = await rejection(pool.run({ filename: 'main.mjs' }))
        assert.equal(error.code, 'ERR_ISOLANE_MODULE')
        const [main, a] = ['main.mjs', 'a.cjs'].map((name) => join(folder, name))
        assert.ok(
          error.message.includes(`${a} imports 'node:fs' (line 2, column 1)`),
          error.message,
        )
        assert.ok(error.message.includes(`${main} → ${a}`), error.message)
        assert.match(error.message, /engine: 'node'/)
      },
    ))

  it('that imports what is not there rejects with what is near', () =>
    inFolder(
      {
        'a.mjs': "import './utli.mjs'",
        'util.mjs': '',
        'b.cjs': "require('lodahs')",
        'node_modules/lodash/index.js': '',
      },
      async (pool, folder) => {
        const error = await rejection(pool.run({ filename: 'a.mjs' }))
        assert.equal(error.code, 'ERR_ISOLANE_MODULE_NOT_FOUND')
        assert.deepEqual(
          [error.specifier, error.importer, error.nearest],
          ['./utli.mjs', join(folder, 'a.mjs'), ['./util.mjs']],
        )
        assert.deepEqual((await rejection(pool.run({ filename: 'b.cjs' }))).nearest, ['lodash'])
      },
    ))

  it('rejects for what is no module: a syntax error, a broken package.json, JSX, a folder', () =>
    inFolder(
      {
        'syntax.ts': '\nconst a: = 1',
        'broken/package.json': '{ "type": ',
        'broken/a.js': '',
        'a.tsx': '',
      },
      async (pool) => {
        const of = (filename) => rejection(pool.run({ filename }))
        const syntax = await of('syntax.ts')
        assert.deepEqual([syntax.code, syntax.line, syntax.column], ['ERR_ISOLANE_SOURCE', 2, 10])
        assert.match((await of('broken/a.js')).message, /package\.json is no JSON/)
        assert.match((await of('a.tsx')).message, /JSX/)
        assert.match((await of('.')).message, /is a folder/)
      },
    ))

  it(
    'rejects for links in a circle and files that may not be read',
    { skip: process.platform === 'win32' },
    () =>
      inFolder({ 'secret.mjs': '' }, async (pool, folder) => {
        symlinkSync('circle.mjs', join(folder, 'circle.mjs'))
        const circle = await rejection(pool.run({ filename: 'circle.mjs' }))
        assert.equal(circle.code, 'ERR_ISOLANE_MODULE')
        chmodSync(join(folder, 'secret.mjs'), 0)
        // Who is root reads it all the same, and finds no function.
        assert.equal(
          (await rejection(pool.run({ filename: 'secret.mjs' }))).code,
          'ERR_ISOLANE_MODULE',
        )
      }),
  )

  it('is read once, and after a failure anew', () =>
    inFolder({ 'a.mjs': 'export default () => 1' }, async (pool, folder) => {
      const fn = { filename: 'a.mjs' }
      assert.equal(await pool.run(fn), 1)
      put(folder, 'a.mjs', 'export default () => 1000')
      assert.equal(await pool.run(fn), 1)
      const late = { filename: 'late.mjs' }
      await rejection(pool.run(late))
      put(folder, 'late.mjs', 'export default () => 3')
      assert.equal(await pool.run(late), 3)
    }))

  it('is read anew with watch when a file of it has changed', () =>
    inFolder(
      { 'a.mjs': "import b from './b.mjs'\nexport default () => b", 'b.mjs': 'export default 1' },
      async (pool, folder) => {
        const fn = { filename: 'a.mjs' }
        assert.equal(await pool.run(fn), 1)
        put(folder, 'b.mjs', 'export default 1000')
        assert.equal(await pool.run(fn), 1000)
        put(folder, 'b.mjs', 'export default 2000')
        utimesSync(join(folder, 'b.mjs'), 1, 1)
        assert.equal(await pool.run(fn), 2000)
        put(folder, 'b.mjs', 'export default (')
        assert.equal((await rejection(pool.run(fn))).code, 'ERR_ISOLANE_SOURCE')
        put(folder, 'b.mjs', 'export default 3')
        assert.equal(await pool.run(fn), 3)
      },
      { watch: true },
    ))

  it('is a version of a published function, which its file may change for the next', () =>
    inFolder({ 'a.mjs': 'export default () => 1' }, async (pool, folder) => {
      const fn = { filename: 'a.mjs' }
      const published = await pool.publish('a', fn)
      put(folder, 'a.mjs', 'export default () => 2000')
      assert.equal(await pool.run('a'), 1)
      await published.update(fn)
      assert.equal(await pool.run('a'), 2000)
    }))
})
