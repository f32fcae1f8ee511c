/**
 * The tags a room earns, with a score (0 to 100) of the rule's weight and the room's rating.
 *
 * Written as such functions usually are: rules as they come from a file, with dotted paths, and the
 * array methods every JavaScript programmer reaches for. The function refers to nothing outside
 * itself: its source text is what is sent to other threads.
 *
 * @param {object} room one of `makeRooms`
 * @param {number} index
 * @param {{ shared: { rules: { tags: object[], hotel: object } } }} context
 * @returns {{ roomId: number, hotelId: number, matches: { tag: string, score: number }[] }}
 */
export function matchRoom(room, index, { shared }) {
  const { tags, hotel } = shared.rules

  const read = (subject, path) => {
    let value = subject
    for (const key of path.split('.')) value = value?.[key]
    return value
  }

  const kilometres = (a, b) => {
    const north = (a.lat - b.lat) * 111.2
    const east = (a.lon - b.lon) * 111.2 * Math.cos((a.lat * Math.PI) / 180)
    return Math.hypot(north, east)
  }

  const test = ({ op, path, value: expected }, subject) => {
    const actual = read(subject, path)
    switch (op) {
      case 'eq':
        return actual === expected
      case 'ne':
        return actual !== expected
      case 'in':
        return expected.includes(actual)
      case 'gte':
        return actual >= expected
      case 'lte':
        return actual <= expected
      case 'between':
        return actual >= expected[0] && actual <= expected[1]
      case 'includes':
        return actual.includes(expected)
      case 'some':
        return actual.some((element) => holds(expected, element))
      case 'costs':
        return actual.night * hotel.exchangeRates[actual.currency] <= expected
      case 'offers': {
        const offered = hotel.facilityGroups[expected.group].filter((name) => actual.includes(name))
        return offered.length >= expected.atLeast
      }
      case 'near':
        return kilometres(actual, hotel.landmarks[expected.landmark]) <= expected.km
      case 'since':
        return hotel.today - actual >= expected
      default:
        throw new TypeError(`unknown operator '${op}'`)
    }
  }

  const holds = (rule, subject) => {
    if (rule.all) return rule.all.every((part) => holds(part, subject))
    if (rule.any) return rule.any.some((part) => holds(part, subject))
    if (rule.not) return !holds(rule.not, subject)
    return test(rule, subject)
  }

  const matches = tags
    .filter((tag) => holds(tag.rule, room))
    .map((tag) => ({ tag: tag.id, score: Math.round((tag.weight * room.rating.average) / 10) }))
  return { roomId: room.id, hotelId: room.hotelId, matches }
}

/**
 * A function with its result reduced. Composed from its source, since a function that is sent to
 * another thread cannot call one that stays behind.
 *
 * @param {Function} match
 * @param {string} expression over `result`
 */
export function reduced(match, expression) {
  const body = `const result = (${match})(room, index, context)\nreturn ${expression}`
  return new Function('room', 'index', 'context', body)
}

/** How many tags a room earns: a number. */
export const countMatches = reduced(matchRoom, 'result.matches.length')

/** The ids of the tags a room earns: an array of strings. */
export const matchIds = reduced(matchRoom, 'result.matches.map((match) => match.tag)')
