import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { watch } from './watchdog.mjs'

/** What the rounds of `targets/faulty.mjs` do, and what is to be found. */
const FAULTS = {
  'nothing wrong': undefined,
  'a signal': ['death', /SIGSEGV/],
  'an exit': ['death', /code 7/],
  'a line on stdout': ['stdout', /a line/],
  'a line on stderr': ['stderr', /a line/],
  'an error that is not the library’s': ['untyped error', /bare/],
  'an error that nobody catches': ['uncaughtException', /uncaught/],
  'a promise that does not settle': ['hang', /does not/],
  'an endless loop': ['hang', /does not/],
  'more memory than it may have': ['memory', /MiB resident/],
}

describe('what watches a process that is fuzzed finds', () => {
  Object.entries(FAULTS).forEach(([name, expected], round) => {
    const skip = name.includes('memory') && process.platform !== 'linux' && 'asks /proc'
    it(name, { skip }, async () => {
      const patienceMs = expected?.[0] === 'hang' ? 1500 : 60_000
      const task = { name: 'faulty', seed: 1, from: round, to: round + 1 }
      const { findings } = await watch(task, { patienceMs })
      if (expected === undefined) return assert.deepEqual(findings, [])
      const [kind, detail] = expected
      const found = findings.find((finding) => finding.kind === kind)
      assert.ok(found, `${kind} is not among ${JSON.stringify(findings)}`)
      assert.match(found.detail, detail)
    })
  })
})
