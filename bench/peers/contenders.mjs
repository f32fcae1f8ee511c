import { loadBuild } from './build.mjs'

/**
 * A running contender.
 *
 * @typedef {object} Session
 * @property {(workload: object, options?: object) => unknown[] | Promise<unknown[]>} map
 * @property {() => Promise<unknown>} [noop] one empty task, there and back
 * @property {() => Promise<number>} [answered] puts one empty task per worker; resolves to the
 *   number of workers that have answered any since the start
 * @property {() => unknown} close
 */

/** Every contender is a module `./<name>.mjs` with `start({ threads, rules })`, or a build of isolane. */
export const SINGLE_THREADED = 'single-threaded'
export const PISCINA = 'piscina'
/** The main thread alone, with as many calls waiting at once as the pools have. */
export const EVENT_LOOP = 'one event loop'
/** On its v8 engine, and on its node engine. */
export const ISOLANE = 'isolane'
export const ISOLANE_NODE = 'isolane-node'
export const POOLS = [ISOLANE, ISOLANE_NODE, PISCINA, 'tinypool', 'workerpool', 'poolifier']

/**
 * @param {string} name
 * @returns {Promise<{ start(options: { threads: number, rules?: object }): Promise<Session> }>}
 */
export const loadContender = async (name) => loadBuild(name) ?? import(`./${name}.mjs`)

/**
 * Starts the named contenders side by side, runs `body`, closes them whatever happens. One that
 * cannot start is left out and reported: the others' numbers stand without it.
 *
 * @template T
 * @param {string[]} names
 * @param {{ threads: number, rules?: object, onUnavailable(name: string, error: Error): void }} options
 * @param {(sessions: Map<string, Session>) => Promise<T>} body
 * @returns {Promise<T>}
 */
export async function withSessions(names, { threads, rules, onUnavailable }, body) {
  const sessions = new Map()
  try {
    for (const name of names) {
      try {
        const contender = await loadContender(name)
        sessions.set(name, await contender.start({ threads, rules }))
      } catch (error) {
        onUnavailable(name, error)
      }
    }
    return await body(sessions)
  } finally {
    for (const session of sessions.values()) await session.close()
  }
}

/**
 * Starts contenders that only one section has.
 *
 * @template T
 * @param {Record<string, (options: object) => T | Promise<T>>} contenders by name
 * @param {object} options of each
 * @param {(name: string, error: Error) => void} onUnavailable as for {@link withSessions}
 * @returns {Promise<Map<string, T>>}
 */
export async function startAll(contenders, options, onUnavailable) {
  const sessions = new Map()
  for (const [name, start] of Object.entries(contenders)) {
    try {
      sessions.set(name, await start(options))
    } catch (error) {
      onUnavailable(name, error)
    }
  }
  return sessions
}
