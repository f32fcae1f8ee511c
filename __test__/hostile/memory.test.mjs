import { hostile, LOST, MEMORY, RANGE_ERROR, SOURCE, THROWS, TIMEOUT, VALUE } from './support.mjs'

/** V8 can only abort: the worker is lost, and keeps its memory. */
const parked = { parked: true }
/** A built-in that V8 cannot interrupt: what comes first depends on the machine. */
const NATIVE = [MEMORY, TIMEOUT, LOST]
const native = { parked: true, unstoppable: true }

/** A module with a memory `m` of one page, and `g`, which grows it. */
const GROWS =
  'new Uint8Array([0,97,115,109,1,0,0,0,1,6,1,96,1,127,1,127,3,2,1,0,5,3,1,0,1,7,9,2,1,109,2,0,1,103,0,0,10,8,1,6,0,32,0,64,0,11])'

/** Makes a module of one function, whose body is `size` bytes of `nop`; larger than V8 takes from 7,654,321 on. */
const HUGE_MODULE = `(size) => {
  const leb = (n) => { const out = []; do { out.push((n & 127) | (n > 127 ? 128 : 0)); n >>>= 7 } while (n > 0); return out }
  const body = leb(size + 2), section = leb(1 + body.length + size + 2)
  const head = [0,97,115,109,1,0,0,0,1,4,1,96,0,0,3,2,1,0,10,...section,1,...body,0]
  const bytes = new Uint8Array(head.length + size + 1).fill(1)
  bytes.set(head)
  bytes[bytes.length - 1] = 11
  return bytes
}`

hostile('memory', {
  '10 objects': ['() => { const a = []; for (;;) a.push({}) }', MEMORY],
  '10 a prototype chain': ['() => { let o = {}; for (;;) o = Object.create(o) }', MEMORY],
  '10 a Map': [
    '() => { const m = new Map(); for (let n = 0; ; n++) m.set(n, n) }',
    [MEMORY, TIMEOUT],
  ],
  '10 closures': ['() => { let f = () => 1; for (;;) { const g = f; f = () => g } }', MEMORY],
  '11 numbers': ['() => { const a = []; for (;;) a.push(1) }', MEMORY, parked],
  '11 an array that is pushed a hundred million times': [
    '() => { const a = []; for (let n = 0; n < 1e8; n++) a.push(n); return a.length }',
    MEMORY,
    parked,
  ],
  '11 a filled array': ['() => new Array(1e8).fill(0).length', NATIVE, native],
  '11 a length alone': ['() => Array(1e9).length', VALUE, { value: '1000000000' }],
  '11 a larger one, filled': ['() => Array(1e9).fill(1).length', NATIVE, native],
  '11 a spread string': ["() => [...'.'.repeat(1e8)].length", NATIVE, native],
  '11 a larger one, where V8 can only abort': ["() => [...'.'.repeat(5e8)].length", NATIVE, native],
  '11 a spread of more characters than a string has': [
    "() => [...'.'.repeat(1e9)].length",
    THROWS,
    RANGE_ERROR,
  ],
  '11 split into more than an array holds': [
    "() => 'a'.repeat(2e8).split('').length",
    MEMORY,
    parked,
  ],
  '11 match of more than an array holds': [
    "() => 'a'.repeat(2e8).match(/a/g).length",
    MEMORY,
    parked,
  ],
  '11 apply of a huge array': [
    '() => Math.max.apply(null, new Array(1e8))',
    [THROWS, ...NATIVE],
    native,
  ],
  '11 keys of a long string': ["() => Object.keys('a'.repeat(1.5e8)).length", NATIVE, native],
  '11 concat': ['() => { let a = [{}]; for (;;) a = a.concat(a) }', MEMORY, parked],
  '11 join': ["() => new Array(1e7).fill('0123456789').join('')", MEMORY, parked],
  '12 a string that doubles': [
    "() => { let s = 'x'; for (;;) s += s }",
    THROWS,
    { message: /Invalid string length/ },
  ],
  '12 a hundred strings as long as can be': [
    "() => { const all = []; for (let n = 0; n < 100; n++) { let s = 'x' + n; try { for (;;) s += s } catch {} s.charCodeAt(0); all.push(s, JSON.stringify(s)) } return all.length }",
    NATIVE,
    native,
  ],
  '12 strings kept': [
    "() => { const a = []; for (let n = 0; ; n++) a.push(('s' + n).repeat(50)) }",
    MEMORY,
  ],
  '12 a string longer than can be': ["() => 'x'.repeat(2 ** 29).length", THROWS, RANGE_ERROR],
  '12 the longest string': ["() => 'x'.repeat(2 ** 29 - 24).length", VALUE, { value: '536870888' }],
  '12 replace into a long string': [
    "() => 'a'.repeat(1e5).replace(/a/g, 'b'.repeat(1e4)).length",
    [THROWS, MEMORY, VALUE],
    parked,
  ],
  '13 array buffers': ['() => { const b = []; for (;;) b.push(new ArrayBuffer(1 << 20)) }', MEMORY],
  '13 small typed arrays': [
    '() => { const b = []; for (;;) b.push(new Float64Array(10)) }',
    MEMORY,
  ],
  '14 a resizable buffer': [
    '() => { const b = new ArrayBuffer(8, { maxByteLength: 2 ** 33 }); b.resize(2 ** 32); return b.byteLength }',
    MEMORY,
  ],
  '14 many resizable buffers, transferred': [
    '() => { const all = []; for (;;) { const b = new ArrayBuffer(8, { maxByteLength: 1 << 24 }).transfer(); b.resize(1 << 24); new Uint8Array(b).fill(1); all.push(b) } }',
    MEMORY,
  ],
  '14 a growable shared buffer': [
    '() => { const b = new SharedArrayBuffer(8, { maxByteLength: 2 ** 33 }); b.grow(2 ** 32); return b.byteLength }',
    MEMORY,
  ],
  '15 a storm of refused buffers': [
    '() => { for (;;) try { new ArrayBuffer(1e9) } catch {} }',
    TIMEOUT,
  ],
  '16 a large WebAssembly memory': [
    '() => new WebAssembly.Memory({ initial: 65536 }).buffer.byteLength',
    THROWS,
  ],
  '16 WebAssembly memories whose buffers are kept': [
    '() => { const all = []; for (;;) all.push(new WebAssembly.Memory({ initial: 100, maximum: 100 }).buffer) }',
    MEMORY,
  ],
  '16 a WebAssembly memory that grows': [
    '() => { const m = new WebAssembly.Memory({ initial: 1 }); for (;;) { m.grow(16); new Uint8Array(m.buffer).fill(1) } }',
    THROWS,
    { message: /maximum/i },
  ],
  '16 a module that grows its own': [
    `() => { const { g, m } = new WebAssembly.Instance(new WebAssembly.Module(${GROWS})).exports; while (g(16) !== -1); return m.buffer.byteLength <= 32 << 20 }`,
    VALUE,
    { value: 'true' },
  ],
  '16 instances of such a module': [
    `() => { const module = new WebAssembly.Module(${GROWS}); const all = []; for (;;) { const { exports } = new WebAssembly.Instance(module); exports.g(500); all.push(exports.m) } }`,
    MEMORY,
  ],
  '16 WebAssembly tables': [
    "() => { const all = []; for (;;) all.push(new WebAssembly.Table({ initial: 1e6, element: 'anyfunc' })) }",
    [MEMORY, THROWS],
    parked,
  ],
  '17 a module that is none': [
    '() => new WebAssembly.Module(new Uint8Array(1e7))',
    THROWS,
    { message: /WebAssembly\.Module/ },
  ],
  '17 a memory section that lies': [
    '() => new WebAssembly.Module(new Uint8Array([0,97,115,109,1,0,0,0,5,3,255,255,255]))',
    THROWS,
    { message: /WebAssembly\.Module/ },
  ],
  '17 a function larger than V8 takes': [
    `() => new WebAssembly.Module((${HUGE_MODULE})(8e6))`,
    THROWS,
    { message: /size 8000002 > maximum/ },
  ],
  '17 a function just smaller': [
    `() => String(new WebAssembly.Module((${HUGE_MODULE})(7e6)))`,
    VALUE,
    { value: '"[object WebAssembly.Module]"' },
  ],
  '17 WebAssembly where the sandbox has none': [
    '() => WebAssembly.validate(new Uint8Array(8))',
    THROWS,
    { message: /WebAssembly is not defined/, options: { sandbox: { wasm: false } } },
  ],
  '33 WeakRefs': ['() => { const a = []; for (;;) a.push(new WeakRef({})) }', [MEMORY, TIMEOUT]],
  '35 a source of 50 MB': ["() => 1 /* 50 MB of comment */", [VALUE, MEMORY, SOURCE], { generate: "'() => 1 /*' + ' '.repeat(5e7) + '*/'", parked: true }], // prettier-ignore
  '38 ICU objects': [
    "() => { const a = []; for (;;) a.push(new Intl.DateTimeFormat('de')) }",
    MEMORY,
  ],
  '10 a result that is too large': [
    "() => Array.from({ length: 3e6 }, (_, n) => ({ n, text: 'text ' + n }))",
    MEMORY,
    parked,
  ],
  '13 the charging of memory, replaced': [
    '() => { Math.min = Math.floor = () => 1e9; globalThis.Number = globalThis.BigInt = () => 0; WeakMap.prototype.set = () => {}; Object.prototype.get = Object.prototype.construct = () => ({}); Array.prototype.push = () => {}; const all = { n: 0 }; for (;;) all[all.n++] = new ArrayBuffer(8, { maxByteLength: 1 << 24 }) }',
    [MEMORY, THROWS],
  ],
})
