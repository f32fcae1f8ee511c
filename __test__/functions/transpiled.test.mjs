import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { transform } from 'esbuild'
import { rejection, withPool } from '../support/pools.mjs'

const one = { threads: 1 }
const tsc = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url))

/** What a module that was transpiled exports. */
async function load(code) {
  return import(`data:text/javascript,${encodeURIComponent(code)}`)
}

async function byEsbuild(source, options) {
  const { code } = await transform(source, { loader: 'ts', format: 'esm', ...options })
  return { code, exports: await load(code) }
}

async function byTypeScript(source, flags) {
  const folder = await mkdtemp(join(tmpdir(), 'isolane-'))
  try {
    await writeFile(join(folder, 'module.ts'), source)
    const options = [
      '--outDir',
      folder,
      '--module',
      'esnext',
      '--skipLibCheck',
      '--types',
      '',
      ...flags,
    ]
    await promisify(execFile)(process.execPath, [tsc, join(folder, 'module.ts'), ...options], {
      cwd: folder,
    }).catch(() => {})
    return await readFile(join(folder, 'module.js'), 'utf8')
  } finally {
    await rm(folder, { recursive: true })
  }
}

const nested = `
  export function price(room: { beds: number }): number {
    function perBed(n: number) { return n * 10 }
    const tax = (n: number): number => n + 1
    class Total { add(n: number) { return n } }
    const later = { async wait() {} }
    return new Total().add(tax(perBed(room.beds)))
  }
  export const arrow = (x: number) => { const inner = () => x; return inner() }
`

describe('functions as esbuild and tsx leave them', () => {
  it('with keepNames: __name', () =>
    withPool(one, async (pool) => {
      const { code, exports } = await byEsbuild(nested, { keepNames: true })
      assert.match(exports.price.toString(), /__name\(/, code)
      assert.deepEqual(await pool.map([{ beds: 2 }], exports.price), [21])
      assert.equal(await pool.run(exports.arrow, 5), 5)
    }))

  it('with keepNames and minified', () =>
    withPool(one, async (pool) => {
      const { exports } = await byEsbuild(nested, { keepNames: true, minify: true })
      const outcome = await pool.map([{ beds: 2 }], exports.price).catch((error) => error.message)
      // The helper's own name is minified too: it then is a name like any other, and is named.
      if (typeof outcome === 'string') assert.match(outcome, /'\w+'/)
      else assert.deepEqual(outcome, [21])
    }))

  it('minified', () =>
    withPool(one, async (pool) => {
      const { exports } = await byEsbuild(nested, { minify: true })
      assert.deepEqual(await pool.map([{ beds: 2 }], exports.price), [21])
    }))

  it('with its TypeScript taken out', () =>
    withPool(one, async (pool) => {
      const source = `
        enum Kind { Twin = 2 }
        export const beds = (kind: 2): number => {
          const enum Local { Two = 2 }
          return (kind as number) satisfies number
        }
        export const optional = (room?: { a?: { b?: number } }) => room?.a?.b ?? 7
      `
      const { exports } = await byEsbuild(source, { target: 'es2019' })
      assert.equal(await pool.run(exports.beds, 2), 2)
      assert.equal(await pool.run(exports.optional, {}), 7)
    }))

  it('with its functions named as they were written', () =>
    withPool(one, async (pool) => {
      const source =
        'export const names = () => { const inner = () => {}; class Room {} return [inner.name, Room.name] }'
      const { exports } = await byEsbuild(source, { keepNames: true })
      assert.deepEqual(await pool.run(exports.names), exports.names())
    }))

  for (const [helper, target, source] of [
    ['__async', 'es2016', 'export const fn = async (x) => { await x; return x }'],
    ['__spreadValues', 'es2017', 'export const fn = (x) => ({ ...x })'],
    ['__objRest', 'es2017', 'export const fn = ({ a, ...rest }) => rest'],
    [
      '__publicField',
      'es2020',
      'export const fn = () => { class Room { beds = 2 } return new Room().beds }',
    ],
  ]) {
    it(`for ${target}: the error names the helper ${helper} and says what to do`, () =>
      withPool(one, async (pool) => {
        const { code, exports } = await byEsbuild(source, { target })
        assert.match(exports.fn.toString(), new RegExp(helper), code)
        const error = await rejection(pool.run(exports.fn, { a: 1 }))
        assert.equal(error.code, 'ERR_ISOLANE_FUNCTION')
        assert.match(error.message, new RegExp(`'${helper}'`))
        assert.match(error.message, /target|ES20\d\d/)
      }))
  }
})

describe('functions as TypeScript leaves them', () => {
  for (const [helper, target, source] of [
    ['__awaiter', 'es2015', 'export const fn = async (x: number) => { await x; return x }'],
    ['__rest', 'es2015', 'export const fn = ({ a, ...rest }: any) => rest'],
  ]) {
    it(`for ${target}: the error names the helper ${helper} and says what to do`, () =>
      withPool(one, async (pool) => {
        const code = await byTypeScript(source, ['--target', target])
        assert.match(code, new RegExp(helper))
        const { fn } = await load(code)
        const error = await rejection(pool.run(fn, { a: 1 }))
        assert.equal(error.code, 'ERR_ISOLANE_FUNCTION')
        assert.match(
          error.message,
          new RegExp(`'${helper}' is a helper of TypeScript; compile for ES20\\d\\d`),
        )
      }))
  }

  it('with helpers imported from tslib: the error names it', () =>
    withPool(one, async (pool) => {
      const fn = {
        name: 'fn',
        source: '(x) => tslib_1.__awaiter(this, void 0, void 0, function* () { return x })',
      }
      const error = await rejection(pool.run(fn, 1))
      assert.match(error.message, /'tslib_1' is a helper of TypeScript/)
    }))

  it('for a later target', () =>
    withPool(one, async (pool) => {
      const code = await byTypeScript(
        'export const fn = async ({ a, ...rest }: any) => ({ ...rest, a: await a })',
        ['--target', 'es2022'],
      )
      const { fn } = await load(code)
      assert.deepEqual(await pool.run(fn, { a: 1, b: 2 }), { b: 2, a: 1 })
    }))
})

describe('functions as coverage tools and test runners leave them', () => {
  it('counters of istanbul are named in the error', () =>
    withPool(one, async (pool) => {
      // As istanbul instruments: a counter function of the module, called before each statement.
      const module = `
        function cov_2k1ab() { return { f: [0], s: [0] } }
        export const fn = (x) => { cov_2k1ab().f[0]++; cov_2k1ab().s[0]++; return x * 2 }
      `
      const { fn } = await load(module)
      const error = await rejection(pool.map([1], fn))
      assert.equal(error.code, 'ERR_ISOLANE_FUNCTION')
      assert.match(error.message, /'cov_2k1ab' is a coverage counter \(istanbul\)/)
    }))

  for (const name of ['__vite_ssr_import_0__', '__vi_import_0__']) {
    it(`imports as vite rewrites them are named in the error: ${name}`, () =>
      withPool(one, async (pool) => {
        const error = await rejection(pool.run({ source: `() => ${name}.limit` }))
        assert.match(error.message, new RegExp(`'${name}' is an import as vite rewrote it`))
        assert.match(error.message, /args or shared/)
      }))
  }

  for (const [name, tool] of [
    ['_async_to_generator', 'swc'],
    ['_object_spread', 'swc'],
    ['_asyncToGenerator', 'Babel'],
    ['_objectSpread2', 'Babel'],
  ]) {
    it(`helpers of ${tool} are named in the error: ${name}`, () =>
      withPool(one, async (pool) => {
        const error = await rejection(pool.run({ source: `() => ${name}({})` }))
        assert.match(error.message, new RegExp(`'${name}' is a helper of ${tool}`))
      }))
  }
})
