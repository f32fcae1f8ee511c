/** Arrays that are about to be filled, by assignment from index 0 on. */

import { Type } from '../shared/format.js'
import { ArrayToSpliced, MathMin } from '../shared/primordials.js'

/** Longer arrays start with so many elements and grow from there. */
const LONGEST_BLANK = 1024

interface Templates {
  ints: readonly unknown[]
  doubles: readonly unknown[]
  values: readonly unknown[]
}

/** Made on demand: an isolate's start would pay for them. */
let templates: Templates | undefined

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
  const { ints, doubles, values } = (templates ??= newTemplates())
  switch (elements) {
    case Type.Int:
      return ints
    case Type.Double:
      return doubles
    default:
      return values
  }
}

/** The most special kind first: what has met a general one makes no other any more. */
function newTemplates(): Templates {
  const ints = grown([0])
  const doubles = grown([0.5])
  return { ints, doubles, values: grown([undefined]) }
}

/** Of one element a template. */
function grown(array: unknown[]): unknown[] {
  while (array.length < LONGEST_BLANK) array[array.length] = array[0]
  return array
}
