/** Memory outside of V8's heap, and what a process has only so many of. */
import { BOUNDED, hostile, MEMORY, SOURCE, THROWS, TIMEOUT, VALUE } from './support.mjs'

/** Module text for the cases with WebAssembly: `g` calls the import `m.f`; `m` is a memory that `g` grows. */
const CALLS =
  'new Uint8Array([0,97,115,109,1,0,0,0,1,4,1,96,0,0,2,7,1,1,109,1,102,0,0,3,2,1,0,7,5,1,1,103,0,1,10,6,1,4,0,16,0,11])'
const GROWS =
  '[0,97,115,109,1,0,0,0,1,6,1,96,1,127,1,127,3,2,1,0,5,3,1,0,1,7,9,2,1,109,2,0,1,103,0,0,10,8,1,6,0,32,0,64,0,11]'
const grows = (changes) => `() => {
  const Bytes = Uint8Array
  const bytes = new Bytes(${GROWS})
  ${changes}
  const { g, m } = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports
  g(16000)
  return m.buffer.byteLength < 2 ** 25 && g(16000) === -1
}`
/** Keeps what `make` gives for ever. */
const keep = (make) => `() => { const all = { n: 0 }; for (;;) all[all.n++] = ${make} }`
/** A module of another MiB each time, in a section that means nothing. */
const LARGE = `((n) => {
  const bytes = new Uint8Array(14 + 2 ** 20)
  bytes.set([0, 97, 115, 109, 1, 0, 0, 0, 0, 0x82, 0x80, 0x40, 1, 97, n, n >> 8])
  return new WebAssembly.Module(bytes)
})(all.n)`
const OTHERS = { ...BOUNDED, options: { memoryLimitMb: 512 } }

hostile('outside of the heap', {
  '43 small resizable buffers': [keep('new ArrayBuffer(1, { maxByteLength: 1 })'), MEMORY, OTHERS],
  '43 small growable buffers': [
    keep('new SharedArrayBuffer(1, { maxByteLength: 8192 })'),
    MEMORY,
    OTHERS,
  ],
  '43 small WebAssembly memories': [
    keep('new WebAssembly.Memory({ initial: 0, maximum: 1 }).buffer'),
    MEMORY,
    OTHERS,
  ],
  '43 small WebAssembly modules': [
    keep('new WebAssembly.Module(new Uint8Array([0,97,115,109,1,0,0,0]))'),
    MEMORY,
    OTHERS,
  ],
  '43 large WebAssembly modules': [keep(LARGE), MEMORY, BOUNDED],
  '43 instances of large WebAssembly modules': [
    keep(`new WebAssembly.Instance(${LARGE})`),
    MEMORY,
    BOUNDED,
  ],
  '43 such buffers held while others work': [
    '() => { const all = []; try { for (;;) all.push(new ArrayBuffer(1, { maxByteLength: 1 })) } catch {} for (;;); }',
    TIMEOUT,
    OTHERS,
  ],
  '43 suspended stacks': [
    `() => {
      const f = new WebAssembly.Suspending(() => new Promise(() => {}))
      const call = WebAssembly.promising(new WebAssembly.Instance(new WebAssembly.Module(${CALLS}), { m: { f } }).exports.g)
      const all = []
      for (;;) all.push(call())
    }`,
    MEMORY,
    OTHERS,
  ],
  '44 texts of segmenters': [
    "() => { const s = new Intl.Segmenter('en'); const text = 'x'.repeat(1e7); const all = []; for (;;) all.push(s.segment(text)) }",
    MEMORY,
    BOUNDED,
  ],
  '44 iterators of segments': [
    "() => { const s = new Intl.Segmenter('en').segment('abc'); const all = []; for (;;) all.push(s[Symbol.iterator]()) }",
    MEMORY,
    BOUNDED,
  ],
  '44 texts that break iterators adopt': [
    "() => { const text = 'x'.repeat(1e7); const all = []; for (;;) { const b = new Intl.v8BreakIterator('en'); b.adoptText(text); all.push(b) } }",
    MEMORY,
    BOUNDED,
  ],
  '44 locales of locales': [
    "() => { const l = new Intl.Locale('en-US'); const all = []; for (;;) all.push(l.maximize(), l.minimize()) }",
    MEMORY,
    BOUNDED,
  ],
  '45 a module whose length is hidden': [
    grows(
      "Object.defineProperty(Object.getPrototypeOf(Uint8Array.prototype), 'length', { get: () => 0 })",
    ),
    VALUE,
    { ...BOUNDED, value: 'true' },
  ],
  '45 a module cut into parts of another': [
    grows(`
      const species = function (buffer, offset, length) {
        const view = new Bytes(buffer, offset, length)
        return view[0] === 5 && view[1] === view.length - 2 ? new Bytes([5, 3, 1, 0, 1]) : view
      }
      Object.defineProperty(Bytes.prototype, 'constructor', { value: { [Symbol.species]: species } })`),
    VALUE,
    { ...BOUNDED, value: 'true' },
  ],
  '45 instances whose exports are hidden': [
    `() => {
      const exports = Object.getOwnPropertyDescriptor(WebAssembly.Instance.prototype, 'exports').get
      Object.defineProperty(WebAssembly.Instance.prototype, 'exports', { get: () => ({ m: {} }) })
      const module = new WebAssembly.Module(new Uint8Array(${GROWS}))
      const all = []
      for (;;) { const { g, m } = exports.call(new WebAssembly.Instance(module)); g(500); all.push(new Uint8Array(m.buffer).fill(1)) }
    }`,
    [MEMORY, THROWS],
    BOUNDED,
  ],
  '49 eval of a long text': ["() => eval('[' + 'x=>x,'.repeat(6e6) + '1]')", MEMORY, BOUNDED],
  '49 eval of a long text that is caught': [
    "() => { try { (0, eval)('[' + 'x=>x,'.repeat(6e6) + '1]') } catch ({ name }) { return name } }",
    VALUE,
    { ...BOUNDED, value: '"EvalError"' },
  ],
  '49 eval of many texts that are just short enough': [
    "() => { const all = []; for (let n = 0; ; n++) all.push(eval('[' + 'x=>x,'.repeat(1e5) + n + ']')) }",
    MEMORY,
    BOUNDED,
  ],
  '49 Function of a long text': [
    "() => new Function('return [' + 'x=>x,'.repeat(6e6) + '1]')",
    MEMORY,
    BOUNDED,
  ],
  '49 the constructor of async generators': [
    "() => (async function* () {}).constructor('[' + 'x=>x,'.repeat(6e6) + '1]')",
    MEMORY,
    BOUNDED,
  ],
  '49 a source': [
    '() => [x=>x, and so on]',
    SOURCE,
    {
      ...BOUNDED,
      generate: "'() => [' + 'x=>x,'.repeat(6e6) + '1]'",
      message: /has 30000009 characters.*memoryLimitMb of 64.*524288/,
    },
  ],
  '49 RegExp of a long pattern': ["() => new RegExp('ab|cd?'.repeat(5e6))", MEMORY, BOUNDED],
  '49 RegExp of a long pattern that is caught': [
    "() => { try { RegExp('ab|cd?'.repeat(5e6)) } catch ({ name }) { return name } }",
    VALUE,
    { ...BOUNDED, value: '"RangeError"' },
  ],
  '49 match, search and literals of a long pattern': [
    "() => { const p = 'ab|cd?'.repeat(5e6); let caught = 0; for (const use of [() => 'a'.match(p), () => 'a'.matchAll(p), () => 'a'.search(p), () => /a/.compile(p), () => eval(`/${p.slice(0, 4e5)}/`)]) try { use() } catch { caught++ } return caught }",
    VALUE,
    { ...BOUNDED, value: '5' },
  ],
  '50 asynchronous waits': [
    '() => { const words = new Int32Array(new SharedArrayBuffer(8)); for (;;) Atomics.waitAsync(words, 0, 0) }',
    MEMORY,
    BOUNDED,
  ],
  '50 asynchronous waits with a limit of time': [
    '() => { const words = new Int32Array(new SharedArrayBuffer(8)); for (;;) Atomics.waitAsync(words, 0, 0, 1e9) }',
    MEMORY,
    BOUNDED,
  ],
  '51 a text that normalization makes eighteen times as long': [
    "() => '\\ufdfa'.repeat(1e8).normalize('NFKD').length",
    MEMORY,
    BOUNDED,
  ],
})
