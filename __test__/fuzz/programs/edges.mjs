/** What is at the edges, as expressions. */

/** The entries of a text, which two spaces or more keep apart. */
const list = ([text]) => text.trim().split(/\s{2,}/)

export const NUMBERS = list([
  String.raw`
  0  -0  1  -1  2  3  7  0.5  -1.5  NaN  Infinity  -Infinity  127  128  255  256  1000  65535
  65536  1e6  2 ** 24  2 ** 26  2 ** 29 - 25  2 ** 29 - 24  2 ** 30  2 ** 31 - 1  2 ** 31
  -(2 ** 31)  2 ** 32 - 2  2 ** 32 - 1  2 ** 32  2 ** 33  2 ** 53 - 1  2 ** 53  -(2 ** 53)  1e21
  1e308  5e-324  Number.EPSILON  8.64e15  8.64e15 + 1
`,
])

export const SMALL = list([
  String.raw`
  0  1  2  3  5  8  16  100  -1  -3  1.5  NaN  undefined
`,
])

export const SIZES = list([
  String.raw`
  0  1  7  8  64  1000  1e4  1e5  1e5  1e6  2 ** 22  2 ** 24
`,
])

export const BIGINTS = list([
  String.raw`
  0n  1n  -1n  2n ** 64n  -(2n ** 63n)  10n ** 1000n  1n << 100000n
`,
])

export const STRINGS = list([
  String.raw`
  ''  'a'  'abc'  'length'  '__proto__'  'constructor'  'prototype'  '0'  '-1'  '4294967295'  '\0'
  '\ud800'  '\udc00x'  '日本語'  '😀'  'İ'  'ß'  '$&$1$<a>'  'a\u0301'  'next'  'then'  'toString'
  '1e1000'  '0x10'  ' 12 '  '2020-01-01T00:00:00Z'  'en-u-ca-chinese'  'de'  'UTC'  '{"a":[1,{}]}'
  '(a+)+$'  'a b,c;d'  '\u2028'  'get'  'Symbol.iterator'  'not-equal'  'default'
`,
])

export const SYMBOLS = list([
  String.raw`
  iterator  asyncIterator  hasInstance  isConcatSpreadable  match  matchAll  replace  search
  species  split  toPrimitive  toStringTag  unscopables
`,
])

export const KINDS = list([
  String.raw`
  Int8Array  Uint8Array  Uint8ClampedArray  Int16Array  Uint16Array  Int32Array  Uint32Array
  Float32Array  Float64Array  BigInt64Array  BigUint64Array  Float16Array
`,
])

export const PATTERNS = list([
  String.raw`
  /a/  /(?:)/g  /(a+)+$/  /(?<y>\d{4})-(?<m>\d\d)/u  /\p{L}+/gu  /[\p{L}--a]/v  /(?<=a)b/y
  /(a*)*b/  /(.)\1{3,}/s  /^.*?(?=x)/m  /(?:a|ab)(?:c|bcd)(?:d*)/dg  /[^]{0,65535}/
  /((((((((((a))))))))))/  /(?i:a)b/  /\b\w+\b/gi
`,
])
