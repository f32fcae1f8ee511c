/**
 * The numbers of the payload format; docs/codec.md describes the format itself.
 *
 * Everything is little endian. A payload is a version byte, a flags byte, one inline value and, when
 * the flags say so, sections with columns and strings behind it.
 */

/** First byte of every payload. A reader refuses any other. */
export const VERSION = 1

/** Payload flags (second byte). */
export const enum Flag {
  /** Sections follow the inline value; the last eight bytes say where. */
  Sections = 1,
  /** Some object is referred to twice, so the reader must number the objects it makes. */
  References = 2,
  /** Its array was cut short: of what is behind the last element, nobody reads anything. */
  Cut = 4,
}

/** First byte of an inline value. Bytes from 0x40 carry a small value themselves. */
export const enum Token {
  Undefined = 0,
  Null = 1,
  False = 2,
  True = 3,
  /** zigzag varint */
  Int = 4,
  /** eight bytes */
  Double = 5,
  /** varint index into the string section */
  StringRef = 6,
  /** varint length, Latin-1 bytes */
  Latin1 = 7,
  /** varint length in code units, UTF-16 bytes */
  Utf16 = 8,
  /** varint count, that many inline values */
  Array = 9,
  /** varint root column, u32 count: the elements are the next values of that column */
  ColumnArray = 10,
  /** shape definition, then the values in key order */
  Object = 11,
  /** varint index of an earlier inline shape, then the values */
  ObjectAgain = 12,
  /** varint index of a section shape: the next row of its table */
  Row = 13,
  /** varint number of an earlier object */
  Reference = 14,
  /** varint run length; only among the elements of an array */
  Holes = 15,
  /** array with named properties: an inline array value, varint count, key and value pairs */
  NamedArray = 16,
  /** prototype flag byte, varint count, key and value pairs */
  Dictionary = 17,
  /** prototype flag byte, varint root column, varint count, keys; the values are in the column */
  ColumnDictionary = 18,
  /** sign byte, varint byte length, magnitude */
  BigInt = 19,
  /** double */
  Date = 20,
  /** source string, flags string */
  RegExp = 21,
  /** varint count, key and value pairs */
  Map = 22,
  /** varint count, values */
  Set = 23,
  /** class byte, field mask byte, the fields present, varint count, key and value pairs */
  Error = 24,
  /** primitive value */
  Boxed = 25,
  /** varint byte length, varint maximum + 1 or 0, pad to 8, bytes */
  ArrayBuffer = 26,
  /** view kind byte, byte offset, length + 1 (0: tracks the buffer), inline buffer value */
  View = 27,
  /** view kind byte, varint byte length, pad to 8, bytes: a view that owns its whole buffer; or attached */
  WholeView = 28,
  /** varint index into the table of shared buffers that travels beside the payload */
  SharedArrayBuffer = 29,
  /** varint byte length: an ArrayBuffer, the next one of those that travel beside the payload */
  Attached = 30,
  /** 0x40 + n: the integer n, 0..63 */
  SmallInt = 0x40,
  /** 0x80 + n: Latin-1 string of n bytes, 0..31 */
  ShortString = 0x80,
  /** 0xa0 + n: ObjectAgain of inline shape n, 0..31 */
  ShortObject = 0xa0,
  /** 0xc0 + n: Array of n inline values, 0..15 */
  ShortArray = 0xc0,
}

/** Types of a column's values. */
export const enum Type {
  Undefined = 0,
  Null = 1,
  False = 2,
  True = 3,
  Int = 4,
  Double = 5,
  String = 6,
  Array = 7,
  Object = 8,
  /** The value is the next one of the inline stream. */
  Inline = 9,
}
/** Number of column types. */
export const TYPES = 10
/** `only` of a column without values. */
export const NONE = -1
/** `only` of a column with values of several types: a tag byte for each value. */
export const TAGGED = -2

/** Width codes of an integer stream. */
export const enum Width {
  U8 = 0,
  I8 = 1,
  U16 = 2,
  I16 = 3,
  I32 = 4,
  /** No values: each is one more than that before, and the first is a varint behind the code. */
  Sequence = 5,
}

/** Bytes of one value, by width code. */
export const WIDTH_BYTES: readonly number[] = [1, 1, 2, 2, 4]

/** Classes of Token.Error, by index. */
export const ERROR_CLASSES = [
  'Error',
  'EvalError',
  'RangeError',
  'ReferenceError',
  'SyntaxError',
  'TypeError',
  'URIError',
  'AggregateError',
] as const
/** Field mask of Token.Error. */
export const enum ErrorField {
  Message = 1,
  Stack = 2,
  Cause = 4,
  Errors = 8,
  Name = 16,
}

/** View kinds, by index. The last two are no typed arrays. */
export const VIEW_KINDS = [
  'Int8Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'Float32Array',
  'Float64Array',
  'BigInt64Array',
  'BigUint64Array',
  'Float16Array',
] as const
export const VIEW_DATAVIEW = 12
export const VIEW_BUFFER = 13
/** Of Token.WholeView: as VIEW_BUFFER, but the bytes are attached. */
export const VIEW_ATTACHED = 14

/** Inline arrays and dictionaries of at least this many values put them in a root column. */
export const MIN_COLUMN = 12
/** A shape gets a table of columns when it is seen this often. */
export const HOT_SHAPE = 8
/** Objects with more keys than this are dictionaries, not records. */
export const MAX_SHAPE_KEYS = 64
/** Different keys that may follow one key prefix before such objects count as dictionaries. */
export const MAX_SHAPE_BRANCHES = 64
/** Shapes with columns in one payload; objects of others stay inline. */
export const MAX_SHAPES = 1024
/** Arrays nested deeper than this inside one column go inline. */
export const MAX_COLUMN_DEPTH = 4
/** Root columns of one payload; arrays beyond share the last ones. */
export const MAX_ROOT_COLUMNS = 32
/** Strings written inline before the payload gets a string section. */
export const MAX_INLINE_STRINGS = 16
/** Code units in one block of the string section (one longer string has its own block). */
export const STRING_BLOCK = 32768
/**
 * Containers inside each other, along the path on which the writer comes to them. Readers need some
 * 700 bytes of the stack for each, where V8 has compiled nothing yet.
 */
export const MAX_DEPTH = 1000
/** A payload is shorter than 2 GiB, so that every offset is an int32. */
export const MAX_PAYLOAD = 0x7fffffff
