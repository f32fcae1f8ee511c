// Asks a service at a fixed rate, whether it has answered or not, and tells how long answers took.
// oxlint-disable require-post-message-target-origin -- threads, not windows

import { Agent, get } from 'node:http'
import { performance } from 'node:perf_hooks'
import { parentPort, workerData } from 'node:worker_threads'
import { quantile } from '../lib/statistics.mjs'

const { port, rate } = workerData
const agent = new Agent({ keepAlive: true })
let answers = []
let timer

/** Milliseconds from a request to the end of its answer. */
function ask() {
  return new Promise((resolve, reject) => {
    const asked = performance.now()
    get({ port, host: '127.0.0.1', agent }, (response) => {
      response.resume().on('end', () => resolve(performance.now() - asked))
    }).on('error', reject)
  })
}

async function stop() {
  clearInterval(timer)
  const latencies = await Promise.all(answers)
  parentPort.postMessage({ p50Ms: quantile(latencies, 0.5), p99Ms: quantile(latencies, 0.99) })
}

parentPort.on('message', (message) => {
  if (message === 'stop') return void stop()
  answers = []
  timer = setInterval(() => answers.push(ask()), 1000 / rate)
})
parentPort.postMessage('ready')
