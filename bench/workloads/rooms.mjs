import { hotel } from './hotel.mjs'
import { makeRandom } from './random.mjs'
import {
  BEDS,
  BOARDS,
  CATEGORIES,
  CHANNELS,
  CURRENCIES,
  FACILITIES,
  LANGUAGES,
  PAYMENTS,
  VIEWS,
} from './vocabulary.mjs'

export { hotel } from './hotel.mjs'
export { makeTags } from './tags.mjs'
export { countMatches, matchIds, matchRoom } from './match.mjs'

const PHRASES = [
  'quiet nights',
  'newly furnished',
  'high ceilings',
  'close to the tram',
  'family run',
  'designer furniture',
  'large windows',
  'rain shower',
  'vintage details',
  'self check-in',
]

/**
 * Rooms as a booking site holds them: 26 fields, with nested beds, price, policies and promotions.
 *
 * @param {number} count
 * @param {number} [seed]
 */
export function makeRooms(count, seed = 1) {
  const random = makeRandom(seed)
  return Array.from({ length: count }, (_, i) => makeRoom(random, i))
}

function makeRoom(random, i) {
  const category = random.pick(CATEGORIES)
  const view = random.pick(VIEWS)
  const beds = makeBeds(random)
  return {
    id: 100_000 + i,
    hotelId: random.integer(1, 400),
    name: `${category} room with ${view} view`,
    description: random.sample(PHRASES, random.integer(2, 4)).join(', '),
    category,
    view,
    board: random.pick(BOARDS),
    stars: random.integer(1, 5),
    floor: random.integer(0, 18),
    sizeM2: random.integer(12, 95),
    beds,
    maxGuests: beds.reduce((guests, bed) => guests + bed.count * bed.sleeps, 0),
    bathrooms: random.integer(1, 3),
    renovated: random.integer(1985, 2025),
    smoking: random.chance(0.1),
    instantBooking: random.chance(0.6),
    available: random.integer(0, 12),
    minNights: random.integer(1, 7),
    rating: { average: random.decimal(5, 10, 1), reviews: random.integer(0, 2500) },
    location: { lat: random.decimal(48.1, 48.3, 4), lon: random.decimal(16.25, 16.6, 4) },
    price: makePrice(random),
    policies: makePolicies(random),
    facilities: random.sample(FACILITIES, random.integer(4, 18)),
    languages: random.sample(LANGUAGES, random.integer(1, 5)),
    promotions: Array.from({ length: random.integer(0, 3) }, () => makePromotion(random)),
    energyClass: random.pick(['A', 'B', 'C', 'D', 'E']),
  }
}

function makeBeds(random) {
  return random.sample(BEDS, random.integer(1, 3)).map((type) => ({
    type,
    count: random.integer(1, 2),
    sleeps: type === 'single' || type === 'bunk' ? 1 : 2,
  }))
}

function makePrice(random) {
  const currency = random.pick(CURRENCIES)
  const perEuro = 1 / hotel.exchangeRates[currency]
  return {
    currency,
    night: Math.round(random.integer(45, 480) * perEuro),
    cleaning: Math.round(random.integer(0, 60) * perEuro),
    taxPercent: random.pick([0, 3.2, 5, 10, 13]),
  }
}

function makePolicies(random) {
  return {
    cancellation: {
      free: random.chance(0.65),
      untilDays: random.integer(0, 30),
      penaltyPercent: random.pick([0, 20, 50, 80, 100]),
    },
    payment: {
      methods: random.sample(PAYMENTS, random.integer(1, 4)),
      depositPercent: random.pick([0, 0, 10, 20, 30, 50]),
    },
    pets: { allowed: random.chance(0.4), fee: random.integer(0, 40) },
    checkIn: {
      from: random.integer(12, 17),
      until: random.integer(20, 24),
      desk: random.chance(0.7),
    },
  }
}

function makePromotion(random) {
  const from = hotel.today + random.integer(-60, 40)
  return {
    code: `P${random.integer(100, 999)}`,
    percent: random.pick([5, 10, 15, 20, 30, 40]),
    from,
    until: from + random.integer(5, 90),
    minNights: random.integer(1, 7),
    channels: random.sample(CHANNELS, random.integer(1, 3)),
  }
}
