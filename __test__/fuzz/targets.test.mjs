import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { engine } from '../support/engine.mjs'
import { sized } from '../support/size.mjs'
import { watch } from './watchdog.mjs'

/** Programs have more time of their own, in `npm run test:all`. */
const ROUNDS = {
  text: sized(200, 25),
  records: sized(100, 20),
  options: sized(1000, 100),
  ...(engine === 'v8' && { wire: sized(200, 25), sharing: sized(800, 100) }),
}

// The rounds are the same each time: new ones are for `npm run fuzz`.
const seed = Number(process.env.FUZZ_SEED ?? 1)

describe(`random rounds (FUZZ_SEED=${seed}) end well, or in errors of the library`, () => {
  for (const [name, rounds] of Object.entries(ROUNDS)) {
    it(`${name}: ${rounds}`, async () => {
      let ended = 0
      const task = { name, engine, seed, from: 0, to: rounds }
      const { findings } = await watch(task, { onOutcome: () => ended++ })
      assert.deepEqual(findings, [])
      assert.equal(ended, rounds)
    })
  }
})
