import { describe, it } from 'node:test'
import { BOUNDED, MEMORY, NEVER, survives, THROWS, TIMEOUT, VALUE } from './support.mjs'

describe('hostile: time', { concurrency: 2 }, () => {
  const cases = {
    '1 a loop': ['() => { for (;;) {} }', TIMEOUT],
    '1 a hot loop': ['() => { let x = 0; while (true) x++ }', TIMEOUT],
    '2 loops in catch and finally': [
      '() => { try { for (;;); } catch { for (;;); } finally { for (;;); } }',
      TIMEOUT,
    ],
    '3 a regular expression bomb': ["() => /^(a+)+$/.test('a'.repeat(40) + '!')", TIMEOUT],
    '4 endless microtasks': [
      '() => { function f() { return Promise.resolve().then(f) } return f() }',
      [TIMEOUT, MEMORY],
    ],
    '4 an endless await': ['async () => { for (;;) await null }', TIMEOUT],
    '5 a loop after the end': [
      '() => { Promise.resolve().then(() => { for (;;); }); return 1 }',
      TIMEOUT,
    ],
    '6 a promise that never settles': ['() => new Promise(() => {})', NEVER],
    '6 an await that never settles': ['async () => { await new Promise(() => {}) }', NEVER],
    '17 a WebAssembly loop': [
      '() => { const b = new Uint8Array([0,97,115,109,1,0,0,0,1,4,1,96,0,0,3,2,1,0,7,5,1,1,102,0,0,10,9,1,7,0,3,64,12,0,11,11]); new WebAssembly.Instance(new WebAssembly.Module(b)).exports.f() }',
      TIMEOUT,
    ],
    '18 Atomics.wait': [
      '() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)',
      THROWS,
      { message: /TypeError/ },
    ],
    '19 a spin on shared memory': [
      '() => { const i = new Int32Array(new SharedArrayBuffer(4)); while (Atomics.load(i, 0) === 0); }',
      TIMEOUT,
    ],
    '19 Atomics.waitAsync': [
      '() => Atomics.waitAsync(new Int32Array(new SharedArrayBuffer(4)), 0, 0).value',
      NEVER,
    ],
    '20 a power of BigInts': ['() => String(2n ** (2n ** 30n)).length', [THROWS, TIMEOUT]],
    '20 a BigInt of many digits': ["() => BigInt('1'.repeat(1e8)) > 0n", BOUNDED],
    '21 JSON.parse of 100 MB': [
      "() => JSON.parse('[' + '1,'.repeat(5e7) + '1]').length",
      BOUNDED,
      { parked: true },
    ],
    '21 the sort of a large typed array': [
      '() => new Float64Array(5e6).map(Math.random).sort().length',
      BOUNDED,
    ],
    '21 eval of 100 MB': ["() => eval('1'.repeat(1e8))", BOUNDED, { parked: true }],
    '33 a looping finalizer': [
      '() => { new FinalizationRegistry(() => { for (;;); }).register({}, 1); for (let n = 0; n < 200; n++) new Array(1e5).fill(n); return 1 }',
      VALUE,
    ],
    '38 normalize of a long string': [
      "() => '\\u00e9'.repeat(2e7).normalize('NFD').length",
      BOUNDED,
    ],
  }
  for (const [name, [source, expected, more]] of Object.entries(cases)) {
    it(name, () => survives(source, expected, more))
  }
})
