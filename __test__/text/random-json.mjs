/** JSON texts at random, written as no one writer would: with any white space, escapes and doubled keys. */

import { makeRandom } from '../../bench/workloads/random.mjs'

const STRINGS = [
  '',
  'a',
  'Zürich',
  '日本',
  '😀',
  '\\ud800',
  '\\u00e9\\n',
  'comma, [bracket] {brace}',
  'quote \\" and \\\\',
  '\\/\\b\\f\\r\\t',
]
const NUMBERS = ['0', '-0', '1.50', '-12e3', '1E+2', '12345678901234567890', '1e400', '0.1']
const KEYS = ['id', 'name', '__proto__', 'toString', '0', 'constructor', 'é']

/**
 * @param {number} seed
 * @param {{ lines?: boolean }} options whether no line ends are between tokens
 */
export function randomJson(seed, { lines = false } = {}) {
  const random = makeRandom(seed)
  const blanks = lines ? ['', '', ' ', '\t', '\r'] : ['', '', '', ' ', '\n', '\t', '\r\n', '  ']
  const blank = () => random.pick(blanks)
  const list = (count, item) => Array.from({ length: count }, item)

  function value(depth) {
    if (depth === 0 || random.chance(0.4)) return scalar()
    const count = random.integer(0, 4)
    if (random.chance(0.5)) {
      return `[${blank()}${list(count, () => value(depth - 1)).join(`${blank()},${blank()}`)}${blank()}]`
    }
    const entry = () => `"${random.pick(KEYS)}"${blank()}:${blank()}${value(depth - 1)}`
    return `{${blank()}${list(count, entry).join(`${blank()},${blank()}`)}${blank()}}`
  }

  function scalar() {
    return random.pick([
      () => `"${random.pick(STRINGS)}${random.pick(STRINGS)}"`,
      () => random.pick(NUMBERS),
      () => String(random.integer(-1000, 1000)),
      () => random.pick(['true', 'false', 'null']),
    ])()
  }

  return {
    random,
    value: () => value(4),
    /** A text of so many items. */
    array(count) {
      const items = list(count, () => value(3))
      return `${blank()}[${blank()}${items.join(`${blank()},${blank()}`)}${blank()}]${blank()}`
    },
    /** One of so many lines, with blank ones between. */
    lines(count) {
      const end = () => random.pick(['\n', '\n', '\r\n', '\n\n', '\n \t\r\n'])
      const items = list(count, () => `${blank()}${value(3)}${blank()}${end()}`)
      return random.pick(['', '\ufeff']) + items.join('') + random.pick(['', 'null', '7\n'])
    },
  }
}

/** The values of NDJSON. */
export function valuesOfLines(text) {
  const lines = text.replace(/^\ufeff/, '').split('\n')
  return lines.filter((line) => line.trim() !== '').map((line) => JSON.parse(line))
}
