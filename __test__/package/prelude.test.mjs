/** What the bundled scripts of isolates rely on and only the linter enforces. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

import { root } from '../../scripts/lib/paths.mjs'
import { externalModules } from '../../scripts/prelude.mjs'

const inSource = (name) => `npm/isolane/src/${name}`

test('the linter keeps built-ins out of every module that is evaluated late', () => {
  const config = readFileSync(join(root, '.oxlintrc.json'), 'utf8').replaceAll(/^\s*\/\/.*$/gm, '')
  const overrides = JSON.parse(config).overrides.filter(
    ({ rules }) => rules['no-restricted-globals'] !== undefined,
  )
  // The first is about timers; what comes later takes its place.
  const [everywhere, late, early] = overrides
  assert.equal(overrides.length, 3)
  assert.deepEqual(everywhere.files, [inSource('**/*.ts')])
  const modules = ['codec/**/*.ts', '**/late/*.ts']
  assert.deepEqual(late.files.toSorted(), modules.map(inSource).toSorted())
  assert.equal(early.rules['no-restricted-globals'], 'off')
  // The prelude itself evaluates its externals. The others are for Node, and for a context without user code.
  const others = [...externalModules, 'codec/platform-node.ts', 'isolate/late/lender.ts']
  assert.deepEqual(early.files.toSorted(), others.map(inSource).toSorted())
})
