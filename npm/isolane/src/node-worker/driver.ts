import { Driver } from '../driver/driver.js'
import { Control } from '../driver/contract.js'
import type { Answer } from '../driver/results.js'
import { Status } from '../protocol.js'

const EMPTY = new Uint8Array(0)

/** The driver of a lane. Promises of its call may wait for timers and I/O, while the event loop turns. */
export class LaneDriver extends Driver {
  /** Has `onSettled` called whenever a promise of the pending call settles. */
  watch(onSettled: () => void): void {
    const settling = this.run?.settling
    if (settling !== undefined) settling.onSettled = onSettled
  }

  /** Whether the function is still to be called for some items, when promises have settled. */
  get isPaused(): boolean {
    return this.run?.isPaused === true
  }

  /** Whether {@link resume} would end the pending call. */
  get canEnd(): boolean {
    const { run } = this
    return run !== undefined && (!run.isWaiting || run.settling?.isRejected === true)
  }

  /** Goes on with a pending call after promises have settled. */
  resume(): Answer | undefined {
    return this.ended(this.run!.resume())
  }

  /** Ends a pending call, since nothing is left that could settle its promises. */
  giveUp(): Answer | undefined {
    return this.ended(this.run!.giveUp())
  }

  /** Stops a pending call. What it has finished, where that is wanted. */
  interrupt(): Uint8Array {
    const { run } = this
    this.run = undefined
    if (run !== undefined) return run.interrupt()
    // Its function is still being loaded.
    this.host.words[Control.Status] = Status.Interrupted
    return EMPTY
  }
}
