import { matchCity } from './match-city.mjs'
import { countMatches, matchIds, matchRoom } from './match.mjs'

/** The functions that are mapped, by the names under which a worker file finds them. */
export const tasks = { matchRoom, matchIds, countMatches, matchCity }
