/** Run by Workers that are terminated while their pool is busy. */
import { parentPort } from 'node:worker_threads'
import { Pool } from 'isolane'

const pool = new Pool({ threads: 2 })
for (let n = 0; n < 20; n++) pool.run({ source: '() => { for (;;); }' }).catch(() => {})
const look = setInterval(() => {
  if (!pool.status().every(({ state }) => state === 'running')) return
  clearInterval(look)
  // oxlint-disable-next-line require-post-message-target-origin -- a Worker, not a window
  parentPort.postMessage('busy')
}, 1)
