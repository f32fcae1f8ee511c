import type { AwaitLimit } from './contract.js'
import type { FailureWriter } from './failure.js'
import type { InputBuffer } from './input-buffer.js'
import type { Output } from './output.js'
import type { DriverServices } from './services.js'

/** What the runs of a driver share, one after the other. */
export interface RunHost {
  readonly services: DriverServices
  /** See {@link Control}. */
  readonly words: Uint32Array
  /** The same memory. */
  readonly doubles: Float64Array
  input: InputBuffer
  output: Output
  failures: FailureWriter
  /** Where promises may take their time. */
  readonly awaitLimit: AwaitLimit | undefined
}
