import { describe, it } from 'node:test'
import { BOUNDED, CLONE, MEMORY, NEVER, survives, THROWS, TIMEOUT, VALUE } from './support.mjs'

describe('hostile: results', { concurrency: 2 }, () => {
  const cases = {
    '22 a function': ['() => () => 1', CLONE],
    '22 a symbol': ['() => Symbol()', CLONE],
    '22 a WeakMap': ['() => new WeakMap()', CLONE],
    '22 a Proxy': ['() => new Proxy({}, {})', [CLONE, VALUE]],
    '22 a generator': ['() => (function* () { yield 1 })()', CLONE],
    '22 globalThis': ['() => globalThis', [CLONE, VALUE]],
    '22 a thenable that loops': ['() => ({ then() { for (;;); } })', TIMEOUT],
    '22 a thenable that never answers': ['() => ({ then() {} })', NEVER],
    '22 a thenable that answers twice': [
      '() => ({ then(ok) { ok(1); ok(2) } })',
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
    '22 an array of 2^32 holes': [
      '() => { const a = []; a.length = 2 ** 32 - 1; return a }',
      BOUNDED.concat(CLONE),
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
    '23 toJSON is not called': ['() => ({ toJSON: undefined, a: 1 })', VALUE],
    '24 an array with a hostile length': [
      '() => new Proxy([], { get(t, k) { if (k === "length") for (;;); return t[k] } })',
      [CLONE, TIMEOUT],
    ],
    '24 an array with a Proxy for its prototype': [
      '() => Object.setPrototypeOf([1, , 3], new Proxy([], { get() { for (;;); }, has() { for (;;); }, getPrototypeOf() { for (;;); } }))',
      [VALUE, TIMEOUT, CLONE],
    ],
    '37 an iterator': ['() => [1][Symbol.iterator]()', [CLONE, VALUE]],
  }
  for (const [name, [source, expected, more]] of Object.entries(cases)) {
    it(name, () => survives(source, expected, more))
  }
})
