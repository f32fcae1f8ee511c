/** True only for one and the same type: `any` is equal to nothing but itself. */
export type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

/** A line of a type test: fails to compile when its parameter is not `true`. */
export declare function expect<T extends true>(): T
