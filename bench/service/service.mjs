// oxlint-disable require-post-message-target-origin -- a thread, not a window

import { createServer } from 'node:http'
import { Worker } from 'node:worker_threads'

/** Requests per second: a service with work to do, far from being saturated. */
const RATE = 200

/**
 * A service on this event loop, and a client in a thread of its own, so that the client's clock
 * does not wait for the event loop that it measures.
 */
export async function startService() {
  const server = createServer((request, response) => response.end('{"ok":true}'))
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const client = new Worker(new URL('service-client.mjs', import.meta.url), {
    workerData: { port: server.address().port, rate: RATE },
  })
  const answer = () => new Promise((resolve) => client.once('message', resolve))
  await answer()
  return {
    /** Percentiles of the latency of requests made until `until` settles. */
    async latencies(until) {
      client.postMessage('start')
      await until
      client.postMessage('stop')
      return answer()
    },
    async close() {
      await client.terminate()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
