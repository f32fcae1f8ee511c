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
const samples = new URL('compiled/samples.mjs', import.meta.url)
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

  for (const target of ['es2015', 'es2017', 'es2020', 'es2022']) {
    it(`for ${target}, with what its helpers do`, () =>
      withPool(one, async (pool) => {
        const { exports } = await byEsbuild(await readFile(samples, 'utf8'), { target })
        for (const [name, fn] of Object.entries(exports)) {
          assert.equal(await pool.run(fn, 2), await fn(2), name)
        }
      }))
  }

  it('with decorators, and what is disposed of', () =>
    withPool(one, async (pool) => {
      const source = `export function fn(x) {
        const log = []
        const twice = (method) => function (n) { return 2 * method.call(this, n) }
        class Room { @twice beds(n) { return n } }
        {
          using open = { [Symbol.dispose ?? Symbol.for('Symbol.dispose')]() { log.push('closed') } }
        }
        return [new Room().beds(x), ...log]
      }`
      const { code, exports } = await byEsbuild(source, { target: 'es2022' })
      assert.match(code, /__decorateElement[^]*__callDispose/)
      assert.deepEqual(await pool.run(exports.fn, 21), [42, 'closed'])
    }))
})

describe('functions as TypeScript leaves them', () => {
  it('for es2015, with what its helpers do', () =>
    withPool(one, async (pool) => {
      const code = await byTypeScript(await readFile(samples, 'utf8'), ['--target', 'es2015'])
      assert.match(code, /__awaiter/)
      for (const [name, fn] of Object.entries(await load(code))) {
        assert.equal(await pool.run(fn, 2), await fn(2), name)
      }
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
  for (const name of ['__vite_ssr_import_0__', '__vi_import_0__']) {
    it(`imports as vite rewrites them are named in the error: ${name}`, () =>
      withPool(one, async (pool) => {
        const error = await rejection(pool.run({ source: `() => ${name}.limit` }))
        assert.match(error.message, new RegExp(`'${name}' is an import as vite rewrote it`))
        assert.match(error.message, /args or shared/)
      }))
  }

  it('what looks like a counter of istanbul and counts nothing is a name like any other', () =>
    withPool(one, async (pool) => {
      const error = await rejection(pool.run({ source: '() => cov_2k1ab.limit' }))
      assert.match(error.message, /'cov_2k1ab' is a coverage counter/)
    }))

  for (const name of ['_ref', '_excluded', '_templateObject2', '_work']) {
    it(`what Babel and swc put beside a function is named in the error: ${name}`, () =>
      withPool(one, async (pool) => {
        const error = await rejection(pool.run({ name: 'work', source: `() => ${name}()` }))
        assert.match(error.message, new RegExp(`'${name}' is a part of the function that Babel`))
      }))
  }
})
