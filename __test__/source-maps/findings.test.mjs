/** What the checker finds in compiled texts: where it is in what their authors wrote. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { transform } from 'esbuild'
import { check } from 'isolane/check'
import { rejection, withPool } from '../support/pools.mjs'

const SOURCE = `// Rooms.
interface Room { beds: number }

export default (room: Room): boolean => {
  type Beds = number
  const beds: Beds = room.beds
  return beds < limit
}
`
const options = { loader: 'ts', format: 'cjs', sourcemap: 'inline', sourcefile: 'room.ts' }
const compiled = async () => (await transform(SOURCE, options)).code

describe('a finding in a compiled text', () => {
  it('tells where its author wrote it, beside where it is', async () => {
    const source = await compiled()
    const [found] = await check(source, { filename: 'room.js' })
    assert.equal(found.rule, 'no-undef')
    assert.deepEqual(found.original, { file: 'room.ts', line: 7, column: 17 })
    assert.equal(source.slice(found.start, found.end), 'limit')
    assert.equal(found.filename, 'room.js')
    assert.match(found.frame, new RegExp(`> +${found.line} \\|`))
  })

  it('tells nothing of the kind where there is no map, or none that can be read', async () => {
    const source = await compiled()
    for (const text of [
      source.replace(/\/\/# source.*/, ''),
      source.replace('base64,ew', 'base64,AA'),
      SOURCE,
    ]) {
      const [found] = await check(text, { language: 'ts' })
      assert.equal(found.rule, 'no-undef')
      assert.equal('original' in found, false)
    }
  })

  it('is told so by publish', () =>
    withPool({ threads: 1 }, async (pool) => {
      const fn = { entry: 'room', modules: [{ id: 'room', source: await compiled() }] }
      const error = await rejection(pool.publish('room', fn, { check: true }))
      assert.equal(error.code, 'ERR_ISOLANE_CHECK_FAILED')
      assert.match(error.message, /room:\d+:\d+ \(room\.ts:7:17\) no-undef: /)
    }))
})
