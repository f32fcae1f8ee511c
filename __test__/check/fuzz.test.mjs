import assert from 'node:assert/strict'
import { test } from 'node:test'

import { watch } from '../fuzz/watchdog.mjs'
import { sized } from '../support/size.mjs'

const ROUNDS = sized(5000, 500)
// The seed is new each time and stands in the name of the test.
const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 1e9)

test(`${ROUNDS} sources with a few changes are answered (FUZZ_SEED=${seed})`, async () => {
  const { findings, next } = await watch({ name: 'check', seed, from: 0, to: ROUNDS })
  assert.deepEqual(findings, [])
  assert.equal(next, ROUNDS)
})
