/** What a difference is looked for in: each in its own way, or not at all. */
export const enum Shape {
  Array,
  Record,
  Map,
  Set,
  /** Equal or not. */
  Scalar,
}
