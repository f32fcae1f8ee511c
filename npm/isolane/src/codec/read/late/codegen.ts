import { Type } from '../../shared/format.js'
import { FunctionConstructor, JSONStringify, privateArray } from '../../shared/primordials.js'
import type { InlineReader, KeyList, ReadColumn, RowReader } from '../shapes.js'

/** One letter for a column, telling apart what compiled code treats differently. */
export function columnCode(column: ReadColumn): string {
  switch (column.only) {
    case Type.Undefined:
      return 'u'
    case Type.Null:
      return 'n'
    case Type.False:
      return 'f'
    case Type.True:
      return 't'
    case Type.Int:
      return 'i'
    case Type.Double:
      return 'd'
    case Type.String:
      return 's'
    case Type.Array:
      return 'a'
    case Type.Object:
      return column.shape === undefined ? 'v' : 'o'
    default:
      return 'v'
  }
}

const CONSTANTS: { [code: string]: string } = { u: 'undefined', n: 'null', f: 'false', t: 'true' }
/** Codes of values that no other object can be reached through. */
const isLeafCode = (code: string): boolean => code !== 'v' && code !== 'o' && code !== 'a'

/** The next value of a scalar column. */
const NEXT = {
  i: (column: string) => `ints[${column}.int++]`,
  d: (column: string) => `doubles[${column}.double++]`,
  s: (column: string) => `strings[ints[${column}.string++]]`,
}

interface Field {
  key: string
  code: string
  /** Set-up that one reading of a row, or a run of rows, needs once. */
  setUp: string
  /** The value of row `n`. */
  value: string
}

/**
 * The field of column `index`. Rows of scalars are numbered as they are read, so their values are
 * found by the row's number. A row that contains rows of its own shape gets its number before them
 * and its later values after them: there, each column keeps its own place.
 */
function field(key: string, code: string, index: number, leaf: boolean): Field {
  const column = `shape.columns[${index}]`
  const property = key === '__proto__' ? `[${JSONStringify(key)}]` : JSONStringify(key)
  const make = (setUp: string, value: string): Field => ({ key: property, code, setUp, value })
  if (!leaf && (code === 'i' || code === 'd' || code === 's')) {
    return make(`const c${index} = ${column};`, NEXT[code](`c${index}`))
  }
  switch (code) {
    case 'i':
      return make(`const b${index} = ${column}.int;`, `ints[b${index} + n]`)
    case 'd':
      return make(`const b${index} = ${column}.double;`, `doubles[b${index} + n]`)
    case 's':
      return make(`const b${index} = ${column}.string;`, `strings[ints[b${index} + n]]`)
    case 'a':
      return make(`const c${index} = ${column};`, `reader.array(c${index})`)
    case 'o':
      return make(`const s${index} = ${column}.shape;`, `reader.row(s${index})`)
    case 'v':
      return make(`const c${index} = ${column};`, `reader.column(c${index})`)
    default:
      return make('', CONSTANTS[code]!)
  }
}

/** Compiles readers for rows of `list` with columns of the types in `codes`. */
export function compileRowReader(list: KeyList, codes: string, tracked: boolean): RowReader {
  const fields = privateArray<Field>()
  let setUp = 'const { ints, doubles, strings } = reader;\n'
  let leaf = true
  for (let i = 0; i < list.size; i++) leaf &&= isLeafCode(codes[i]!)
  for (let i = 0; i < list.size; i++) {
    const made = field(list.keys[i]!, codes[i]!, i, leaf)
    fields[i] = made
    setUp += made.setUp
  }
  const make = tracked && !leaf ? trackedMake(list, fields) : plainMake(list, fields, tracked)
  const source = `'use strict';
const one = (reader, shape) => {
const n = shape.row;
if (n === shape.rows) reader.fail('more rows read than there are');
shape.row = n + 1;
${setUp}
${make}
return o;
};
const many = (reader, shape, count, out, at) => {
if (count > shape.rows - shape.row) reader.fail('more rows read than there are');
${setUp}
${leaf ? leafLoop(make) : nestedLoop(make)}
};
return { one, many };`
  return new FunctionConstructor(source)() as RowReader
}

/** Rows of scalars are consecutive. */
const leafLoop = (make: string): string => `let n = shape.row;
const end = n + count;
shape.row = end;
for (; n < end; n++) {
${make}
out[at++] = o;
}`

/** Reading a row may read further rows of the same shape. */
const nestedLoop = (make: string): string => `for (const end = at + count; at < end; at++) {
const n = shape.row;
if (n === shape.rows) reader.fail('more rows read than there are');
shape.row = n + 1;
${make}
out[at] = o;
}`

function head(list: KeyList): string {
  return list.nullPrototype ? '__proto__: null, ' : ''
}

function plainMake(list: KeyList, fields: Field[], tracked: boolean): string {
  let properties = head(list)
  for (let i = 0; i < list.size; i++) properties += `${fields[i]!.key}: ${fields[i]!.value}, `
  return `const o = { ${properties}};${tracked ? '\nreader.register(o);' : ''}`
}

/** An object that may contain itself is numbered before its values are read. */
function trackedMake(list: KeyList, fields: Field[]): string {
  let properties = head(list)
  let assignments = ''
  for (let i = 0; i < list.size; i++) {
    properties += `${fields[i]!.key}: undefined, `
    assignments += `o[${JSONStringify(list.keys[i]!)}] = ${fields[i]!.value};\n`
  }
  return `const o = { ${properties}};\nreader.register(o);\n${assignments}`
}

/** Compiles a reader for inline objects of `list`. */
export function compileInlineReader(list: KeyList, tracked: boolean): InlineReader {
  const fields = privateArray<Field>()
  for (let i = 0; i < list.size; i++) {
    fields[i] = { ...field(list.keys[i]!, 'v', i, false), value: 'reader.value()' }
  }
  const make = tracked ? trackedMake(list, fields) : plainMake(list, fields, false)
  return new FunctionConstructor('reader', `'use strict';\n${make}\nreturn o;`) as InlineReader
}
