/**
 * The tags a room earns, with the confidence (0 to 100) of the rule that gave each.
 *
 * `all` takes its least confident part, `any` its most confident one. The function refers to
 * nothing outside itself: its source text is what is sent to other threads.
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
    for (let i = 0; i < path.length && value !== undefined; i++) value = value[path[i]]
    return value
  }

  const kilometres = (a, b) => {
    const north = (a.lat - b.lat) * 111.2
    const east = (a.lon - b.lon) * 111.2 * Math.cos((a.lat * Math.PI) / 180)
    return Math.sqrt(north * north + east * east)
  }

  const offers = (facilities, { group, atLeast }) => {
    let found = 0
    for (const facility of hotel.facilityGroups[group]) {
      if (facilities.includes(facility) && ++found === atLeast) return true
    }
    return false
  }

  const holds = (condition, subject) => {
    const actual = read(subject, condition.path)
    const expected = condition.value
    switch (condition.op) {
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
        return actual.some((element) => confidence(expected, element) > 0)
      case 'costs':
        return actual.night * hotel.exchangeRates[actual.currency] <= expected
      case 'offers':
        return offers(actual, expected)
      case 'near':
        return kilometres(actual, hotel.landmarks[expected.landmark]) <= expected.km
      case 'since':
        return hotel.today - actual >= expected
      default:
        throw new TypeError(`unknown operator '${condition.op}'`)
    }
  }

  const confidence = (rule, subject) => {
    if (rule.all !== undefined) {
      let least = 100
      for (const part of rule.all) {
        least = Math.min(least, confidence(part, subject))
        if (least === 0) return 0
      }
      return least
    }
    if (rule.any !== undefined) {
      let most = 0
      for (const part of rule.any) most = Math.max(most, confidence(part, subject))
      return most
    }
    if (rule.not !== undefined) return confidence(rule.not, subject) > 0 ? 0 : 100
    return holds(rule, subject) ? rule.weight : 0
  }

  const matches = []
  for (const tag of tags) {
    const score = confidence(tag.rule, room)
    if (score > 0) matches.push({ tag: tag.id, score })
  }
  return { roomId: room.id, hotelId: room.hotelId, matches }
}

/**
 * `matchRoom` with its result reduced. Composed from its source, since a function that is sent to
 * another thread cannot call one that stays behind.
 *
 * @param {string} expression over `matches`
 */
function reduced(expression) {
  const body = `const { matches } = (${matchRoom})(room, index, context)\nreturn ${expression}`
  return new Function('room', 'index', 'context', body)
}

/** How many tags a room earns: a number. */
export const countMatches = reduced('matches.length')

/** The ids of the tags a room earns: an array of strings. */
export const matchIds = reduced('matches.map((match) => match.tag)')
