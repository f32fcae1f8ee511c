import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { sized } from '../support/size.mjs'

const FUZZER = fileURLToPath(new URL('fuzz.mjs', import.meta.url))
const SECONDS = process.env.FUZZ_SECONDS ?? String(sized(5, 1))

// The seed is new each time and stands in the message of a failure.
for (const flags of [[], ['--disallow-code-generation-from-strings']]) {
  test(`${SECONDS} seconds of fuzzing ${flags}`, async () => {
    await promisify(execFile)(process.execPath, [...flags, FUZZER, SECONDS])
  })
}
