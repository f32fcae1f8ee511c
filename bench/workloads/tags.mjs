import { hotel } from './hotel.mjs'
import { makeRandom } from './random.mjs'
import {
  BEDS,
  BOARDS,
  CATEGORIES,
  CHANNELS,
  FACILITIES,
  LANGUAGES,
  PAYMENTS,
  VIEWS,
} from './vocabulary.mjs'

const THEMES = ['quiet', 'kids', 'value', 'luxe', 'work', 'view', 'eco', 'city', 'pets', 'spa']

/**
 * Tag rules: trees of `all`, `any` and `not` over twelve operators.
 *
 * @param {number} count
 * @param {number} [seed]
 * @returns {{ id: string, theme: string, rule: object, weight: number }[]}
 */
export function makeTags(count, seed = 2) {
  const random = makeRandom(seed)
  return Array.from({ length: count }, (_, i) => {
    const theme = random.pick(THEMES)
    const rule = random.pick(SHAPES)(random)
    return { id: `${theme}-${i}`, theme, rule, weight: random.integer(20, 99) }
  })
}

/** The trees that rule authors write: alternatives that must all be met, packages, exclusions. */
const SHAPES = [
  (random) => ({ all: Array.from({ length: 4 }, () => alternatives(random, 3)) }),
  (random) => ({ all: [alternatives(random, 3), { not: both(random) }, alternatives(random, 2)] }),
  (random) => ({ any: Array.from({ length: 4 }, () => ({ all: [leaf(random), both(random)] })) }),
  (random) => ({ any: [both(random), { all: [both(random), { not: both(random) }] }] }),
  (random) => ({
    all: [
      alternatives(random, 3),
      { not: { any: [both(random), both(random)] } },
      alternatives(random, 3),
    ],
  }),
]

const leaf = (random) => random.pick(CONDITIONS)(random)
const alternatives = (random, count) => ({ any: Array.from({ length: count }, () => leaf(random)) })
const both = (random) => ({ all: [leaf(random), leaf(random)] })

const condition = (random, path, op, value) => ({ op, path, value })

/** A test of one field, with the values that field takes. */
const CONDITIONS = [
  (random) => condition(random, 'view', 'eq', random.pick(VIEWS)),
  (random) => condition(random, 'board', 'ne', random.pick(BOARDS)),
  (random) => condition(random, 'policies.cancellation.free', 'eq', random.chance(0.8)),
  (random) => condition(random, 'category', 'in', random.sample(CATEGORIES, random.integer(2, 5))),
  (random) => condition(random, 'rating.average', 'gte', random.decimal(5.5, 9, 1)),
  (random) => condition(random, 'policies.payment.depositPercent', 'lte', random.pick([0, 10, 20])),
  (random) =>
    condition(random, 'sizeM2', 'between', [random.integer(12, 40), random.integer(45, 95)]),
  (random) => condition(random, 'floor', 'between', [random.integer(0, 6), random.integer(8, 18)]),
  (random) => condition(random, 'facilities', 'includes', random.pick(FACILITIES)),
  (random) => condition(random, 'languages', 'includes', random.pick(LANGUAGES)),
  (random) => condition(random, 'policies.payment.methods', 'includes', random.pick(PAYMENTS)),
  (random) => condition(random, 'beds', 'some', bedRule(random)),
  (random) => condition(random, 'promotions', 'some', promotionRule(random)),
  (random) => condition(random, 'price', 'costs', random.integer(100, 360)),
  (random) => condition(random, 'facilities', 'offers', facilityGroup(random)),
  (random) => condition(random, 'location', 'near', landmark(random)),
]

const facilityGroup = (random) => ({
  group: random.pick(Object.keys(hotel.facilityGroups)),
  atLeast: random.integer(2, 3),
})

const landmark = (random) => ({
  landmark: random.pick(Object.keys(hotel.landmarks)),
  km: random.integer(3, 13),
})

const bedRule = (random) => ({
  all: [
    condition(random, 'type', 'in', random.sample(BEDS, 3)),
    condition(random, 'count', 'gte', random.integer(1, 2)),
  ],
})

const promotionRule = (random) => ({
  all: [
    condition(random, 'from', 'since', random.integer(-20, 10)),
    condition(random, 'percent', 'gte', random.pick([5, 10, 20])),
    { not: condition(random, 'channels', 'includes', random.pick(CHANNELS)) },
  ],
})
