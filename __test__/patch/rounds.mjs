import { sized } from '../support/size.mjs'

/** Random pairs of values that a property is tried with. */
export const ROUNDS = sized(100_000, 3000)
