import type { FunctionHandles } from '../functions/handles.js'
import type { PublishedNames } from '../functions/names.js'
import type { Submission } from '../jobs/submission.js'
import type { SharedBuffers } from '../node-worker/shared-buffers.js'
import type { SharedHost } from '../values/shared.js'

/** What operations use of their pool. */
export interface OperationHost {
  /** Number of worker threads. */
  readonly threads: number
  readonly functions: FunctionHandles
  readonly names: PublishedNames
  readonly submission: Submission
  readonly shared: SharedHost
  readonly life: OpenPool
  /** Where buffers can be shared. */
  readonly buffers: SharedBuffers | undefined
}

/** Whether a pool takes calls, and which of them must end before it does. */
export interface OpenPool {
  /** @throws {PoolClosedError} */
  assertOpen(): void
  /**
   * A call that is made of several jobs: `phases` makes them one after the other, also after the
   * pool was closed, since the call was made before.
   *
   * @throws {PoolClosedError} the pool was closed before the call
   */
  inPhases<T>(phases: () => Promise<T>): Promise<T>
}
