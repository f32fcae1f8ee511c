import assert from 'node:assert/strict'
import { test } from 'node:test'
import { engines } from 'isolane'
import { check } from 'isolane/check'

import { withPool } from '../support/pools.mjs'

for (const engine of engines()) {
  test(`the checker knows all globals that functions find on the ${engine} engine`, async () => {
    const found = await withPool({ engine, threads: 1 }, (pool) =>
      pool.run(() =>
        Object.getOwnPropertyNames(globalThis).filter((name) => /^[A-Za-z]\w*$/.test(name)),
      ),
    )
    assert.ok(found.includes('Map') && found.includes('Buffer') === (engine === 'node'))
    const source = `() => [${found.join(', ')}]`
    const unknown = await check(source, { engine, extends: 'none', rules: { 'no-undef': 'error' } })
    assert.deepEqual(
      unknown.map(({ message }) => message),
      [],
    )
  })
}
