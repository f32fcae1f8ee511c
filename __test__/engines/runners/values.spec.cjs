/** Run by jest and vitest: `test-runners.test.mjs`. Their globals, and `require` or what stands for it. */
/* global expect, test */

// Functions in a module that is no test: coverage is of those.
const { look, same, twice } = require('./work.cjs')

test('values arrive as what they are, and calls end as they should', async () => {
  const { engines, Pool } = require('isolane')
  for (const engine of engines()) {
    const pool = new Pool({ engine, threads: 1 })
    for (const kind of ['Int8Array', 'Uint8Array', 'Uint16Array', 'Float32Array', 'Float64Array']) {
      expect(await pool.run(look, { inside: globalThis[kind].of(1, 2) })).toBe(kind)
    }
    expect(await pool.run(look, { inside: BigInt64Array.of(1n) })).toBe('BigInt64Array')
    expect(await pool.run(look, { inside: new Map([[1, 2]]) })).toBe('Map')
    expect(await pool.run(look, { inside: new Date(5) })).toBe('Date')
    expect(await pool.map(Float64Array.of(1, 2), twice)).toEqual(Float64Array.of(2, 4))
    const carried = { list: [{ a: 1 }], set: new Set([1]) }
    expect(await pool.run(same, carried)).toEqual(carried)
    const failing = pool.run({ source: "() => { throw new RangeError('wrong') }" })
    await expect(failing).rejects.toMatchObject({ code: 'ERR_ISOLANE_FUNCTION' })
    const stop = new AbortController()
    const endless = pool.run({ source: '() => { for (;;) {} }' }, 0, { signal: stop.signal })
    setImmediate(() => stop.abort())
    await expect(endless).rejects.toMatchObject({ code: 'ERR_ISOLANE_ABORTED' })
    await pool.close()
  }
})
