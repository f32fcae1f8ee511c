import type { NativePool } from '../addon/native.js'
import type { Workforce } from '../node-worker/workers.js'

/** What is left of a pool. None of it refers to the pool. */
export interface Remains {
  native: NativePool
  workforce: Workforce
}

/** Ends the threads of pools that were never closed and that nobody refers to any more. */
export const forgotten = new FinalizationRegistry(({ native, workforce }: Remains) => {
  native.destroy()
  void workforce.close()
})
