import type { Column } from './column.js'
import { mix } from './fingerprints.js'
import { FunctionConstructor, JSONStringify } from './primordials.js'
import type { RowWriter, Shape } from './shapes.js'
import type { StringTable } from './strings.js'

/** A key as a JavaScript string literal: no key can end the literal or the line. */
export const literal = (key: string): string => JSONStringify(key)

/** Properties whose values make up the fingerprint. */
const FINGERPRINTED = 3

/** What compiled writers call. */
export interface RowSink {
  readonly strings: StringTable
  /** Writes a value to a column, whatever it is. */
  put(column: Column, value: unknown): void
  /** Whether the object was written before; if not, says that a row of the shape follows. */
  startRow(column: Column | undefined, shape: Shape, object: object, fingerprint: number): boolean
}

/**
 * A function that writes one object of `shape` to its columns, with each property read once, at a
 * place of its own, so that the engine's inline caches see one shape each.
 */
export function compileWriter(shape: Shape, sink: RowSink): RowWriter {
  let columns = ''
  let reads = ''
  let mixes = ''
  let writes = ''
  for (let i = 0; i < shape.size; i++) {
    columns += `const c${i} = shape.columns[${i}];\n`
    reads += `const v${i} = o[${literal(shape.keys[i]!)}];\n`
    if (i < FINGERPRINTED) mixes += `hash = mix(hash, v${i});\n`
    writes += `if (typeof v${i} === 'number') c${i}.number(v${i});
else if (typeof v${i} === 'string') c${i}.string(v${i}, strings);
else sink.put(c${i}, v${i});\n`
  }
  const source = `'use strict';
const { strings } = sink;
${columns}
return function writeRow(o, column) {
${reads}let hash = ${shape.size};
${mixes}if (sink.startRow(column, shape, o, hash)) return;
${writes}}`
  const make = new FunctionConstructor('shape', 'sink', 'mix', source) as (
    shape: Shape,
    sink: RowSink,
    mixer: typeof mix,
  ) => RowWriter
  return make(shape, sink, mix)
}
