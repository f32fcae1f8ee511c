import { matchCity } from './match-city.mjs'
import { countMatches, matchIds, matchRoom } from './match.mjs'
import { countNested, matchNested } from './nested.mjs'

/** The functions that are mapped, by the names under which a worker file finds them. */
export const tasks = { matchRoom, matchIds, countMatches, matchNested, countNested, matchCity }
