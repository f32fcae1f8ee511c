/** What the bundled prelude relies on and only the linter enforces. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

import { root } from '../../scripts/lib/paths.mjs'
import { deferredModules } from '../../scripts/prelude.mjs'

test('the linter keeps built-ins out of every module that is evaluated late', () => {
  const config = readFileSync(join(root, '.oxlintrc.json'), 'utf8').replaceAll(/^\s*\/\/.*$/gm, '')
  const override = JSON.parse(config).overrides.find((each) => each.rules['no-restricted-globals'])
  const modules = deferredModules.map((name) => `npm/isolane/src/${name}`)
  assert.deepEqual(override.files.toSorted(), modules.toSorted())
})
