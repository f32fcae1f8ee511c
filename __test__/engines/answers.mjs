/**
 * Many questions to a JavaScript engine, with its answers as text: what both sides of the comparison run.
 * Self-contained, since it runs in isolates too. What stands before the `|` of a question is its kind.
 */
export function answers() {
  const seen = {}
  const shown = (value) =>
    typeof value === 'number'
      ? Object.is(value, -0)
        ? '-0'
        : String(value)
      : JSON.stringify(value)
  const ask = (kind, question, answer) => {
    let text
    try {
      text = shown(answer()) ?? 'undefined'
    } catch (error) {
      text = `${error.name}: ${error.message}`
    }
    seen[`${kind}|${question}`] = text
  }

  // Numbers: a fixed sequence over many magnitudes.
  let state = 1
  const random = () => ((state = (Math.imul(state, 1103515245) + 12345) >>> 0), state / 2 ** 32)
  const numbers = [0, -0, 1, -1, 0.5, 2, 3, 10, 1e-300, 1e300, Infinity, -Infinity, NaN]
  // By powers of two: no engine rounds these.
  for (let n = 0, scale = 2 ** -14; n < 160; n++, scale = scale > 2 ** 24 ? 2 ** -14 : scale * 2)
    numbers.push((random() - 0.5) * scale)
  for (const name of Object.getOwnPropertyNames(Math).sort()) {
    const fn = Math[name]
    if (typeof fn !== 'function' || name === 'random' || name === 'sumPrecise') continue
    for (const x of numbers) {
      if (fn.length < 2) ask(`Math.${name}`, x, () => fn(x))
      else for (const y of numbers.slice(-12)) ask(`Math.${name}`, `${x},${y}`, () => fn(x, y))
    }
  }
  for (const x of numbers) {
    for (const y of numbers.slice(-6)) {
      ask('Math.pow', `${x} ** ${y}`, () => x ** y)
      ask('Number', `${x} % ${y}`, () => x % y)
    }
    for (const digits of [0, 5, 20])
      ask('Number', `${x}.toFixed(${digits})`, () => x.toFixed(digits))
    ask('Number', `${x}.toPrecision(12)`, () => x.toPrecision(12))
    ask('Number', `${x}.toExponential()`, () => x.toExponential())
    ask('Number', `${x}.toString(7)`, () => x.toString(7))
    ask('Number', `parse ${x}`, () => Number(String(x)) === x)
  }

  // Dates, without the names of zones: those are in the language of the process.
  const texts = [
    '2024-02-30',
    '2024-02-29T12:00Z',
    '2024-02-29',
    'Feb 29 2024 10:00 PST',
    '29 Feb 2024',
    '2024/2/9',
    '1/2/3',
    '12:00',
    'Thu, 01 Jan 1970 00:00:00 GMT+0200',
    '2024-1-1',
    '+020240-01-01T00:00:00Z',
    '2024-01-01T24:00:00Z',
    '2024-01-01 10:00',
    'January 1',
    'foo 2024',
    '1e3',
    '2024-01-01T00:00:00.123456789Z',
    '(comment) 1 Jan 2000',
    '',
  ]
  for (const text of texts) ask('Date.parse', text, () => Date.parse(text))
  const dates = [0, -1, 1e12, 1709164800000, -62135596800000, 8.64e15, NaN].map(
    (time) => new Date(time),
  )
  for (const date of dates) {
    for (const method of [
      'toString',
      'toUTCString',
      'toDateString',
      'toTimeString',
      'toJSON',
      'getTimezoneOffset',
    ]) {
      ask('Date', `${+date}.${method}`, () => String(date[method]()).replace(/ \(.*\)$/, ''))
    }
  }

  // Texts.
  const words = [
    '',
    'ABC',
    'İstanbul',
    'ß',
    'ẞ',
    'ŉ',
    'ΌΣΟΣ',
    'ﬁ',
    'Ǆ',
    'é',
    'e\u0301',
    '\u1e9b\u0323',
    '한국어',
    '각',
    'Å',
    '①',
    '𝒳',
    '𐐀',
    '\ud800',
    'ꟊ',
    'Ა',
    'ꭰ',
    '\u0345',
    'ǰ',
    'ﷺ',
    '\u2126',
  ]
  for (const word of words) {
    for (const form of ['NFC', 'NFD', 'NFKC', 'NFKD'])
      ask('String.normalize', `${word} ${form}`, () => word.normalize(form))
    ask('String.case', `lower ${word}`, () => word.toLowerCase())
    ask('String.case', `upper ${word}`, () => word.toUpperCase())
    for (const locale of ['tr', 'lt', 'el', 'az', 'nl']) {
      ask('String.case', `lower ${locale} ${word}`, () => word.toLocaleLowerCase(locale))
      ask('String.case', `upper ${locale} ${word}`, () => word.toLocaleUpperCase(locale))
    }
    ask('String.compare', word, () =>
      words.map((other) => Math.sign(word.localeCompare(other, 'en'))),
    )
  }
  // All characters, in blocks of 4096, as sums.
  const sum = (text) => {
    let hash = 0
    for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0
    return hash
  }
  for (let block = 0; block < 0x20000; block += 4096) {
    let text = ''
    for (let code = block; code < block + 4096; code++)
      if (code < 0xd800 || code > 0xdfff) text += String.fromCodePoint(code)
    ask('String.case', `lower ${block.toString(16)}`, () => sum(text.toLowerCase()))
    ask('String.case', `upper ${block.toString(16)}`, () => sum(text.toUpperCase()))
    ask('String.normalize', `block ${block.toString(16)}`, () => sum(text.normalize('NFKD')))
    for (const property of [
      'L',
      'N',
      'P',
      'Emoji',
      'ID_Start',
      'Script=Latin',
      'Uppercase',
      'White_Space',
    ]) {
      ask(
        'RegExp.properties',
        `${property} ${block.toString(16)}`,
        () => (text.match(new RegExp(`\\p{${property}}`, 'gu')) ?? []).length,
      )
    }
  }

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
  const records = Array.from({ length: 300 }, (_, n) => ({ n, key: Math.floor(random() * 20) }))
  ask('sort', 'stable', () => records.toSorted((a, b) => a.key - b.key).map(({ n }) => n))
  ask('sort', 'inconsistent comparator', () => records.map(({ key }) => key).sort(() => 1))
  ask('sort', 'mixed', () => [3, '10', undefined, null, 'a', -1, [2], { a: 1 }].sort())
  ask('sort', 'floats', () => [...Float64Array.from(numbers).sort()].map(String))
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

  // Intl.
  const locales =
    'af am ar ar-EG as az be bg bn bs ca cs cy da de de-AT el en en-GB en-IN es es-MX et eu fa fi fil fr fr-CA ga gl gu he hi hr hu hy id is it ja ka kk km kn ko ky lo lt lv mk ml mn mr ms my nb ne nl nn or pa pl ps pt pt-PT ro ru sd si sk sl so sq sr sr-Latn sv sw ta te th tk tr uk ur uz vi yue zh zh-Hant zu'.split(
      ' ',
    )
  const noon = new Date(Date.UTC(2024, 1, 29, 13, 5, 7))
  const night = new Date(Date.UTC(2023, 10, 3, 2, 0, 0))
  const kinds = {
    ...Object.fromEntries(
      Object.entries({
        'full styles': { dateStyle: 'full', timeStyle: 'long' },
        'short styles': { dateStyle: 'short', timeStyle: 'short' },
        'day periods': {
          year: 'numeric',
          month: 'long',
          day: 'numeric',
          hour: 'numeric',
          dayPeriod: 'long',
        },
        'twelve hours': { hour: 'numeric', minute: '2-digit', hour12: true },
        eras: { era: 'long', weekday: 'short', month: 'short' },
      }).map(([name, options]) => [
        `Intl.DateTimeFormat ${name}`,
        (locale) => {
          const format = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', ...options })
          return [noon, night].map((date) => format.format(date))
        },
      ]),
    ),
    'Intl.DateTimeFormat ranges': (locale) =>
      new Intl.DateTimeFormat(locale, { timeZone: 'UTC' }).formatRange(night, noon),
    'Intl.NumberFormat': (locale) =>
      [
        {},
        { style: 'currency', currency: 'EUR' },
        { style: 'currency', currency: 'JPY', currencyDisplay: 'name' },
        { style: 'percent' },
        { notation: 'compact', compactDisplay: 'long' },
        { style: 'unit', unit: 'kilometer-per-hour', unitDisplay: 'long' },
        { notation: 'scientific' },
      ].flatMap((options) => {
        const format = new Intl.NumberFormat(locale, options)
        return [0, -1234567.891, 1, 2.5].map((number) => format.format(number))
      }),
    'Intl.RelativeTimeFormat': (locale) => {
      const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
      return ['second', 'day', 'month', 'quarter', 'year'].flatMap((unit) =>
        [-1, 0, 1, 5].map((n) => format.format(n, unit)),
      )
    },
    'Intl.ListFormat': (locale) =>
      ['conjunction', 'disjunction', 'unit'].map((type) =>
        new Intl.ListFormat(locale, { type }).format(['a', 'b', 'c']),
      ),
    'Intl.PluralRules': (locale) =>
      ['cardinal', 'ordinal'].flatMap((type) =>
        [0, 1, 2, 3, 5, 11, 21, 1.5, 1e6].map((n) =>
          new Intl.PluralRules(locale, { type }).select(n),
        ),
      ),
    'Intl.Collator': (locale) =>
      [
        'z',
        'ä',
        'a',
        'Z',
        'ø',
        'o',
        'ñ',
        'n',
        'ch',
        'c',
        'h',
        '가',
        '中',
        '一',
        'あ',
        'ア',
        'б',
        'é',
        '10',
        '9',
      ].sort(new Intl.Collator(locale).compare),
    'Intl.DisplayNames': (locale) =>
      [
        ['region', 'DE'],
        ['language', 'fr'],
        ['currency', 'USD'],
        ['script', 'Cyrl'],
      ].map(([type, code]) => new Intl.DisplayNames(locale, { type }).of(code)),
    'Intl.Segmenter': (locale) =>
      ['grapheme', 'word', 'sentence'].map((granularity) =>
        [
          ...new Intl.Segmenter(locale, { granularity }).segment(
            "Hi there, it's 3.5 o'clock. 今日は良い天気。สวัสดีครับ 👨‍👩‍👧 ok",
          ),
        ].map(({ segment }) => segment),
      ),
    'Intl.Locale': (locale) => {
      const { language, script, region } = new Intl.Locale(locale).maximize()
      return [language, script, region]
    },
    'Intl.resolvedOptions': (locale) => {
      const { calendar, numberingSystem, hourCycle } = new Intl.DateTimeFormat(locale, {
        hour: 'numeric',
      }).resolvedOptions()
      return [calendar, numberingSystem, hourCycle]
    },
  }
  for (const locale of locales) {
    ask('Intl locales', locale, () => Intl.DateTimeFormat.supportedLocalesOf(locale).length === 1)
    for (const [kind, answer] of Object.entries(kinds)) ask(kind, locale, () => answer(locale))
  }
  for (const key of ['calendar', 'collation', 'currency', 'numberingSystem', 'timeZone', 'unit'])
    ask('Intl.supportedValuesOf', key, () => Intl.supportedValuesOf(key))
  for (const zone of [
    'Europe/Berlin',
    'America/New_York',
    'Asia/Kolkata',
    'Africa/Casablanca',
    'America/Mexico_City',
    'Asia/Almaty',
    'Australia/Lord_Howe',
    'Pacific/Apia',
    'Europe/Kyiv',
    'America/Asuncion',
  ]) {
    const format = () =>
      new Intl.DateTimeFormat('en', { timeZone: zone, dateStyle: 'long', timeStyle: 'long' })
    for (let year = 1950; year < 2040; year += 5)
      ask('time zones', `${zone} ${year}`, () =>
        [0, 6].map((month) => format().format(new Date(Date.UTC(year, month, 1)))),
      )
  }
  return seen
}
