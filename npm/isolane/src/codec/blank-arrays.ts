/** Arrays that are about to be filled, by assignment from index 0 on. */

import { Type } from './format.js'
import { ArrayToSpliced, MathMin } from './primordials.js'

/** Longer arrays start with so many elements and grow from there. */
const LONGEST_BLANK = 1024

const INTS = blank(0)
const DOUBLES = blank(0.5)
const VALUES = blank(undefined)

/**
 * An array for `count` elements of one type, none of which is a hole; 0 if that is not known. It has that many already, 1,024 at
 * most, which are all to be overwritten: an array that grows element by element is copied at 17,
 * 41, 77, 131… of them, and what it has left over lives as long as it does. Unlike `new Array(count)` it
 * has no holes, and V8 takes it for one of numbers if it is to be.
 */
export function blankArray(elements: number, count: number): unknown[] {
  if (count === 0) return emptyArray(elements)
  // What is asked for is the template without its end. Of all methods that copy a part of an array this
  // one alone asks no constructor which kind of array to make.
  return ArrayToSpliced(templateOf(elements), MathMin(count, LONGEST_BLANK))
}

/** A place in the code for each kind: V8 makes there what has come of earlier ones. */
function emptyArray(elements: number): unknown[] {
  switch (elements) {
    case Type.Int:
      return []
    case Type.Double:
      return []
    default:
      return []
  }
}

function templateOf(elements: number): readonly unknown[] {
  switch (elements) {
    case Type.Int:
      return INTS
    case Type.Double:
      return DOUBLES
    default:
      return VALUES
  }
}

function blank(element: unknown): unknown[] {
  const array = [element]
  while (array.length < LONGEST_BLANK) array[array.length] = element
  return array
}
