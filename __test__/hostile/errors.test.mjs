import { CLONE, hostile, MEMORY, RANGE_ERROR, THROWS, TIMEOUT, VALUE } from './support.mjs'

hostile('errors', {
  '7 an unhandled rejection': [
    "async () => { throw new Error('seven') }",
    THROWS,
    { message: /seven/ },
  ],
  '7 a rejection with no error': ['() => Promise.reject({ seven: 7 })', THROWS],
  '7 a rejection that nobody waits for': [
    "() => { Promise.reject(new Error('seven')); return 7 }",
    VALUE,
    { value: '7' },
  ],
  '8 recursion': ['() => { function f() { f() } f() }', THROWS, RANGE_ERROR],
  '8 recursion by a getter': [
    '() => { const o = { get a() { return this.a } }; return o.a }',
    THROWS,
    RANGE_ERROR,
  ],
  '8 recursion by toString': [
    "() => { const o = { toString() { return '' + o } }; return '' + o }",
    THROWS,
    RANGE_ERROR,
  ],
  '8 recursion by a Proxy': [
    '() => { const p = new Proxy({}, { get: (_, key, self) => self[key] }); return p.x }',
    THROWS,
    RANGE_ERROR,
  ],
  '8 recursion by JSON.stringify': [
    '() => { const o = { toJSON() { return { o } } }; return JSON.stringify(o) }',
    THROWS,
    RANGE_ERROR,
  ],
  '8 depth in JSON.stringify': [
    '() => { let o = {}; for (let n = 0; n < 1e5; n++) o = { o }; return JSON.stringify(o).length }',
    VALUE,
    { value: '600002' },
  ],
  '8 recursion by JSON.parse': [
    "() => JSON.parse('['.repeat(1e6))",
    THROWS,
    { message: /SyntaxError|RangeError/ },
  ],
  '9 a result that is very deep': [
    '() => { let o = {}; for (let n = 0; n < 2e5; n++) o = { o }; return o }',
    'ERR_ISOLANE_NOT_CLONEABLE',
  ],
  '9 a result of very deep arrays': [
    '() => { let o = []; for (let n = 0; n < 2e5; n++) o = [o]; return o }',
    'ERR_ISOLANE_NOT_CLONEABLE',
  ],
  '25 throw null': ['() => { throw null }', THROWS],
  '25 throw undefined': ['() => { throw undefined }', THROWS],
  '25 throw a symbol': ['() => { throw Symbol("s") }', THROWS, { message: /Symbol\(s\)/ }],
  '25 throw what cannot be text': ['() => { throw { toString() { throw 1 } } }', THROWS],
  '25 throw what loops': ['() => { throw { get message() { for (;;); } } }', TIMEOUT],
  '25 throw a Proxy': [
    '() => { throw new Proxy({}, { get() { throw 1 }, ownKeys() { throw 2 } }) }',
    THROWS,
  ],
  '25 throw an error with a hostile stack': [
    "() => { const e = new Error('x'); Object.defineProperty(e, 'stack', { get() { throw 1 } }); throw e }",
    THROWS,
  ],
  '25 throw an error whose stack loops': [
    "() => { const e = new Error('x'); Object.defineProperty(e, 'stack', { get() { for (;;); } }); throw e }",
    TIMEOUT,
  ],
  '25 throw a cyclic cause': ["() => { const e = new Error('x'); e.cause = e; throw e }", THROWS],
  '25 throw a message of 100 MB': [
    "() => { throw new Error('x'.repeat(1e8)) }",
    [THROWS, MEMORY],
    { parked: true },
  ],
  '26 prepareStackTrace loops': [
    "() => { Error.prepareStackTrace = () => { for (;;); }; return new Error('x').stack }",
    TIMEOUT,
  ],
  '26 prepareStackTrace loops for an error that is thrown': [
    "() => { Error.prepareStackTrace = () => { for (;;); }; throw new Error('x') }",
    TIMEOUT,
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
  '36 a flood of logs': [
    '() => { for (let n = 0; n < 1e7; n++) console.log(n); return 36 }',
    VALUE,
    { value: '36', log: /^\[truncated: 9999000 more records\]$/ },
  ],
  '36 a line of 100 MB': [
    "() => { console.log('x'.repeat(1e8)); return 1 }",
    [VALUE, MEMORY],
    { parked: true },
  ],
  '36 lines of a megabyte each': [
    "() => { const line = 'x'.repeat(1 << 20); for (let n = 0; n < 100; n++) console.log(line); return 1 }",
    VALUE,
    { value: '1', log: /truncated/ },
  ],
  '36 what throws when it is shown': [
    "() => { console.log({ get a() { throw 1 }, toString() { for (;;); }, [Symbol.for('nodejs.util.inspect.custom')]() { throw 2 } }); return 1 }",
    VALUE,
    { value: '1' },
  ],
  '37 return in finally': [
    "() => { try { throw new Error('lost') } finally { return 7 } }",
    VALUE,
    { value: '7' },
  ],
  '46 a promise whose species throws where nobody can catch it': [
    `() => {
      const refuse = () => { throw new Error('forged') }
      const promise = Promise.resolve(1)
      promise.constructor = { [Symbol.species]: function (run) { run(refuse, refuse) } }
      promise.then(() => 2)
      return 43
    }`,
    VALUE,
    { value: '43' },
  ],
  '46 warnings of the compiler': [
    `() => new Function('a', "'use asm'; var f = a.b; function g() { return 'x' } return { g: g }")({}).g()`,
    VALUE,
    { value: '"x"' },
  ],
  '48 an error that fails when it is told, and fails when that is told': [
    `() => {
      const proxy = new Proxy({}, {
        getPrototypeOf() { throw proxy },
        get() { throw new Error('forged') },
        ownKeys() { throw proxy },
      })
      throw proxy
    }`,
    THROWS,
  ],
  '48 an error whose text is huge wherever it is asked': [
    `() => {
      const huge = () => 'x'.repeat(2 ** 26)
      const proxy = new Proxy({}, { getPrototypeOf() { throw proxy }, get: () => huge() })
      throw proxy
    }`,
    [THROWS, MEMORY],
    { parked: true },
  ],
  '48 an error whose name, code and cause are huge': [
    `() => {
      const huge = 'x'.repeat(2 ** 22)
      throw Object.assign(new Error(huge, { cause: new Error(huge) }), { name: huge, code: huge })
    }`,
    // Text of 4 MiB a dozen times: an isolate that has just begun to collect may have no room for it.
    [THROWS, MEMORY],
  ],
  '48 a result with a huge path to what it cannot carry': [
    "() => ({ ['x'.repeat(2 ** 22)]: () => {} })",
    CLONE,
  ],
})
