/** The examples of the documentation run as printed. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { engines } from 'isolane'

import { run } from '../../scripts/lib/run.mjs'
import { filesOfCheckout, markdown } from './markdown.mjs'
import { patient, printedBy, programsOf } from './programs.mjs'

const pages = filesOfCheckout()
  .filter((path) => /^(README|docs\/.*|npm\/[\w-]+\/README)\.md$/.test(path))
  .map(markdown)

const options = { skip: engines()[0] === 'v8' ? false : 'they are for the v8 engine' }

describe('the examples of', options, () => {
  for (const { path, blocks } of pages) {
    const programs = programsOf(blocks)
    if (programs.length === 0) continue
    test(`${path} run, and print what they say`, async () => {
      for (const code of programs) {
        const output = await run([process.execPath, '--input-type=module', '--eval', patient(code)])
        assert.equal(output, printedBy(code), code)
      }
    })
  }
})

test('the pages with examples have some', () => {
  const without = pages.filter(({ blocks }) => programsOf(blocks).length === 0)
  const names = ['README', 'docs/api', 'docs/example', 'docs/functions', 'docs/values']
  assert.deepEqual(
    without.filter(({ path }) => names.includes(path.replace(/\.md$/, ''))),
    [],
  )
})
