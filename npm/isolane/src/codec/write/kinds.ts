/** What an object that is no array and no plain record turns out to be. */
export const enum Kind {
  /** An instance of a class without engine data, or an object with a prototype of its own. */
  Record,
  Date,
  RegExp,
  Map,
  Set,
  Error,
  Number,
  String,
  Boolean,
  BigInt,
  ArrayBuffer,
  SharedArrayBuffer,
  View,
  /** Nothing a payload can carry. */
  Opaque,
}

/** Throws on what is none of the class, which it tells by internal slots. */
export type Test = (value: object) => unknown

/** What objects that inherit from a built-in prototype may be: `test` throws on those that are not. */
export interface Brand {
  /** What the class is called, in whatever context it is. */
  readonly name: string
  readonly kind: Kind
  readonly test: Test
}
