import { hotel, makeRooms, makeTags } from './rooms.mjs'
import { tasks } from './tasks.mjs'

/**
 * Items, the function that maps them and the rules it reads.
 *
 * @typedef {{ task: string, fn: Function, items: object[], rules: object }} Workload
 */

/**
 * Hotel rooms against tag rules.
 *
 * @param {'matchRoom' | 'matchIds' | 'countMatches'} task
 * @param {number} [rooms]
 * @param {number} [tags]
 * @returns {Workload}
 */
export function roomByTag(task, rooms = 2000, tags = 300) {
  return workload(task, makeRooms(rooms), { tags: makeTags(tags), hotel })
}

/**
 * Cities against geographic rules. Loads the data set only when asked for it.
 *
 * @param {number} [limit]
 * @returns {Promise<Workload>}
 */
export async function cityByRule(limit) {
  const { geography, loadCities } = await import('./cities.mjs')
  return workload('matchCity', loadCities(limit), geography)
}

const workload = (task, items, rules) => ({ task, fn: tasks[task], items, rules })
