/** What counts as an answer on advisories: where none comes, nothing may look checked. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { answerIn, graveIn } from '../../scripts/audit.mjs'

const answer = (vulnerabilities) =>
  JSON.stringify({ auditReportVersion: 2, vulnerabilities }, null, 2)

describe('npm audit', () => {
  test('has answered with a report, whatever stands around it', () => {
    const report = { auditReportVersion: 2, vulnerabilities: {} }
    assert.deepEqual(answerIn(`npm warn config\n${answer({})}\nnpm notice new version\n`), report)
  })

  for (const [what, text] of [
    [
      'an error of the registry',
      '{\n  "message": "405 Method Not Allowed",\n  "statusCode": 405\n}\n',
    ],
    ['nothing', ''],
    ['words', 'npm error audit endpoint returned an error\n'],
    ['half a report', answer({}).slice(0, -1)],
  ]) {
    test(`has not answered with ${what}`, () => {
      assert.equal(answerIn(text), undefined)
    })
  }

  test('fails for what is high or critical, with its names', () => {
    const some = (severity) => ({
      name: `of ${severity}`,
      severity,
      via: [{ title: 'a hole' }, 'it'],
    })
    const levels = ['info', 'low', 'moderate', 'high', 'critical']
    const found = graveIn(
      JSON.parse(answer(Object.fromEntries(levels.map((level) => [level, some(level)])))),
    )
    assert.deepEqual(found, ['of high: high: a hole; it', 'of critical: critical: a hole; it'])
  })
})
