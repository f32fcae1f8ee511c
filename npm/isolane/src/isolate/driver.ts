import { ArrayBufferConstructor, ObjectDefineProperty } from '../codec/shared/primordials.js'
import { Driver } from '../driver/driver.js'
import type { Answer } from '../driver/run.js'
import { warmUp } from './late/warm-up.js'

const EMPTY = new Uint8Array(0)

/**
 * The driver of an isolate, whose methods Rust finds by name (`exports.rs`). There is no event loop:
 * once the microtasks have run, a promise that has not settled never will.
 */
export class IsolateDriver extends Driver {
  /** Ends a chunk whose functions returned promises. */
  settle(): Answer | undefined {
    return this.ended(this.run!.settle())
  }

  /**
   * What a terminated call has finished, as an outcome. The engine asks for it instead of
   * {@link settle}, and then lets the context go.
   */
  salvage(): Uint8Array {
    const { run } = this
    this.run = undefined
    return run === undefined ? EMPTY : run.salvage()
  }

  /** Says which shared values the next calls see, and by which names. */
  select(names: string[], ids: number[]): void {
    this.host.services.shared.select(names, ids)
  }

  /** Lets a shared value go. */
  forget(id: number): void {
    this.host.services.shared.remove(id)
  }

  /** A buffer for the engine to fill, which becomes an attachment of a call. */
  allocate(length: number): ArrayBuffer {
    return new ArrayBufferConstructor(length)
  }

  /** Loads what a call may need that has more than literals. */
  ready(): void {
    void this.host.services.codec
  }

  /** Runs what every context's first call runs. */
  warmUp(): void {
    warmUp(this, this.host)
  }

  /** `__name`, which esbuild and tsx leave in functions. */
  nameHelper<F extends object>(fn: F, name: string): F {
    return ObjectDefineProperty(fn, 'name', { value: name, configurable: true })
  }
}
