import type { Column } from './column.js'
import { FunctionConstructor, JSONStringify } from './primordials.js'
import type { RowWriter, Shape } from './shapes.js'
import type { StringTable } from './strings.js'

/** A key as a JavaScript string literal: no key can end the literal or the line. */
export const literal = (key: string): string => JSONStringify(key)

type Put = (column: Column, value: unknown) => void

/**
 * A function that writes one object of `shape` to its columns, with each property read once, at a
 * place of its own, so that the engine's inline caches see one shape each.
 */
export function compileWriter(shape: Shape, strings: StringTable, put: Put): RowWriter {
  let columns = ''
  let body = ''
  for (let i = 0; i < shape.size; i++) {
    columns += `const c${i} = columns[${i}];\n`
    body += `v = o[${literal(shape.keys[i]!)}];
if (typeof v === 'number') c${i}.number(v);
else if (typeof v === 'string') c${i}.string(v, strings);
else put(c${i}, v);\n`
  }
  const source = `'use strict';\n${columns}return function writeRow(o) {\nlet v;\n${body}}`
  const make = new FunctionConstructor('columns', 'strings', 'put', source) as (
    columns: Column[],
    strings: StringTable,
    put: Put,
  ) => RowWriter
  return make(shape.columns!, strings, put)
}
