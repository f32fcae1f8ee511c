/** Functions as compilers leave them (`compiled/compile.mjs`), with helpers that their module defined or imported. */
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { describe, it } from 'node:test'
import { rejection, withPool } from '../support/pools.mjs'

const require = createRequire(import.meta.url)
const one = { threads: 1 }

/** Functions of which the compiler has put a part beside them, which their text does not have. */
const split = {
  'babel-es2015-runtime.cjs': ['awaitsAtOnce', 'takesTheRest'],
  'babel-es5.cjs': ['awaitsAtOnce', 'takesTheRest'],
  'swc-es5.cjs': ['tags'],
}

describe('compiled functions give what they give at home', () => {
  const files = readdirSync(new URL('compiled', import.meta.url)).filter((it) =>
    it.endsWith('.cjs'),
  )
  assert.equal(files.length, 7)
  for (const file of files) {
    it(file, () =>
      withPool(one, async (pool) => {
        const functions = Object.entries(require(`./compiled/${file}`))
        assert.equal(functions.length, 14)
        for (const [name, fn] of functions) {
          if (split[file]?.includes(name)) {
            const error = await rejection(pool.run(fn, 2))
            assert.match(error.message, /'_\w+' is a part of the function/, name)
          } else {
            assert.equal(await pool.run(fn, 2), await fn(2), name)
          }
        }
      }),
    )
  }
})

/** What a text gives for 21. */
const texts = {
  'TypeScript: awaits':
    '(x) => __awaiter(void 0, void 0, void 0, function* () { yield null; return x * 2 })',
  'TypeScript: from tslib': '(x) => (0, tslib_1.__rest)({ a: 1, b: x * 2 }, ["a"]).b',
  'TypeScript: from tslib as a whole': '(x) => tslib.__assign({}, { b: x * 2 }).b',
  'TypeScript: tagged templates':
    '(x) => ((s, n) => s.raw[0].length * n)(templateObject_1 || (templateObject_1 = __makeTemplateObject(["ab"], ["ab"])), x)',
  'esbuild: tagged templates':
    '(x) => ((s, n) => s.raw[0].length * n)(_a || (_a = __template(["ab"])), x)',
  'esbuild: asynchronous generators':
    'async (x) => { const all = () => __asyncGenerator(null, null, function* () { yield yield new __await(x); yield* __yieldStar([x]) }); let sum = 0; for await (const n of all()) sum += n; return sum }',
  'TypeScript: asynchronous generators':
    'async (x) => { function all() { return __asyncGenerator(this, arguments, function* () { yield yield __await(yield __await(x)); yield yield __await(x) }) } let sum = 0; for await (const n of all()) sum += n; return sum }',
  'swc: from its helpers': '(x) => (0, _object_spread._)({}, { v: x * 2 }).v',
  'swc: from its helpers of old': '(x) => swcHelpers.objectSpread({}, { v: x * 2 }).v',
  'Babel: numbered names': '(x) => _objectSpread3(_objectSpread3({}, {}), { v: x * 2 }).v',
  'Babel: from its runtime': '(x) => (0, _objectSpread4.default)({}, { v: x * 2 }).v',
  'Babel: generators of old':
    '(x) => { const all = regeneratorRuntime.mark(function all() { return regeneratorRuntime.wrap(function (c) { for (;;) switch (c.prev = c.next) { case 0: c.next = 2; return x * 2; case 2: case "end": return c.stop() } }, all) }); return [...all()][0] }',
  'Babel: an object spread in loose mode': '(x) => _extends({}, { v: x * 2 }).v',
  'istanbul: version 1':
    '(x) => { cov_1a.f[0]++; cov_1a.s[0]++; return cov_1a.b[7][1]++ === 0 ? 0 : x * 2 }',
  'istanbul: logic of branches':
    '(x) => { const t = (cov_1a().b[0][0]++, x); cov_1a().bT[0][0]++; return t * 2 }',
}

describe('a text finds the helpers that it names', () => {
  for (const [what, source] of Object.entries(texts)) {
    it(what, () =>
      withPool(one, async (pool) => {
        for (const strict of [true, false]) assert.equal(await pool.run({ source, strict }, 21), 42)
      }),
    )
  }

  it('in each chunk anew', () =>
    withPool(one, async (pool) => {
      const source =
        '() => (templateObject_1 || (templateObject_1 = __makeTemplateObject(["a"], ["a"]))).length'
      for (let round = 0; round < 3; round++) assert.equal(await pool.run({ source }), 1)
      assert.equal(await pool.run({ source }, 0, { stateful: true }), 1)
    }))

  it('where it has a sandbox without eval', () =>
    withPool({ ...one, sandbox: undefined }, async (pool) => {
      assert.equal(await pool.run({ source: texts['TypeScript: awaits'] }, 21), 42)
    }))
})

describe('a helper is nothing but that', () => {
  it('what the text itself declares is its own', () =>
    withPool(one, async (pool) => {
      for (const source of [
        '(x) => { const __assign = () => x; return __assign() }',
        '(__awaiter) => __awaiter',
        '(x) => { function __rest() { return x } return __rest() }',
        '(() => { var _extends = (x) => x; return (x) => _extends(x) })()',
        '(x) => { for (const cov_1a = () => ({ s: [x] }); ;) return cov_1a().s[0] }',
        '(x) => ({ __spreadArray: x }).__spreadArray',
      ]) {
        assert.equal(await pool.run({ source }, 42), 42, source)
      }
      assert.equal(await pool.run({ source: '() => "__awaiter tslib_1"' }), '__awaiter tslib_1')
    }))

  it('a name that is rather somebody else’s is unknown', () =>
    withPool(one, async (pool) => {
      const names = [
        '_get',
        '_set',
        '_jsx',
        '_defaults',
        '_helpers.get',
        'cov_xy',
        '_lodash2.default.keys',
      ]
      for (const name of names) {
        const source = `(x) => ${name}(_objectSpread({}, x))`
        const error = await rejection(pool.run({ source }, {}))
        assert.equal(error.cause.name, 'ReferenceError')
        assert.match(error.message, new RegExp(`'${name.split('.')[0]}'`))
      }
    }))

  it('and no global', () =>
    withPool(one, async (pool) => {
      const source =
        '() => [typeof __awaiter, "__awaiter" in globalThis, typeof extendStatics, typeof ownKeys]'
      assert.deepEqual(await pool.run({ source }), ['function', false, 'undefined', 'undefined'])
    }))

  it('lines and columns are those of the text', () =>
    withPool(one, async (pool) => {
      const source = '(x) => {\n  const all = __assign({}, x)\n  throw new Error(all.text)\n}'
      const { cause } = await rejection(pool.run({ source, name: 'lines' }, { text: 'no' }))
      assert.match(cause.stack, /^Error: no\n\s+at (?:\S+ \()?isolane:lines:3:9\)?$/)
      const error = await rejection(pool.run({ source: '(x) => {\n  __assign(; }' }))
      assert.deepEqual([error.line, error.column], [2, 12])
    }))
})
