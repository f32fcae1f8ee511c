import { describe, it } from 'node:test'
import { BOUNDED, survives, THROWS, TIMEOUT, VALUE, MEMORY } from './support.mjs'

describe('hostile: errors', { concurrency: 2 }, () => {
  const overflow = { message: /RangeError/ }
  const cases = {
    '7 an unhandled rejection': [
      "async () => { throw new Error('seven') }",
      THROWS,
      { message: /seven/ },
    ],
    '7 a rejection with no error': ['() => Promise.reject({ seven: 7 })', THROWS],
    '8 recursion': ['() => { function f() { f() } f() }', THROWS, overflow],
    '8 recursion by a getter': [
      '() => { const o = { get a() { return this.a } }; return o.a }',
      THROWS,
      overflow,
    ],
    '8 recursion by toString': [
      "() => { const o = { toString() { return '' + o } }; return '' + o }",
      THROWS,
      overflow,
    ],
    '8 recursion by a Proxy': [
      '() => { const p = new Proxy({}, { get: (_, key, self) => self[key] }); return p.x }',
      THROWS,
      overflow,
    ],
    '8 recursion by JSON.stringify': [
      '() => { let o = {}; for (let n = 0; n < 1e6; n++) o = { o }; return JSON.stringify(o).length }',
      BOUNDED,
    ],
    '8 recursion by JSON.parse': ["() => JSON.parse('['.repeat(1e6))", THROWS],
    '9 a result that is very deep': [
      '() => { let o = {}; for (let n = 0; n < 2e5; n++) o = { o }; return o }',
      [THROWS, VALUE, 'ERR_ISOLANE_NOT_CLONEABLE'],
    ],
    '25 throw null': ['() => { throw null }', THROWS],
    '25 throw undefined': ['() => { throw undefined }', THROWS],
    '25 throw a symbol': ['() => { throw Symbol("s") }', THROWS],
    '25 throw what cannot be text': ['() => { throw { toString() { throw 1 } } }', THROWS],
    '25 throw what loops': ['() => { throw { get message() { for (;;); } } }', [THROWS, TIMEOUT]],
    '25 throw a Proxy': [
      '() => { throw new Proxy({}, { get() { throw 1 }, ownKeys() { throw 2 } }) }',
      THROWS,
    ],
    '25 throw an error with a hostile stack': [
      "() => { const e = new Error('x'); Object.defineProperty(e, 'stack', { get() { throw 1 } }); throw e }",
      THROWS,
    ],
    '25 throw a cyclic cause': ["() => { const e = new Error('x'); e.cause = e; throw e }", THROWS],
    '25 throw a message of 100 MB': [
      "() => { throw new Error('x'.repeat(1e8)) }",
      [THROWS, MEMORY],
    ],
    '26 prepareStackTrace loops': [
      "() => { Error.prepareStackTrace = () => { for (;;); }; return new Error('x').stack }",
      [TIMEOUT, THROWS, VALUE],
    ],
    '26 prepareStackTrace gives an object': [
      "() => { Error.prepareStackTrace = () => ({ toString() { for (;;); } }); throw new Error('x') }",
      [THROWS, TIMEOUT],
    ],
    '26 a stack without limit': [
      "() => { Error.stackTraceLimit = 1e9; const f = (n) => { if (n === 0) throw new Error('deep'); f(n - 1) }; f(5000) }",
      THROWS,
      { message: /deep/ },
    ],
    '37 return in finally': [
      "() => { try { throw new Error('lost') } finally { return 7 } }",
      VALUE,
      { value: '7' },
    ],
    '36 a flood of logs': ['() => { for (let n = 0; n < 1e7; n++) console.log(n) }', BOUNDED],
    '36 a line of 100 MB': ["() => { console.log('x'.repeat(1e8)); return 1 }", BOUNDED],
    '36 what throws when it is shown': [
      '() => { console.log({ get a() { throw 1 }, toString() { for (;;); } }); return 1 }',
      VALUE,
    ],
  }
  for (const [name, [source, expected, more]] of Object.entries(cases)) {
    it(name, () => survives(source, expected, more))
  }
})
