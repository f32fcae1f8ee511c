import { setEnvironmentData } from 'node:worker_threads'

/**
 * Chunks that each peer gets for one map. Of 2, 4, 8, 16 and 32 per thread, 8 was best or within
 * the noise for every peer: fewer wait for the slowest chunk, more pay for messages.
 */
const CHUNKS_PER_THREAD = 8

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
    async map({ task, items }) {
      const size = Math.max(1, Math.ceil(items.length / (threads * CHUNKS_PER_THREAD)))
      const chunks = []
      for (let offset = 0; offset < items.length; offset += size) {
        chunks.push(run('map', { task, items: items.slice(offset, offset + size), offset }))
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
