import { CLONE, hostile, LOST, MEMORY, NEVER, RANGE_ERROR, THROWS, TIMEOUT, VALUE } from './support.mjs' // prettier-ignore

/** A module with one function, an endless loop: `loop br 0`. */
const LOOP =
  'new Uint8Array([0,97,115,109,1,0,0,0,1,4,1,96,0,0,3,2,1,0,7,5,1,1,102,0,0,10,9,1,7,0,3,64,12,0,11,11])'

hostile('time', {
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
  '4 endless microtasks that a loop leaves behind': [
    '() => { const f = () => Promise.resolve().then(f); void f(); for (;;); }',
    TIMEOUT,
  ],
  '5 a loop after the end': [
    '() => { Promise.resolve().then(() => { for (;;); }); return 1 }',
    TIMEOUT,
  ],
  '6 a promise that never settles': ['() => new Promise(() => {})', NEVER],
  '6 an await that never settles': ['async () => { await new Promise(() => {}) }', NEVER],
  '17 a WebAssembly loop': [
    `() => new WebAssembly.Instance(new WebAssembly.Module(${LOOP})).exports.f()`,
    TIMEOUT,
  ],
  '17 a WebAssembly loop as the start function': [
    '() => { const b = new Uint8Array([0,97,115,109,1,0,0,0,1,4,1,96,0,0,3,2,1,0,8,1,0,10,9,1,7,0,3,64,12,0,11,11]); return WebAssembly.instantiate(b).then(() => 1) }',
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
  '20 a power of BigInts': ['() => String(2n ** (2n ** 30n)).length', THROWS, RANGE_ERROR],
  '20 a BigInt of many digits': [
    "() => BigInt('1'.repeat(1e8)) > 0n",
    [TIMEOUT, MEMORY, THROWS, LOST],
    { unstoppable: true },
  ],
  '20 BigInts that are multiplied for ever': [
    '() => { let n = 3n; for (;;) n *= n }',
    [TIMEOUT, THROWS],
  ],
  '21 JSON.parse of 200 MB': [
    "() => JSON.parse('[' + '1,'.repeat(1e8) + '1]').length",
    [MEMORY, TIMEOUT, LOST],
    { parked: true, unstoppable: true },
  ],
  '21 the sort of fifty million numbers': [
    '() => new Float64Array(5e7).map(Math.random).sort().length',
    [TIMEOUT, LOST],
    { options: { memoryLimitMb: 1024 }, parked: true, unstoppable: true },
  ],
  '21 eval of 400 MB': [
    "() => eval('1'.repeat(4e8))",
    [MEMORY, TIMEOUT, LOST],
    { parked: true, unstoppable: true },
  ],
  '33 a looping finalizer': [
    '() => { new FinalizationRegistry(() => { for (;;); }).register({}, 1); for (let n = 0; n < 200; n++) new Array(1e5).fill(n); return 1 }',
    VALUE,
    { value: '1' },
  ],
  '38 normalize of a long string': [
    "() => '\\u00e9'.repeat(5e7).normalize('NFD').length",
    [VALUE, MEMORY, TIMEOUT, LOST],
    { parked: true, unstoppable: true },
  ],
  '38 localeCompare of long strings': [
    "() => ('a'.repeat(1e7) + 'b').localeCompare('a'.repeat(1e7) + 'c')",
    [VALUE, MEMORY, TIMEOUT],
    { parked: true, unstoppable: true },
  ],
  '38 locales that do not exist': [
    "() => [new Date(0).toLocaleString('xx', { timeZone: 'UTC' }), (1e6).toLocaleString('xx'), new Intl.DateTimeFormat('de', { timeZone: 'UTC' }).format(0)]",
    VALUE,
    { value: JSON.stringify([new Date(0).toLocaleString('en-US', { timeZone: 'UTC' }), '1,000,000', '1.1.1970']) }, // prettier-ignore
  ],
  '38 a time zone that does not exist': [
    "() => new Intl.DateTimeFormat('en', { timeZone: 'Nowhere/None' })",
    [THROWS, CLONE],
    RANGE_ERROR,
  ],
  '47 a chain of bound functions under instanceof': [
    `() => {
      let f = Object
      for (let n = 0; n < 3e5; n++) f = f.bind()
      for (let n = 0; n < 1e5; n++) try { ({}) instanceof f } catch {}
    }`,
    THROWS,
    { message: /RangeError: More than 256 functions/ },
  ],
  '47 a chain of bound functions in a call': [
    `() => {
      let f = () => {}
      for (let n = 0; n < 3e5; n++) f = f.bind()
      for (let n = 0; n < 1e5; n++) f()
    }`,
    THROWS,
    { message: /RangeError: More than 256 functions/ },
  ],
  '47 a chain of bound functions in new': [
    `() => {
      let f = class {}
      for (let n = 0; n < 3e5; n++) f = f.bind()
      for (let n = 0; n < 1e5; n++) new f()
    }`,
    THROWS,
    { message: /RangeError: More than 256 functions/ },
  ],
  '47 the longest chain, hot, under instanceof': [
    `() => {
      let f = Object
      for (let n = 0; n < 256; n++) f = f.bind(null, n)
      const use = () => ({}) instanceof f
      let right = 0
      for (let n = 0; n < 1e5; n++) right += use()
      return right
    }`,
    VALUE,
    { value: '100000' },
  ],
  '47 the longest chain, hot, in a call': [
    `() => {
      let f = (...a) => a.length === 256
      for (let n = 0; n < 256; n++) f = f.bind(null, n)
      const use = () => f()
      let right = 0
      for (let n = 0; n < 1e5; n++) right += use()
      return right
    }`,
    VALUE,
    { value: '100000' },
  ],
  '47 the longest chain, hot, in new': [
    `() => {
      let f = class { constructor(...a) { this.all = a.length === 256 } }
      for (let n = 0; n < 256; n++) f = f.bind(null, n)
      const use = () => new f().all
      let right = 0
      for (let n = 0; n < 1e5; n++) right += use()
      return right
    }`,
    VALUE,
    { value: '100000' },
  ],
})
