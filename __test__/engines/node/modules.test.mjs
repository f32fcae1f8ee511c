import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { ModuleLoadError } from 'isolane'
import { Pool } from '../../support/engine.mjs'
import { range, rejection, withPool } from '../../support/pools.mjs'

const fixtures = fileURLToPath(new URL('fixtures', import.meta.url))
const one = { threads: 1, resolveFrom: fixtures }
const stripsTypes = process.features.typescript === 'strip'

async function withFolder(use) {
  const folder = await mkdtemp(join(tmpdir(), 'isolane-'))
  try {
    await use(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

describe('a function in a module', () => {
  it('of CommonJS, by its name or as the whole of it', () =>
    withPool(one, async (pool) => {
      assert.equal(await pool.run({ filename: 'functions.cjs', name: 'double' }, 21), 42)
      assert.equal(await pool.run({ filename: './default.cjs' }, 41), 42)
      assert.match(await pool.run({ filename: 'functions.cjs', name: 'lineEnd' }), /^\r?\n$/)
    }))

  it('of CommonJS, where its name cannot be known without running it', () =>
    withPool(one, async (pool) =>
      assert.equal(await pool.run({ filename: 'functions.cjs', name: 'hidden' }), 'found'),
    ))

  it('of ESM, by its name or as default', () =>
    withPool(one, async (pool) => {
      const suffix = await pool.share('suffix', '!')
      const fileName = { filename: 'functions.mjs', name: 'fileName' }
      assert.deepEqual(await pool.map(['/a/b', '/c/d'], fileName, { shared: [suffix] }), [
        'b!',
        'd!',
      ])
      assert.equal(await pool.run({ filename: 'functions.mjs' }, 'you'), 'hello you')
    }))

  it('of TypeScript', { skip: !stripsTypes && 'this Node strips no types' }, () =>
    withPool(one, async (pool) =>
      assert.equal(await pool.run({ filename: 'typed.mts', name: 'double' }, 21), 42),
    ),
  )

  it('by an absolute path, a file: URL or its text', () =>
    withPool({ threads: 1 }, async (pool) => {
      const url = new URL('fixtures/default.cjs', import.meta.url)
      for (const filename of [url, url.href, fileURLToPath(url)]) {
        assert.equal(await pool.run({ filename }, 1), 2)
      }
    }))

  it('in every kind of call, also as reducer', () =>
    withPool({ ...one, threads: 2 }, async (pool) => {
      const double = { filename: 'functions.cjs', name: 'double' }
      const slowly = { filename: 'functions.mjs', name: 'slowly' }
      assert.deepEqual(
        await pool.map(range(50), double, { chunkSize: 3 }),
        range(50).map((x) => 2 * x),
      )
      assert.deepEqual(await pool.map(range(6), slowly), range(6))
      assert.equal(await pool.reduce([1, 2, 3], { map: double, reduce: (a, b) => a + b }), 12)
      const streamed = []
      for await (const value of pool.stream([1, 2], double)) streamed.push(value)
      assert.deepEqual(streamed, [2, 4])
    }))

  it('is loaded once per worker, and keeps its state there', () =>
    withPool(one, async (pool) => {
      const count = { filename: 'functions.mjs', name: 'count' }
      assert.deepEqual(
        [await pool.run(count), await pool.run(count), await pool.run(count)],
        [1, 2, 3],
      )
    }))
})

describe('a module that cannot be loaded', () => {
  const failures = {
    'a file that is not there': [
      { filename: 'missing.mjs' },
      /missing.*Cannot find.*missing\.mjs/s,
    ],
    'an export that is not there': [
      { filename: 'functions.cjs', name: 'triple' },
      /triple cannot be loaded: .*functions\.cjs has no export 'triple'; it has: .*double/,
    ],
    'no default export': [{ filename: 'functions.mjs', name: 'default2' }, /no export 'default2'/],
    'an export that is no function': [
      { filename: 'functions.cjs', name: 'text' },
      /export 'text' of .*functions\.cjs is no function but of type string/,
    ],
    'a module that throws': [{ filename: 'throws.mjs' }, /throws cannot be loaded: no luck today/],
    'a module that waits for ever': [
      { filename: 'never.mjs' },
      /never cannot be loaded: nothing is left/,
    ],
  }
  for (const [what, [fn, message]] of Object.entries(failures)) {
    it(`${what}: ModuleLoadError`, () =>
      withPool(one, async (pool) => {
        const error = await rejection(pool.run(fn, 1))
        assert.ok(error instanceof ModuleLoadError, error)
        assert.equal(error.code, 'ERR_ISOLANE_MODULE')
        assert.match(error.message, message)
        assert.ok(error.cause instanceof Error)
        assert.equal(await pool.run((x) => x, 1), 1)
      }))
  }

  it('may be there at the next call', () =>
    withFolder((folder) =>
      withPool({ threads: 1, resolveFrom: folder }, async (pool) => {
        const late = { filename: 'late.cjs' }
        assert.equal((await rejection(pool.run(late))).code, 'ERR_ISOLANE_MODULE')
        await writeFile(join(folder, 'late.cjs'), 'module.exports = () => "late"')
        assert.equal(await pool.run(late), 'late')
      }),
    ))

  const wrong = [
    [{ filename: 7 }, /fn\.filename must be a path or a file: URL; got .*7/],
    [{ filename: '' }, /fn\.filename/],
    [{ filename: new URL('https://example.com/a.mjs') }, /fn\.filename.*https:\/\/example\.com/],
    [{ filename: 'a.mjs', name: 7 }, /fn\.name must be an export's name; got .*7/],
  ]
  for (const [fn, message] of wrong) {
    it(`${JSON.stringify(fn)} is refused at once`, () =>
      withPool(one, async (pool) => {
        const error = await rejection(pool.run(fn))
        assert.equal(error.code, 'ERR_ISOLANE_INVALID_ARGUMENT')
        assert.match(error.message, message)
      }))
  }
})

describe('inline source', () => {
  it('has require and import, resolved from resolveFrom', () =>
    withFolder(async (folder) => {
      const installed = join(folder, 'node_modules', 'greeting')
      await mkdir(installed, { recursive: true })
      const greet = 'exports.greet = (name) => "good day, " + name'
      await writeFile(join(installed, 'index.js'), greet)
      await withPool({ threads: 1, resolveFrom: folder }, async (pool) => {
        const required = () => require('greeting').greet('you')
        const imported = async () => (await import('greeting')).default.greet('you')
        assert.equal(await pool.run(required), 'good day, you')
        assert.equal(await pool.run(imported), 'good day, you')
        const error = await rejection(pool.run(() => require('no-such-package')))
        assert.equal(error.cause.code, 'MODULE_NOT_FOUND')
      })
      await withPool({ threads: 1 }, async (pool) => {
        const error = await rejection(pool.run(() => require('greeting')))
        assert.equal(error.cause.code, 'MODULE_NOT_FOUND')
      })
    }))

  it('has them also where its name would be a path, and stacks without the folder', () =>
    withFolder(async (outer) => {
      const folder = join(outer, 'a (folder)')
      await mkdir(folder)
      await writeFile(join(folder, 'one.mjs'), 'export default 1')
      await withPool({ threads: 1, resolveFrom: folder }, async (pool) => {
        for (const name of ['a/b', '../../../a', '/a', 'a\\b', '..', 'a\nb']) {
          const source = 'async () => (await import("./one.mjs")).default'
          assert.equal(await pool.run({ source, name }), 1, name)
        }
        const { cause } = await rejection(
          pool.run({ source: '() => { throw Error() }', name: 'a/b' }),
        )
        assert.equal(cause.stack, 'Error\n    at isolane:a/b:1:15')
      })
    }))

  it('may use another version of a package than the service does', () =>
    withFolder(async (folder) => {
      const installed = join(folder, 'node_modules', 'esbuild')
      await mkdir(installed, { recursive: true })
      await writeFile(join(installed, 'package.json'), '{ "version": "0.0.7" }')
      const version = () => require('esbuild/package.json').version
      const own = createRequire(import.meta.url)('esbuild/package.json').version
      await withPool({ threads: 1, resolveFrom: folder }, async (pool) =>
        assert.equal(await pool.run(version), '0.0.7'),
      )
      await withPool({ threads: 1 }, async (pool) => assert.equal(await pool.run(version), own))
    }))

  it('has timers, Buffer, fetch and process', () =>
    withPool(one, async (pool) => {
      const kinds = () => [typeof setTimeout, typeof Buffer, typeof fetch, typeof process.env]
      assert.deepEqual(await pool.run(kinds), ['function', 'function', 'function', 'object'])
    }))
})

describe('resolveFrom', () => {
  it('must be a folder that is there', () => {
    for (const resolveFrom of ['/no/such/folder', fileURLToPath(import.meta.url)]) {
      assert.throws(() => new Pool({ resolveFrom }), {
        code: 'ERR_ISOLANE_INVALID_ARGUMENT',
        message: `resolveFrom must be a folder that exists; got '${resolveFrom}'`,
      })
    }
    assert.throws(() => new Pool({ resolveFrom: 7 }), { code: 'ERR_ISOLANE_INVALID_ARGUMENT' })
  })
})
