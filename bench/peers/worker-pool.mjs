import { setEnvironmentData } from 'node:worker_threads'

/** Makes the rules resident in every worker started from now on. */
export function shareWithWorkers(rules) {
  setEnvironmentData('rules', rules)
}

/** The file that holds the tasks, in the dialect of one peer. */
export const workerFile = (name) => new URL(`workers/${name}.mjs`, import.meta.url)

/**
 * A contender's session over any pool of Node Workers.
 *
 * @param {number} threads
 * @param {(name: string, argument?: unknown) => Promise<unknown>} run calls a task of `tasks.mjs`
 * @param {() => Promise<unknown>} close
 * @returns {import('./contenders.mjs').Session}
 */
export function workerPoolSession(threads, run, close) {
  const seen = new Set()
  return {
    async map({ task, items, chunkSize }) {
      const chunks = []
      for (let offset = 0; offset < items.length; offset += chunkSize) {
        chunks.push(run('map', { task, items: items.slice(offset, offset + chunkSize), offset }))
      }
      return (await Promise.all(chunks)).flat(1)
    },
    noop: () => run('noop'),
    async answered() {
      const ids = await Promise.all(Array.from({ length: threads }, () => run('whoami')))
      for (const id of ids) seen.add(id)
      return seen.size
    },
    close,
  }
}
