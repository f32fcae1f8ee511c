// Asks a service at a fixed rate, whether it has answered or not, and tells how long answers took.

import { Agent, get } from 'node:http'
import { performance } from 'node:perf_hooks'
import { parentPort, workerData } from 'node:worker_threads'
import { quantile } from '../lib/statistics.mjs'

const { port, rate } = workerData
const agent = new Agent({ keepAlive: true })
let latencies = []
let open = 0
let timer

function ask() {
  const asked = performance.now()
  open++
  get({ port, host: '127.0.0.1', agent }, (response) => {
    response.resume().on('end', () => {
      latencies.push(performance.now() - asked)
      open--
    })
  })
}

async function stop() {
  clearInterval(timer)
  while (open > 0) await new Promise((resolve) => setTimeout(resolve, 5))
  parentPort.postMessage({ p50Ms: quantile(latencies, 0.5), p99Ms: quantile(latencies, 0.99) })
}

parentPort.on('message', (message) => {
  if (message === 'stop') return void stop()
  latencies = []
  timer = setInterval(ask, 1000 / rate)
})
parentPort.postMessage('ready')
