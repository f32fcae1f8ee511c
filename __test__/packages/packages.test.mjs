/**
 * Well-known packages in isolates: bundled to one source, and imported by a file, they give the answers that
 * they give in Node.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import { engines, Pool } from 'isolane'

import { hasPackages, packagesFolder } from '../../scripts/fetched/packages.mjs'
import { markdown } from '../package/markdown.mjs'
import { settled } from '../support/pools.mjs'
import { bundled } from './bundled.mjs'
import { uses } from './uses.mjs'

describe('packages', () => {
  it('are those of docs/packages.md, in their versions', () => {
    const rows = [...markdown('docs/packages.md').text.matchAll(/^\| `([^`]+)` \| ([\d.]+) \|/gm)]
    assert.deepEqual(
      rows.map(([, name, version]) => `${name}@${version}`),
      Object.keys(uses),
    )
    assert.ok(rows.length >= 50)
  })

  it('which a file cannot import are named there', () => {
    const [, sentence] = /needs no bundler: (.*)/.exec(markdown('docs/packages.md').text)
    const named = [...sentence.matchAll(/`([^`]+)`, which/g)].map(([, name]) => name)
    const packages = Object.keys(notAsFiles).map((name) => name.slice(0, name.lastIndexOf('@')))
    assert.deepEqual(named, packages)
  })
})

/** Those that do not run as what a file imports, and what the call is told. */
const notAsFiles = {
  'immer@11.2.13': /ReferenceError: process is not defined/,
}

const reason = engines().includes('v8')
  ? 'the packages have not been fetched (npm run test:all)'
  : 'this build has no v8 engine'

describe(
  'in an isolate',
  { skip: engines().includes('v8') && hasPackages() ? false : reason },
  () => {
    let pool
    let folder
    before(() => {
      pool = new Pool({ engine: 'v8', threads: 1 })
      folder = mkdtempSync(join(packagesFolder, 'uses-'))
    })
    after(async () => {
      await settled(pool.destroy())
      rmSync(folder, { recursive: true })
    })

    for (const [name, text] of Object.entries(uses)) {
      it(`${name} answers as in Node`, async () => {
        const source = await bundled(text, packagesFolder)
        // oxlint-disable-next-line no-eval -- the same text, here
        const here = JSON.stringify(await (0, eval)(source)())
        assert.notEqual(here, undefined)
        assert.equal(JSON.stringify(await settled(pool.run({ source, name }))), here)

        const filename = fileOf(folder, name, text)
        const asFile = settled(pool.run({ filename }))
        if (Object.hasOwn(notAsFiles, name)) await assert.rejects(asFile, notAsFiles[name])
        else assert.equal(JSON.stringify(await asFile), here)
      })
    }
  },
)

/** Writes the use of a package beside it. */
function fileOf(folder, name, text) {
  const path = join(folder, `${name.replaceAll('/', '+')}.mjs`)
  writeFileSync(path, text)
  return pathToFileURL(path).href
}
