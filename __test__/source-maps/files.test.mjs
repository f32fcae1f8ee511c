/** Functions in files with source maps, in them or beside them: the places that their authors wrote. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { rejection, withPool } from '../support/pools.mjs'

const one = { threads: 1 }
const tsc = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url))

const PRICE = `interface Room {
  beds: number
}

export const price = (room: Room): number => {
  if (room.beds > 3) throw new RangeError('too many beds')
  console.warn('room', room.beds)
  return room.beds * limit
}
`
const MAIN = `import { price } from './price.js'

type Rooms = { beds: number }[]

export default (rooms: Rooms): number => {
  let sum: number = 0
  for (const room of rooms) sum += price(room)
  return sum
}
`
/** Of a text whose second line came from the fifth. */
const MAP = JSON.stringify({ version: 3, sources: ['../src/price.ts'], mappings: ';EAIE' })
const THROWS = "export default () => {\n  throw new TypeError('mine')\n}\n"

let folder
const path = (name) => join(folder, name)

async function write(files) {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(path(name)), { recursive: true })
    await writeFile(path(name), text)
  }
}

/** Frames of a stack, without columns. */
const frames = ({ stack }) =>
  stack
    .split('\n')
    .filter((line) => line.startsWith('    at '))
    .map((line) => /([^\s(]+:\d+):\d+\)?$/.exec(line)?.[1])

async function thrown(filename, arg) {
  return withPool(one, async (pool) => {
    const entries = []
    const onLog = (entry) => entries.push(entry)
    return { error: await rejection(pool.run({ filename }, arg, { onLog })), entries }
  })
}

before(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'isolane-')))
  await write({ 'package.json': '{ "type": "module" }' })
})
after(() => rm(folder, { recursive: true }))

describe('files that tsc has compiled', () => {
  for (const [what, flags] of [
    ['in them', ['--inlineSourceMap', '--inlineSources']],
    ['in them, without the sources', ['--inlineSourceMap']],
    ['beside them', ['--sourceMap']],
  ]) {
    it(`have their author's places, with maps ${what}`, async () => {
      const own = flags.join('').replaceAll('-', '')
      await write({ [`${own}/src/price.ts`]: PRICE, [`${own}/src/main.ts`]: MAIN })
      const sources = ['price', 'main'].map((name) => path(`${own}/src/${name}.ts`))
      const options = ['--skipLibCheck', '--types', '', '--outDir', path(`${own}/dist`)]
      options.push('--module', 'nodenext', '--target', 'es2022', ...flags)
      // It does not know `limit`.
      await promisify(execFile)(process.execPath, [tsc, ...sources, ...options], {
        cwd: folder,
      }).catch(() => {})
      const filename = path(`${own}/dist/main.js`)
      const { error } = await thrown(filename, [{ beds: 4 }])
      assert.equal(error.cause.message, 'too many beds')
      const [price, main] = sources
      assert.deepEqual(frames(error.cause).slice(0, 2), [`${price}:6`, `${main}:7`])

      const { error: missing, entries } = await thrown(filename, [{ beds: 2 }])
      assert.deepEqual(
        entries.map(({ place: { file, line, column } }) => [file, line, column]),
        [[price, 7, 11]],
      )
      assert.ok(missing.message.includes(`(${price}, line 8, column 22); import it`))
      assert.match(missing.message, /\n> 8 \|   return room\.beds \* limit\n/)
    })
  }
})

describe('the map of a file', () => {
  const placeOf = async (name) => frames((await thrown(path(name))).error.cause)[0]
  const inline = (map) => `data:application/json,${encodeURIComponent(map)}`

  it('is that of a function that is published', () =>
    withPool(one, async (pool) => {
      await write({ 'dist/published.js': `${THROWS}//# sourceMappingURL=${inline(MAP)}` })
      await pool.publish('fn', { filename: path('dist/published.js') })
      const { cause } = await rejection(pool.run('fn'))
      assert.equal(frames(cause)[0], `${path('src/price.ts')}:5`)
    }))

  it('is that of each of the functions of reduce', () =>
    withPool(one, async (pool) => {
      const file = (name) => ({ filename: path(`dist/${name}.js`) })
      await write({
        'dist/fold.js': `${THROWS}//# sourceMappingURL=${inline(MAP)}`,
        'dist/map.js': 'export default (n) => n',
      })
      const reducers = { reduce: file('fold'), map: file('map') }
      const { cause } = await rejection(pool.reduce([1, 2], reducers))
      assert.equal(frames(cause)[0], `${path('src/price.ts')}:5`)
    }))

  it('keeps names of the web', async () => {
    const map = MAP.replace('../src/', 'webpack://app/')
    await write({ 'dist/web.js': `${THROWS}//# sourceMappingURL=${inline(map)}` })
    assert.equal(await placeOf('dist/web.js'), 'webpack://app/price.ts:5')
  })

  for (const [what, address, map] of [
    ['is no JSON', 'main.js.map', '{'],
    ['is too long', 'main.js.map', MAP + ' '.repeat(5 << 20)],
    ['is not there', 'main.js.map'],
    ['is in another folder', '../other.js.map'],
    ['has another name', 'other.js.map'],
    ['is on the web', 'https://example.com/main.js.map'],
  ]) {
    it(`is left alone where it ${what}`, async () => {
      await rm(path('dist'), { recursive: true, force: true })
      await write({
        'dist/main.js': `${THROWS}//# sourceMappingURL=${address}\n`,
        'dist/other.js.map': MAP,
        'other.js.map': MAP,
        ...(map === undefined ? {} : { 'dist/main.js.map': map }),
      })
      assert.match(await placeOf('dist/main.js'), /\/dist\/main\.js:2$/)
    })
  }

  it('is not looked for in files of others, which a stack may name', async () => {
    const other = await realpath(await mkdtemp(join(tmpdir(), 'isolane-')))
    try {
      await writeFile(join(other, 'x.js'), `${THROWS}//# sourceMappingURL=${inline(MAP)}`)
      const frame = `    at f (${join(other, 'x.js')}:2:3)`
      const text = `export default () => {
        const error = new Error('mine')
        error.stack = ${JSON.stringify(`Error: mine\n${frame}`)}
        throw error
      }`
      await write({ 'dist/forges.js': text })
      assert.equal(await placeOf('dist/forges.js'), `${join(other, 'x.js')}:2`)
    } finally {
      await rm(other, { recursive: true })
    }
  })
})
