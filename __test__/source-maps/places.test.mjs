/** Functions with inline source maps: the places that their authors wrote. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { transform } from 'esbuild'
import { rejection, withPool } from '../support/pools.mjs'

const one = { threads: 1 }
const tsc = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url))

const PRICE = `// What rooms cost.
interface Room {
  beds: number
  name?: string
}

type Rate = (beds: number) => number

export const perBed: Rate = (beds) => {
  if (beds > 3) throw new RangeError('too many beds')
  return beds * 10
}

export default function price(room: Room): number {
  console.warn('room', room.name)
  return perBed(room.beds)
}
`
const MAIN = `import price from './price'

interface Order {
  rooms: { beds: number; name: string }[]
}

export default (order: Order): number => {
  let sum: number = 0
  for (const room of order.rooms) sum += price(room)
  return sum
}
`
const order = {
  rooms: [
    { beds: 2, name: 'small' },
    { beds: 4, name: 'large' },
  ],
}

/** Files of TypeScript, compiled by tsc with maps in them; by name without an ending. */
async function byTypeScript(files, ...flags) {
  const folder = await mkdtemp(join(tmpdir(), 'isolane-'))
  try {
    const names = Object.keys(files)
    for (const name of names) await writeFile(join(folder, `${name}.ts`), files[name])
    const options = [
      '--inlineSourceMap',
      '--inlineSources',
      '--skipLibCheck',
      '--types',
      '',
      '--outDir',
      folder,
      ...flags,
    ]
    const paths = names.map((name) => join(folder, `${name}.ts`))
    await promisify(execFile)(process.execPath, [tsc, ...paths, ...options], { cwd: folder }).catch(
      () => {},
    )
    const texts = names.map(async (name) => [
      name,
      await readFile(join(folder, `${name}.js`), 'utf8'),
    ])
    return Object.fromEntries(await Promise.all(texts))
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** The same by esbuild. */
async function byEsbuild(files, options) {
  const texts = Object.entries(files).map(async ([name, source]) => {
    const own = { loader: 'ts', sourcemap: 'inline', sourcefile: `${name}.ts`, ...options }
    return [name, (await transform(source, own)).code]
  })
  return Object.fromEntries(await Promise.all(texts))
}

/** `file:line` of the frames of a stack. */
const frames = ({ stack }) =>
  stack
    .split('\n')
    .filter((line) => line.startsWith('    at '))
    .map((line) => /([^\s(]+):(\d+):\d+\)?$/.exec(line)?.slice(1, 3).join(':'))

/** Modules as a pool takes them, of texts by name. */
const table = (entry, texts, rest) => ({
  entry,
  modules: Object.entries(texts).map(([id, source]) => ({ id, source })),
  ...rest,
})

/** What a call of these modules throws, and the entries of its lines. */
async function outcome(fn, arg = order) {
  return withPool(one, async (pool) => {
    const entries = []
    const error = await rejection(pool.run(fn, arg, { onLog: (entry) => entries.push(entry) }))
    return { error, entries }
  })
}

function assertWritten({ error, entries }) {
  assert.equal(error.cause.name, 'RangeError')
  assert.equal(error.cause.message, 'too many beds')
  assert.deepEqual(frames(error.cause).slice(0, 3), ['price.ts:10', 'price.ts:16', 'main.ts:9'])
  assert.match(error.cause.stack, /price\.ts:10:23/)
  assert.deepEqual(
    entries.map(({ message, place: { file, line, column } }) => [message, file, line, column]),
    [
      ['room small', 'price.ts', 15, 11],
      ['room large', 'price.ts', 15, 11],
    ],
  )
}

describe('modules of TypeScript that tsc has compiled', () => {
  for (const [what, flags, ending] of [
    ['to CommonJS', ['--module', 'commonjs', '--target', 'es2022'], '\n'],
    [
      'to ES modules',
      ['--module', 'esnext', '--moduleResolution', 'bundler', '--target', 'es2022'],
      '\n',
    ],
    [
      'to CommonJS with CRLF',
      ['--module', 'commonjs', '--target', 'es2022', '--newLine', 'crlf'],
      '\r\n',
    ],
  ]) {
    let texts
    before(async () => {
      const files = { price: PRICE, main: MAIN }
      const written = Object.entries(files).map(([name, text]) => [
        name,
        text.replaceAll('\n', ending),
      ])
      texts = await byTypeScript(Object.fromEntries(written), ...flags)
    })

    it(`${what} have their author's places in stacks and lines`, async () => {
      assert.match(texts.price, /sourceMappingURL=data:/)
      assertWritten(await outcome(table('main', texts)))
    })
  }
})

describe('modules of TypeScript that esbuild has compiled', () => {
  for (const [what, options] of [
    ['to CommonJS', { format: 'cjs' }],
    ['to ES modules', { format: 'esm' }],
    ['to one line', { format: 'cjs', minify: true }],
  ]) {
    it(`${what} have their author's places in stacks and lines`, async () => {
      assertWritten(
        await outcome(table('main', await byEsbuild({ price: PRICE, main: MAIN }, options))),
      )
    })
  }
})

describe('a function that was compiled', () => {
  const SOURCE = `(
  // An author's
  room: { beds: number },
): number => {
  const limit: number = 3
  if (room.beds > limit) {
    console.error('too many')
    throw new RangeError(missing as string)
  }
  return 1
}`
  /** The text of an expression, which esbuild ends with a semicolon. */
  async function compiled(options) {
    const texts = await byEsbuild({ rate: SOURCE }, options)
    return texts.rate.replace(/;(?=\s*\/\/#)/, '')
  }

  it('has them as one text', async () => {
    const source = await compiled()
    for (const fn of [{ source }, { source, name: 'rate@1:2' }]) {
      const { error, entries } = await outcome(fn, { beds: 9 })
      assert.deepEqual(frames(error.cause)[0], 'rate.ts:8')
      assert.deepEqual(
        entries.map(({ place }) => [place.file, place.line]),
        [['rate.ts', 7]],
      )
    }
  })

  it('shows what is missing in what its author wrote', async () => {
    const { error } = await outcome({ source: await compiled() }, { beds: 9 })
    const [told, empty, ...frame] = error.message.split('\n')
    assert.match(told, /where it was written \(rate\.ts, line 8, column 26\);/)
    assert.equal(empty, '')
    assert.ok(frame.some((line) => /^> +8 \| /.test(line) && line.includes('missing as string')))
    const bare = await outcome({ source: await compiled({ sourcesContent: false }) }, { beds: 9 })
    assert.match(bare.error.message, /\(rate\.ts, line 8, column 26\); pass it by .* shared$/)
  })

  it('has them when it is published', () =>
    withPool(one, async (pool) => {
      await pool.publish('rate', { source: await compiled() })
      const error = await rejection(pool.map([{ beds: 9 }], 'rate'))
      assert.equal(frames(error.cause)[0], 'rate.ts:8')
    }))

  it('has them in what it logs', () =>
    withPool(one, async (pool) => {
      const texts = await byEsbuild({ price: PRICE, main: MAIN }, { format: 'cjs' })
      const talks =
        "const f = require('main')\nmodule.exports = (o) => { try { f.default(o) } catch (e) { console.log(e) } }"
      const lines = []
      await pool.run(table('talks', { ...texts, talks }), order, {
        onLog: ({ level, message }) => level === 'info' && lines.push(message),
      })
      assert.match(lines[0], /RangeError: too many beds\n.*price\.ts:10:23/)
    }))

  it('has them in the errors that one came of', async () => {
    const texts = await byEsbuild({ price: PRICE, main: MAIN }, { format: 'cjs' })
    const talks = `const { default: main } = require('main')
      module.exports = (order) => {
        try {
          main(order)
        } catch (error) {
          throw new AggregateError([new Error('no', { cause: error }), 1, error], 'none')
        }
      }`
    const { error } = await outcome(table('talks', { ...texts, talks }))
    const [first, , second] = error.cause.errors
    assert.equal(frames(error.cause)[0], 'talks:6')
    assert.equal(frames(first)[0], 'talks:6')
    for (const inner of [first.cause, second]) assert.equal(frames(inner)[0], 'price.ts:10')
  })

  it('has them in both functions of reduce', () =>
    withPool(one, async (pool) => {
      const { fold, map } = await byEsbuild({
        fold: '(a: number, b: number): number => {\n\n  throw new Error("fold")\n}',
        map: '(a: number): number => {\n\n\n  if (a > 2) throw new Error("map")\n  return a\n}',
      })
      const text = (source, name) => ({ source: source.replace(/;(?=\s*\/\/#)/, ''), name })
      const reducers = { reduce: text(fold, 'fold'), map: text(map, 'map') }
      const folded = await rejection(pool.reduce([1, 2], reducers))
      const mapped = await rejection(pool.reduce([1, 3], reducers))
      assert.deepEqual(
        [frames(folded.cause)[0], frames(mapped.cause)[0]],
        ['fold.ts:3', 'map.ts:4'],
      )
      // Whose frames nobody can tell apart.
      const alike = { reduce: text(fold, 'same'), map: text(map, 'same') }
      const error = await rejection(pool.reduce([1, 3], alike))
      assert.match(frames(error.cause)[0], /^isolane:same:\d+$/)
    }))
})

describe('a map that is wrong', () => {
  const THROWS = "module.exports = () => {\n  throw new TypeError('mine')\n}\n"
  const url = (text) =>
    `//# sourceMappingURL=data:application/json;base64,${Buffer.from(text).toString('base64')}`
  for (const [what, map] of [
    ['no JSON', '{'],
    ['null', 'null'],
    ['without mappings', '{"version":3}'],
    ['for nothing', '{"version":3,"sources":[],"mappings":""}'],
    ['of another text', '{"version":3,"sources":["x.ts"],"mappings":"AAAA;;;;;;;"}'],
    [
      'made to forge lines',
      '{"version":3,"sources":["x\\n    at forged (y.ts:1:1)"],"mappings":";AAAA"}',
    ],
    ['endless', `{"version":3,"sources":["x"],"mappings":"${';A'.repeat(1e6)}"}`],
    ['nested', `${'['.repeat(1e6)}`],
  ]) {
    it(`leaves the error as it is: ${what}`, async () => {
      const { error } = await outcome(table('main', { main: `${THROWS}${url(map)}` }))
      assert.equal(error.code, 'ERR_ISOLANE_FUNCTION')
      assert.equal(error.cause.name, 'TypeError')
      assert.equal(error.cause.message, 'mine')
      assert.ok(error.cause instanceof TypeError)
      assert.equal(frames(error.cause)[0], 'main:2')
      assert.doesNotMatch(error.cause.stack, /forged/)
    })
  }

  it('is not taken of a file or of the web', async () => {
    for (const address of [
      'main.js.map',
      'file:///etc/passwd',
      'https://example.com/main.js.map',
    ]) {
      const source = `${THROWS}//# sourceMappingURL=${address}`
      const { error } = await outcome(table('main', { main: source }))
      assert.equal(frames(error.cause)[0], 'main:2')
    }
  })
})
