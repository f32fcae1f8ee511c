import type { NativePool } from '../addon/native.js'
import type { NodeWorkers } from '../node-worker/workers.js'

/** What is left of a pool. None of it refers to the pool. */
export interface Remains {
  native: NativePool
  nodeWorkers: NodeWorkers
}

/** Ends the threads of pools that were never closed and that nobody refers to any more. */
export const poolFinalizer = new FinalizationRegistry(({ native, nodeWorkers }: Remains) => {
  native.destroy()
  void nodeWorkers.close()
})
