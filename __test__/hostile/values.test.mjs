import { CLONE, hostile, MEMORY, NEVER, THROWS, TIMEOUT, VALUE } from './support.mjs'

hostile('results', {
  '22 a function': ['() => () => 1', CLONE],
  '22 a symbol': ['() => Symbol()', CLONE],
  '22 a WeakMap': ['() => new WeakMap()', CLONE],
  '22 a Proxy of a plain object is read like one': [
    '() => new Proxy({ a: 1 }, {})',
    VALUE,
    { value: '{"a":1}' },
  ],
  '22 a Proxy of anything else': ['() => new Proxy(new Map(), {})', CLONE],
  '22 a generator': ['() => (function* () { yield 1 })()', CLONE],
  '22 an asynchronous generator': ['() => (async function* () { yield 1 })()', CLONE],
  '22 an iterator': [
    '() => [1][Symbol.iterator]()',
    CLONE,
    { message: /is an Array Iterator, which cannot be copied/ },
  ],
  '22 an instance of a class': [
    '() => new (class Point { x = 1; #y = 2; get z() { return 3 } })()',
    VALUE,
    { value: '{"x":1}' },
  ],
  '22 globalThis': ['() => globalThis', [CLONE, VALUE]],
  '22 a thenable that loops': ['() => ({ then() { for (;;); } })', TIMEOUT],
  '22 a thenable that never answers': ['() => ({ then() {} })', NEVER],
  '22 a thenable is asked once': [
    '() => { let asked = 0; return { then(ok) { asked++; ok(asked); ok(asked + 1) } } }',
    VALUE,
    { value: '1' },
  ],
  '22 a thenable that is its own result': [
    '() => { const t = { then(ok) { ok(t) } }; return t }',
    [TIMEOUT, MEMORY],
  ],
  '22 a cyclic object': [
    '() => { const o = {}; o.o = o; return [o.o === o] }',
    VALUE,
    { value: '[true]' },
  ],
  '22 a BigInt': ['() => 2n ** 100n', VALUE, { value: `"${2n ** 100n}n"` }],
  '22 an array of 2^32 holes': [
    '() => { const a = []; a.length = 2 ** 32 - 1; return a }',
    [VALUE, CLONE, THROWS],
  ],
  '23 a getter that throws': [
    '() => ({ get a() { throw new Error("got") } })',
    THROWS,
    { message: /got/ },
  ],
  '23 a getter that loops': ['() => ({ get a() { for (;;); } })', TIMEOUT],
  '23 a getter that changes its siblings': [
    '() => ({ get a() { delete this.b; this.c = 1; return 1 }, b: 2 })',
    [VALUE, THROWS, CLONE],
  ],
  '23 a getter that deletes itself': [
    '() => ({ get a() { delete this.a; return 1 } })',
    VALUE,
    { value: '{"a":1}' },
  ],
  '23 a getter that gives another object with one, for ever': [
    '() => { const more = () => ({ get a() { return more() } }); return more() }',
    [THROWS, MEMORY, TIMEOUT, CLONE],
  ],
  '23 toJSON is not called': [
    '() => new (class { a = 1; toJSON() { for (;;); } })()',
    VALUE,
    { value: '{"a":1}' },
  ],
  '23 toJSON of its own is a function like any other': [
    '() => ({ toJSON() { return this } })',
    CLONE,
  ],
  '24 a length that loops': [
    "() => Object.defineProperty({}, 'length', { enumerable: true, get() { for (;;); } })",
    TIMEOUT,
  ],
  '24 an array with a hostile length': [
    '() => new Proxy([], { get(t, k) { if (k === "length") for (;;); return t[k] } })',
    TIMEOUT,
  ],
  '24 an array with a Proxy for its prototype': [
    '() => Object.setPrototypeOf([1, , 3], new Proxy([], { get() { for (;;); }, has() { for (;;); }, getPrototypeOf() { for (;;); } }))',
    [VALUE, TIMEOUT, CLONE],
  ],
  '41 a buffer that a getter takes away while it is read': [
    '() => { const bytes = new Uint8Array(1 << 20).fill(7); return { bytes, get gone() { bytes.buffer.transfer(); return 1 }, again: bytes } }',
    [VALUE, CLONE, THROWS],
  ],
  '41 a buffer that a getter makes smaller while it is read': [
    '() => { const b = new ArrayBuffer(1 << 20, { maxByteLength: 1 << 20 }); const bytes = new Uint8Array(b, 8); return { bytes, get less() { b.resize(8); return 1 }, again: bytes, last: new DataView(b) } }',
    [VALUE, CLONE, THROWS],
  ],
  '41 an argument whose buffer the function takes away': [
    '(text) => { const bytes = Uint8Array.from(text, (c) => c.charCodeAt(0)); const moved = bytes.buffer.transfer(1 << 20); return [bytes.length, moved.byteLength] }',
    VALUE,
    { arg: 'x'.repeat(100_000), value: '[0,1048576]' },
  ],
})
