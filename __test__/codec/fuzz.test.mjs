import assert from 'node:assert/strict'
import { test } from 'node:test'
import { watch } from '../fuzz/watchdog.mjs'
import { sized } from '../support/size.mjs'

const SECONDS = sized(5, 1)

// The seed is new each time and stands in the name of the test.
for (const flags of [[], ['--disallow-code-generation-from-strings']]) {
  const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 1e9)
  test(`${SECONDS} seconds of fuzzing ${flags} (FUZZ_SEED=${seed})`, async () => {
    const end = Date.now() + SECONDS * 1000
    const { findings, next } = await watch(
      { name: 'codec', seed, from: 0 },
      { flags, isOver: () => Date.now() >= end },
    )
    assert.deepEqual(findings, [])
    assert.ok(next > 0)
  })
}
