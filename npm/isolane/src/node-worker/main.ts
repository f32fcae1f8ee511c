/**
 * The bootstrap of a Node Worker. It loads what it needs before any user code, so that a function
 * that replaces a built-in changes nothing for it; takes its place in a pool; and works there.
 */

import { parentPort, workerData } from 'node:worker_threads'
import { binding } from '../addon/native.js'
import { Exit } from '../driver/failure.js'
import { nodePlatform } from '../codec/platform-node.js'
import { WorkerBuffers } from './buffers.js'
import { NodeWorkerLoop } from './loop.js'
import { captureOutput } from './output.js'
import { VM_MODULES, type WorkerRef, type WorkerTerms } from './terms.js'

// Of the pool's making: functions and processes that they start need not know of it.
const flag = process.execArgv.lastIndexOf(VM_MODULES)
if (flag >= 0) process.execArgv.splice(flag, 1)

const { pool, concurrency, resolveFrom, caps, ref, buffers, bufferIds } = workerData as WorkerTerms
const { NodeWorker } = binding()
const platform = new WorkerBuffers(buffers, bufferIds).platform(nodePlatform)

function join({ slot, generation }: WorkerRef): void {
  let loop: NodeWorkerLoop
  try {
    loop = new NodeWorkerLoop(
      (wake, heapUsed) => new NodeWorker(pool, slot, generation, concurrency, heapUsed, wake),
      concurrency,
      resolveFrom,
      caps,
      platform,
    )
  } catch {
    // Not wanted any more.
    process.exit(0)
  }
  captureOutput(() => loop.logs)
  process.on('uncaughtExceptionMonitor', (error) => {
    if (process.listenerCount('uncaughtException') === 0) loop.failAll(new Exit('crash', error))
  })
  process.on('beforeExit', () => loop.giveUpWaiting())
  process.on('exit', (code) => loop.failAll(new Exit('exit', code)))
}

if (ref !== undefined) join(ref)
else parentPort!.once('message', join)
