import {
  ArrayBufferConstructor,
  ObjectDefineProperty,
  ObjectSetPrototypeOf,
  RegExpExec,
} from '../codec/shared/primordials.js'
import { Driver, sharedValue, type Failing } from '../driver/driver.js'
import type { UserFunction } from '../driver/folding.js'
import { InputBuffer } from '../driver/input-buffer.js'
import { exportedFunction } from '../driver/late/exported.js'
import { freezePlain } from '../driver/late/freeze.js'
import { ModuleInstances } from '../driver/late/module-instances.js'
import type { ModuleHost } from '../driver/module-host.js'
import type { LogBuffer } from '../driver/log.js'
import type { Answer } from '../driver/results.js'
import type { DriverServices } from '../driver/services.js'
import type { Caps } from '../protocol.js'
import { answerInstanceof } from './late/borrower.js'
import { freezeBuiltIns } from './late/lender.js'
import { warmUp } from './late/warm-up.js'
import type { Turns } from './turns.js'

const EMPTY = new Uint8Array(0)
/** Without groups, so that nothing is left of those of another. */
const EMPTY_PATTERN = /(?:)/

/**
 * The driver of an isolate, whose methods Rust finds by name (`exports.rs`). There is no event loop:
 * once the microtasks have run and no timer is left, a promise that has not settled never will.
 */
export class IsolateDriver extends Driver {
  constructor(
    control: ArrayBuffer,
    logs: LogBuffer,
    services: DriverServices,
    caps: Caps,
    private readonly turns: Turns,
  ) {
    super(control, logs, services, caps)
  }

  /**
   * Runs the timer that is due, if the chunk waits for promises, or its function is being loaded.
   * Milliseconds until one is, 0 if it has run, less if there is nothing to wait for.
   */
  turn(isLoading: boolean): number {
    return isLoading || this.run?.mayStillSettle === true ? this.turns.turn() : -1
  }

  /** Where a module waits, what nobody has caught is why it gives nothing. */
  override fail(
    kind: Failing,
    error: unknown,
    line: number,
    column: number,
    module?: string,
  ): Uint8Array {
    const uncaught = kind === 'stall' ? this.turns.error : undefined
    if (uncaught !== undefined) return super.fail('module', uncaught.error, 0, 0)
    return super.fail(kind, error, line, column, module)
  }

  /** Lets go what a call has left behind for later turns. */
  endTurns(): void {
    this.turns.end()
  }

  /** Ends a chunk whose functions returned promises. */
  settle(): Answer | undefined {
    return this.ended(this.run!.settle(this.turns.error))
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

  /**
   * Begins anew after a call that was terminated. Only where no function can have left anything half-way
   * in what others see: nothing that is there is looked at.
   */
  recover(): void {
    this.turns.end()
    this.renew()
  }

  /** Takes away what `RegExp` tells of the last match, which was another function's. */
  separate(): void {
    RegExpExec(EMPTY_PATTERN, '')
  }

  /** Begins with a small input buffer again. The engine asks for it then. */
  release(): void {
    this.host.input = new InputBuffer(this.host.services)
  }

  /** Has values made here that other contexts borrow, whose prototypes it gives. No user code may run here. */
  becomeLender(): readonly object[] {
    this.ready()
    return freezeBuiltIns()
  }

  /** The shared value in the input, frozen, in a list; nothing where freezing does not keep it as it is. */
  lendable(length: number): readonly unknown[] | undefined {
    const value = sharedValue(this.host.input, length)
    return freezePlain(value) ? [value] : undefined
  }

  /** Keeps a value that another context lends under `id`. */
  borrow(id: number, value: unknown, prototypes: readonly object[]): void {
    const { shared } = this.host.services
    if (shared.lent !== prototypes) answerInstanceof(prototypes)
    shared.borrow(id, value, prototypes)
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

  /** The modules of a function, by their ids and `ModuleFormat`s. What has not got `host` it does not inherit. */
  modules(host: ModuleHost, ids: string[], formats: number[]): ModuleInstances {
    return new ModuleInstances(ObjectSetPrototypeOf(host, null), ids, formats, this.nameHelper)
  }

  /** The function that the module with this id exports. */
  exported(exported: unknown, name: string | undefined, id: string): UserFunction {
    return exportedFunction(exported, name, id)
  }

  /** `__name`, which esbuild and tsx leave in functions. */
  nameHelper<F extends object>(fn: F, name: string): F {
    return ObjectDefineProperty(fn, 'name', { value: name, configurable: true })
  }
}
