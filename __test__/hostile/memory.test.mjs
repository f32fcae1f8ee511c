import { describe, it } from 'node:test'
import { BOUNDED, MEMORY, survives, THROWS, TIMEOUT, VALUE } from './support.mjs'

const parked = { parked: true }

describe('hostile: memory', { concurrency: 2 }, () => {
  const cases = {
    '10 objects': ['() => { const a = []; for (;;) a.push({}) }', MEMORY],
    '10 a prototype chain': ['() => { let o = {}; for (;;) o = Object.create(o) }', MEMORY],
    '10 a Map': [
      '() => { const m = new Map(); for (let n = 0; ; n++) m.set(n, n) }',
      [MEMORY, TIMEOUT],
    ],
    '11 numbers': ['() => { const a = []; for (;;) a.push(1) }', MEMORY],
    '11 a filled array': ['() => new Array(1e8).fill(0).length', [MEMORY, TIMEOUT], parked],
    '11 a larger one': ['() => Array(1e9).fill(1).length', BOUNDED, parked],
    '11 a spread string': ["() => [...'.'.repeat(1e8)].length", MEMORY, parked],
    '11 a larger one, where V8 can only abort': [
      "() => [...'.'.repeat(5e8)].length",
      MEMORY,
      parked,
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
    '11 apply of a huge array': ['() => Math.max.apply(null, new Array(1e8))', BOUNDED, parked],
    '11 keys of a long string': ["() => Object.keys('a'.repeat(1.5e8)).length", BOUNDED, parked],
    '11 concat': ['() => { let a = [{}]; for (;;) a = a.concat(a) }', [MEMORY, TIMEOUT]],
    '12 a string that doubles': [
      "() => { let s = 'x'; for (;;) s += s }",
      THROWS,
      { message: /Invalid string length/ },
    ],
    '12 strings kept': [
      "() => { const a = []; for (let n = 0; ; n++) a.push(('s' + n).repeat(50)) }",
      [MEMORY, TIMEOUT],
    ],
    '12 the longest string': ["() => 'x'.repeat(2 ** 29).length", [VALUE, THROWS]],
    '13 array buffers': [
      '() => { const b = []; for (;;) b.push(new ArrayBuffer(1 << 20)) }',
      MEMORY,
    ],
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
      [THROWS, MEMORY],
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
      '() => { const b = new Uint8Array([0,97,115,109,1,0,0,0,1,6,1,96,1,127,1,127,3,2,1,0,5,3,1,0,1,7,9,2,1,109,2,0,1,103,0,0,10,8,1,6,0,32,0,64,0,11]); const { g, m } = new WebAssembly.Instance(new WebAssembly.Module(b)).exports; while (g(16) !== -1); return m.buffer.byteLength <= 32 << 20 }',
      VALUE,
      { value: 'true' },
    ],
    '16 instances of such a module': [
      '() => { const b = new Uint8Array([0,97,115,109,1,0,0,0,1,6,1,96,1,127,1,127,3,2,1,0,5,3,1,0,1,7,9,2,1,109,2,0,1,103,0,0,10,8,1,6,0,32,0,64,0,11]); const module = new WebAssembly.Module(b); const all = []; for (;;) { const { exports } = new WebAssembly.Instance(module); exports.g(500); all.push(exports.m) } }',
      MEMORY,
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
    '33 WeakRefs': ['() => { const a = []; for (;;) a.push(new WeakRef({})) }', [MEMORY, TIMEOUT]],
    '38 ICU objects': [
      "() => { const a = []; for (;;) a.push(new Intl.DateTimeFormat('de')) }",
      MEMORY,
    ],
    'results too large': [
      "() => Array.from({ length: 3e6 }, (_, n) => ({ n, text: 'text ' + n }))",
      [MEMORY, TIMEOUT],
    ],
    'the charging of memory, replaced': [
      '() => { Math.min = Math.floor = () => 1e9; globalThis.Number = globalThis.BigInt = () => 0; WeakMap.prototype.set = () => {}; Object.prototype.get = Object.prototype.construct = () => ({}); Array.prototype.push = () => {}; const all = { n: 0 }; for (;;) all[all.n++] = new ArrayBuffer(8, { maxByteLength: 1 << 24 }) }',
      [MEMORY, THROWS],
    ],
  }
  for (const [name, [source, expected, more]] of Object.entries(cases)) {
    it(name, () => survives(source, expected, more))
  }
})
