/**
 * What every peer's worker can do. The rules come with the thread (Node's environment data), so
 * they are resident before the first message; the workloads are loaded when first needed, so that
 * they do not count as start-up.
 */
import { getEnvironmentData, threadId } from 'node:worker_threads'

/** Nothing but the way there and back. */
export const noop = () => undefined

/** Which thread answers. */
export const whoami = () => threadId

/** Waits for a timer of so many milliseconds. */
export const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms, ms))

/**
 * One slice of a JSON array, as text; gives the text of its results, without brackets.
 *
 * @param {{ task: string, text: string, offset: number }} slice
 */
export async function mapText({ task, text, offset }) {
  const results = await map({ task, items: JSON.parse(text), offset })
  return JSON.stringify(results).slice(1, -1)
}

/**
 * One hand-made chunk.
 *
 * @param {{ task: string, items: unknown[], offset: number }} chunk
 */
export async function map({ task, items, offset }) {
  const { tasks } = await import('../../workloads/tasks.mjs')
  const fn = tasks[task]
  const context = { shared: { rules: getEnvironmentData('rules') } }
  return items.map((item, i) => fn(item, offset + i, context))
}
