import type { Column, RowWriter } from '../column.js'
import { mixDouble, trait } from '../fingerprints.js'
import { Type } from '../../shared/format.js'
import {
  ArrayIsArray,
  FunctionConstructor,
  JSONStringify,
  MathImul,
  ObjectGetPrototypeOf,
  ObjectPrototype,
  SymbolConstructor,
} from '../../shared/primordials.js'
import type { Shape } from '../shapes.js'
import { sample, type StringTable } from '../strings.js'

/** Properties whose values make up the fingerprint. */
const FINGERPRINTED = 3
/** No object has this property. Asking for it makes the engine look at the object's hidden class. */
const NOWHERE = SymbolConstructor('nowhere')

/** What compiled writers call. */
export interface RowSink {
  readonly strings: StringTable
  /** The element at which `many` has stopped. */
  stoppedAt: unknown
  /** Counts the containers around what is written; see `ValueWriter.enter`. */
  depth: number
  enter(container: object): void
  /** Writes a value to a column, whatever it is. */
  put(column: Column, value: unknown): void
  /** The length of the array that was started last. */
  arrayLength: number
  /** Writes all of an array but its elements; gives the column for those, if there are any. */
  startArray(
    column: Column,
    value: readonly unknown[],
    first: unknown,
    told: number,
  ): Column | undefined
  /** Writes the elements from index `from` on of the array of `length` that was started last in `column`. */
  moreElements(
    column: Column,
    elements: Column,
    value: readonly unknown[],
    from: number,
    length: number,
    element: unknown,
  ): void
  /** Whether the object was written before; if not, says that a row of the shape follows. */
  startRow(column: Column | undefined, shape: Shape, object: object, fingerprint: number): boolean
}

/**
 * Functions that write objects of `shape` to its columns, with each property read once, at a place
 * of its own, so that the engine's inline caches see one shape each. A key as JSON is a string
 * literal of JavaScript, which no key can end.
 */
export function compileWriter(shape: Shape, sink: RowSink): RowWriter {
  const { columns, keys, size } = shape
  let setUp = ''
  let reads = ''
  let mixes = ''
  let writes = ''
  let mixed = 0
  for (let i = 0; i < size; i++) {
    setUp += `const c${i} = shape.columns[${i}];\n`
    reads += `const v${i} = o[${JSONStringify(keys[i]!)}];\n`
    const tells = mixed < FINGERPRINTED && isTelling(columns![i]!)
    if (tells) {
      mixed++
      mixes += MIX(i)
    }
    writes += WRITE(i, tells)
  }
  const source = `'use strict';
const { strings } = sink;
${setUp}
const isPlain = (o) => {
  let n = 0;
  for (const key in o) if (key !== keys[n++]) return false;
  if (n !== ${size}) return false;
  o[nowhere];
  return getPrototypeOf(o) === prototype && !isArray(o);
};
const write = (o, column) => {
${reads}let hash = ${size};
${mixes}if (sink.startRow(column, shape, o, hash)) return;
${writes}};
const many = (list, i, end, column) => {
  for (; i < end; i++) {
    column.at = i;
    const o = list[i];
    if (typeof o !== 'object' || o === null || !isPlain(o)) { sink.stoppedAt = o; return i; }
    write(o, column);
  }
  return end;
};
return { write, many, isPlain };`
  const make = new FunctionConstructor(PARAMETERS, source) as (...values: unknown[]) => RowWriter
  const prototype = shape.nullPrototype ? null : ObjectPrototype
  return make(
    shape,
    sink,
    keys,
    prototype,
    ObjectGetPrototypeOf,
    NOWHERE,
    ArrayIsArray,
    sample,
    mixDouble,
    MathImul,
    trait,
  )
}

const PARAMETERS =
  'shape, sink, keys, prototype, getPrototypeOf, nowhere, isArray, sample, mixDouble, imul, trait'

/** Whether values of the column may tell objects apart: arrays do by their first element. */
function isTelling({ only }: Column): boolean {
  return only === Type.Int || only === Type.Double || only === Type.String || only === Type.Array
}

/** Declares the sample `s` and, if the value is an array, its first element `f`. */
const MIX = (i: number): string => `const f${i} = isArray(v${i}) ? v${i}[0] : v${i};
let s${i} = 0;
if (typeof f${i} === 'number') {
  s${i} = f${i} | 0;
  if (s${i} !== f${i}) s${i} = mixDouble(f${i});
} else if (typeof f${i} === 'string') s${i} = sample(f${i});
hash = imul(hash ^ s${i}, 0x9e3779b1);
`

const WRITE = (
  i: number,
  mixed: boolean,
): string => `if (typeof v${i} === 'number') c${i}.number(v${i});
else if (typeof v${i} === 'string') ${mixed ? `c${i}.sampled(v${i}, s${i}, strings)` : `c${i}.string(v${i}, strings)`};
else if (typeof v${i} === 'object' && v${i} !== null && c${i}.writer !== undefined && c${i}.writer.isPlain(v${i})) {
  sink.enter(v${i});
  c${i}.writer.write(v${i}, c${i});
  sink.depth--;
}
else if (isArray(v${i})) {
  sink.enter(v${i});
  let e = ${mixed ? `f${i}` : `v${i}[0]`};
  const elements = sink.startArray(c${i}, v${i}, e, ${mixed ? `s${i}` : 'trait(e)'});
  if (elements !== undefined) {
    const length = sink.arrayLength;
    for (let j = 0; ; e = v${i}[j]) {
      if (typeof e === 'number') elements.number(e);
      else if (typeof e === 'string') elements.string(e, strings);
      else {
        sink.moreElements(c${i}, elements, v${i}, j, length, e);
        break;
      }
      if (++j === length) break;
    }
  }
  sink.depth--;
} else sink.put(c${i}, v${i});
`
