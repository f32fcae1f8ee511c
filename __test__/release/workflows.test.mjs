/** What the workflows may do, and with what. */
import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'

import { root } from '../../scripts/lib/paths.mjs'

const folder = join(root, '.github', 'workflows')

for (const name of readdirSync(folder)) {
  const text = readFileSync(join(folder, name), 'utf8')
  const steps = text.split(/^ {6}- /m).slice(1)

  describe(name, () => {
    test('takes every action at a commit, and says which version that is', () => {
      const uses = [...text.matchAll(/\buses: (.*)$/gm)].map(([, action]) => action)
      const loose = uses.filter(
        (action) => !/^[\w./-]+@[0-9a-f]{40} # v\d+(\.\d+){0,2}$/.test(action),
      )
      assert.ok(uses.length > 0)
      assert.deepEqual(loose, [])
    })

    test('is allowed to read the checkout at most, unless a job asks for more', () => {
      assert.match(text, /^permissions:( \{\}|\n {2}contents: read)\n/m)
    })

    test('leaves no token behind in the checkout', () => {
      const checkouts = steps.filter((step) => step.includes('actions/checkout@'))
      assert.ok(checkouts.every((step) => step.includes('persist-credentials: false')))
    })

    test('gives a secret to steps that do nothing but publish', () => {
      const trusted = steps.filter((step) => step.includes('npm publish "'))
      const secrets = (parts) => parts.join('').match(/\bsecrets\./g)?.length ?? 0
      assert.equal(secrets([text]), secrets(trusted))
      for (const step of trusted) assert.doesNotMatch(step, /\bnpm (ci|install|run|test)\b|\bnode /)
    })
  })
}

describe('the release', () => {
  const text = readFileSync(join(folder, 'release.yml'), 'utf8')
  const jobs = text.split(/^ {2}(?=\w+:\n {4}name:)/m)
  const publish = jobs.find((job) => job.startsWith('publish:'))

  test('publishes with a statement of origin what was installed before, and runs no code of the checkout', () => {
    assert.match(publish, /^ {4}needs: install$/m)
    assert.match(publish, /^ {4}environment: npm$/m)
    assert.match(publish, /npm publish .*--provenance/)
    assert.doesNotMatch(publish, /actions\/checkout|npm ci|contents: write/)
  })

  test('signs in that job alone', () => {
    const signing = jobs.filter((job) => job.includes('id-token: write'))
    assert.deepEqual(signing, [publish])
  })
})
