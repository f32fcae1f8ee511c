/** Regular expressions, order, JSON, errors, and what there is. Self-contained, since it runs in isolates too. */
export function language(ask) {
  // Regular expressions.
  const patterns = [
    '(a+)+$',
    '(?<y>\\d{4})-(?<m>\\d\\d)',
    '(?<=\\$)\\d+',
    '\\bfoo\\b',
    '[^]*?x',
    '(?:)',
    'a{2,3}?',
    '(?=a)*',
    '\\u{1f600}',
    '[\\p{L}--[a-z]]',
    '\\p{Emoji_Keycap_Sequence}',
    '(',
    'a**',
    '\\1(a)',
    '[z-a]',
    '(?<a>.)(?<a>.)',
  ]
  const subjects = ['aaaa', '2024-05-06 $42 foo', 'xX😀ab', 'Ab', '']
  for (const pattern of patterns) {
    for (const flag of ['', 'i', 'u', 'v', 'gs', 'yd']) {
      ask('RegExp', `/${pattern}/${flag}`, () =>
        subjects.map((subject) => subject.match(new RegExp(pattern, flag))),
      )
    }
  }

  for (const pattern of ['(?i:a)b', '(?<n>a)|(?<n>b)']) {
    ask('RegExp of ES2025', pattern, () =>
      subjects.map((subject) => subject.match(new RegExp(pattern))),
    )
  }

  // Order.
  const records = Array.from({ length: 300 }, (_, n) => ({ n, key: (n * 7919) % 20 }))
  ask('sort', 'stable', () => records.toSorted((a, b) => a.key - b.key).map(({ n }) => n))
  ask('sort', 'inconsistent comparator', () => records.map(({ key }) => key).sort(() => 1))
  ask('sort', 'mixed', () => [3, '10', undefined, null, 'a', -1, [2], { a: 1 }].sort())
  ask('sort', 'floats', () =>
    [...Float64Array.of(3, -0, 0, NaN, -Infinity, 1e-300, -1).sort()].map(String),
  )
  ask('sort', 'keys', () => Object.keys({ b: 1, 2: 1, a: 1, 1: 1, [-1]: 1, '01': 1 }))

  // JSON.
  for (const text of [
    '{"a":1,}',
    '[1 2]',
    '{a:1}',
    '"\\x"',
    '1e999',
    '-0',
    '"\u2028"',
    '{"__proto__":1}',
    '',
    'nul',
    '[1,',
    '"a\nb"',
    '01',
    '{"a":1 "b"}',
  ]) {
    ask('JSON', `parse ${text}`, () => JSON.parse(text))
  }
  ask('JSON', 'stringify', () =>
    JSON.stringify([
      undefined,
      () => 1,
      NaN,
      -0,
      '\ud800',
      new Date(0),
      { toJSON: () => 1 },
      new Map(),
      1e21,
    ]),
  )
  ask('JSON', 'bigint', () => JSON.stringify(1n))
  ask('JSON', 'cycle', () => {
    const a = { b: [] }
    a.b.push(a)
    return JSON.stringify(a)
  })

  // Errors: messages, and how stacks look.
  for (const code of [
    'null.x',
    'undefined.x',
    'missing',
    '({}).a()',
    '[...{}]',
    '((a, b) => a)(...null)',
    '(() => { const a = 1; a = 2 })()',
    '(() => { b; let b })()',
    'new Array(-1)',
    "(() => { 'use strict'; Object.freeze([1]).push(2) })()",
    '1n + 1',
    '1n / 0n',
    "`${Symbol('s')}`",
    '(() => { const f = () => f() + 1; f() })()',
    "'a'.repeat(-1)",
    '(1).toFixed(101)',
    '(1).toString(1)',
    'new Date(NaN).toISOString()',
    'String.fromCodePoint(-1)',
    "decodeURIComponent('%')",
    'new (() => 1)()',
    '(class A {})()',
    '1 instanceof 1',
    "'a' in 'b'",
    '(() => { const { a } = null })()',
    '(() => { const [a] = {} })()',
    '(() => { class A { #x; static f(o) { return o.#x } } A.f({}) })()',
    '(() => { class A extends null { constructor() { super() } } new A() })()',
    'new Proxy(1, {})',
    '[].reduce((a) => a)',
    'new Uint32Array(new ArrayBuffer(3))',
    'new DataView(new ArrayBuffer(1)).getInt32(0)',
    "'a'.normalize('x')",
    "new Intl.NumberFormat('x')",
    "new Function('a b')",
    "new Function('let a; let a')",
    "new RegExp('[')",
    "new Function('import.meta')",
    '(() => { const g = (function* () { g.next() })(); g.next() })()',
    'new WeakMap().set(1, 1)',
    'new Set().union(1)',
    'Atomics.add([1], 0, 1)',
    'Reflect.construct(1)',
  ]) {
    ask('Error messages', code, () => new Function(`return ${code}`)())
  }
  ask('Error stacks', 'frames', () => {
    const inner = () => {
      throw new Error('deep')
    }
    class A {
      method() {
        inner()
      }
      static create() {
        return new A()
      }
    }
    try {
      ;[1].map(() => A.create().method())
    } catch (error) {
      return error.stack
        .split('\n')
        .slice(0, 5)
        .map((line) => line.replace(/\(?[^\s(]*:\d+:\d+\)?$/, '(place)'))
    }
  })
  ask('Error stacks', 'toString', () => [
    String(new AggregateError([1], 'a')),
    String(Object.assign(new Error('x'), { name: '' })),
  ])
  ask('Function texts', 'toString', () => [
    String(
      class A {
        x = 1
      },
    ),
    String(Math.max),
    String((a, b) => a /* c */ + b),
    String(function* () {}),
  ])

  // What there is.
  const language = [
    'Array',
    'ArrayBuffer',
    'Atomics',
    'BigInt',
    'DataView',
    'Date',
    'Error',
    'Float16Array',
    'Function',
    'Intl',
    'Iterator',
    'JSON',
    'Map',
    'Math',
    'Number',
    'Object',
    'Promise',
    'Proxy',
    'Reflect',
    'RegExp',
    'Set',
    'SharedArrayBuffer',
    'String',
    'Symbol',
    'Temporal',
    'Uint8Array',
    'WeakMap',
    'WeakRef',
    'DisposableStack',
    'AsyncDisposableStack',
    'SuppressedError',
    'FinalizationRegistry',
    'WebAssembly',
    'ShadowRealm',
    'escape',
  ]
  for (const name of language) {
    ask('built-ins', name, () => {
      const value = globalThis[name]
      if (value === undefined) return 'missing'
      return [
        Object.getOwnPropertyNames(value).sort(),
        value.prototype && Object.getOwnPropertyNames(value.prototype).sort(),
      ]
    })
  }
}
