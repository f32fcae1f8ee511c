import { reduced } from './match.mjs'
import { makeRandom } from './random.mjs'
import { BOARDS, CATEGORIES, FACILITIES, LANGUAGES, VIEWS } from './vocabulary.mjs'

/**
 * Rules that are nothing but trees: `all` and `any`, down to lists of values of which a field must
 * have one. All the time goes into `every`, `some` and `includes` over the arrays of the rules.
 *
 * @param {number} count
 * @param {number} [seed]
 * @returns {{ id: number, rule: object }[]}
 */
export function makeNestedRules(count, seed = 5) {
  const random = makeRandom(seed)
  return Array.from({ length: count }, (_, i) => ({ id: 1000 + i, rule: tree(random, 3) }))
}

/** Fields of a room, with the values that they take. */
const FIELDS = [
  ['category', CATEGORIES],
  ['view', VIEWS],
  ['board', BOARDS],
  ['facilities', FACILITIES],
  ['languages', LANGUAGES],
]

function tree(random, depth) {
  if (depth === 0) return leaf(random)
  // All of some, any of some more: so a room meets a quarter of the rules.
  const isAll = depth % 2 === 1
  const count = isAll ? random.integer(2, 3) : random.integer(2, 4)
  const parts = Array.from({ length: count }, () => tree(random, depth - 1))
  return isAll ? { all: parts } : { any: parts }
}

function leaf(random) {
  const [field, values] = random.pick(FIELDS)
  return { field, values: random.sample(values, random.integer(2, 4)) }
}

/**
 * The rules that a room meets, with their places.
 *
 * @param {object} room one of `makeRooms`
 * @param {number} index
 * @param {{ shared: { rules: { tags: object[] } } }} context
 * @returns {{ id: number, pos: number }[]}
 */
export function matchNested(room, index, { shared }) {
  const holds = (rule) => {
    if (rule.all !== undefined) return rule.all.every(holds)
    if (rule.any !== undefined) return rule.any.some(holds)
    const value = room[rule.field]
    return typeof value === 'string'
      ? rule.values.includes(value)
      : rule.values.some((one) => value.includes(one))
  }
  const matches = []
  shared.rules.tags.forEach((tag, pos) => {
    if (holds(tag.rule)) matches.push({ id: tag.id, pos })
  })
  return matches
}

/** How many rules a room meets: a number. */
export const countNested = reduced(matchNested, 'result.length')
