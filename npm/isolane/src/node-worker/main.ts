/**
 * The bootstrap of a Node Worker. It loads what it needs before any user code, so that a function
 * that replaces a built-in changes nothing for it; takes a seat in a pool; and works there.
 */

import { parentPort, workerData } from 'node:worker_threads'
import { binding } from '../addon/native.js'
import { Doom } from '../driver/failure.js'
import { nodePlatform } from '../codec/platform-node.js'
import { WorkerBuffers } from './buffers.js'
import { CrewMember } from './loop.js'
import { captureOutput } from './output.js'
import type { SeatOffer, WorkerTerms } from './terms.js'

const { pool, concurrency, resolveFrom, caps, seat, buffers, bufferIds } = workerData as WorkerTerms
const { NodeWorker } = binding()
const platform = new WorkerBuffers(buffers, bufferIds).platform(nodePlatform)

function takeSeat({ slot, generation }: SeatOffer): void {
  let member: CrewMember
  try {
    member = new CrewMember(
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
  captureOutput(() => member.logs)
  process.on('uncaughtExceptionMonitor', (error) => {
    if (process.listenerCount('uncaughtException') === 0) member.perish(new Doom('crash', error))
  })
  process.on('beforeExit', () => member.giveUpWaiting())
  process.on('exit', (code) => member.perish(new Doom('exit', code)))
}

if (seat !== undefined) takeSeat(seat)
else parentPort!.once('message', takeSeat)
