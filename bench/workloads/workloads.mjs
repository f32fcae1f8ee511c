import { makeNestedRules } from './nested.mjs'
import { hotel, makeRooms, makeTags } from './rooms.mjs'
import { tasks } from './tasks.mjs'

/**
 * Items, the function that maps them and the rules it reads.
 *
 * @typedef {object} Workload
 * @property {string} task
 * @property {Function} fn
 * @property {object[]} items
 * @property {object} rules
 * @property {number} chunkSize items in a message to a peer: measured to be the best for these
 *   items, or within the noise of it. With fewer, messages cost more; with more, threads wait for
 *   one another at the end and each answer blocks the main thread for longer. isolane chooses
 *   its own.
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
  const rules = { tags: makeTags(tags), hotel }
  return workload(task, received(makeRooms(rooms)), received(rules), 125)
}

/**
 * Hotel rooms against rules that are trees of `all` and `any`.
 *
 * @param {'matchNested' | 'countNested'} task
 * @param {number} [rooms]
 * @param {number} [rules]
 * @returns {Workload}
 */
export function roomByTree(task, rooms = 2000, rules = 480) {
  const given = { tags: makeNestedRules(rules) }
  return workload(task, received(makeRooms(rooms)), received(given), 125)
}

/**
 * As a service has its data: parsed from what a file, a database or a request said. Objects that a
 * program builds from its own literals share the literals' strings, which makes comparing them
 * cheaper than it is with any data from outside.
 */
function received(value) {
  return JSON.parse(JSON.stringify(value))
}

/**
 * Cities against geographic rules. Loads the data set only when asked for it.
 *
 * @param {number} [limit]
 * @returns {Promise<Workload>}
 */
export async function cityByRule(limit) {
  const { geography, loadCities } = await import('./cities.mjs')
  return workload('matchCity', loadCities(limit), geography, 4_000)
}

const workload = (task, items, rules, chunkSize) => ({
  task,
  fn: tasks[task],
  items,
  rules,
  chunkSize,
})
