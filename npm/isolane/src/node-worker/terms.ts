import type { MessagePort } from 'node:worker_threads'
import type { Caps } from '../protocol.js'

/** Has a Worker offer ES modules that are not in files. */
export const VM_MODULES = '--experimental-vm-modules'

/** One place for a Worker in its pool, and which of those that have had it is meant. */
export interface WorkerRef {
  slot: number
  generation: number
}

/** What a Worker is told when it starts. */
export interface WorkerTerms {
  /** The pool's number. */
  pool: number
  /** Calls that it may await at once. */
  concurrency: number
  /** An absolute path: where `require` and `import` in inline source look for packages. */
  resolveFrom: string
  caps: Caps
  /** Where shared buffers come and go; see `SharedBuffers`. */
  buffers: MessagePort
  /** The counter of their ids. */
  bufferIds: Uint32Array
  /** Without one it is a spare, and is told its place by a message. */
  ref?: WorkerRef
}
