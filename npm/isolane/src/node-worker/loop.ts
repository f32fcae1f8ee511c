import { AsyncLocalStorage } from 'node:async_hooks'
import { getHeapStatistics } from 'node:v8'
import { DifferingCodec } from '../differ/differing-codec.js'
import { Encoder, type Platform } from '../codec/index.js'
import { nodePlatform } from '../codec/platform-node.js'
import { Frame, Step } from '../addon/codes.js'
import type { NodeWorker } from '../addon/native.js'
import { setImmediate, setInterval } from '../addon/timers.js'
import { ModuleError, NeverSettles, type Exit } from '../driver/failure.js'
import type { UserFunction } from '../driver/folding.js'
import type { LogBuffer } from '../driver/log.js'
import { DriverServices } from '../driver/services.js'
import { Status, type Caps, type LogRecord } from '../protocol.js'
import { Lane, AwaitCounter } from './lane.js'
import { Loader } from './loader.js'
import { endLines } from './output.js'

/**
 * How long a Worker waits natively for work, in milliseconds, before it goes to wait in its event
 * loop. Waking a parked thread is faster than waking an event loop; but only an event loop serves
 * what functions have left open (sockets, timers), and only there can Node end the Worker.
 */
const PATIENCE_MS = 20

const EMPTY = new Uint8Array(0)

const NEVER_LOADED = 'nothing is left that its module could wait for at its top level'

/** Why a function has not come of a file, or of modules. */
const neverLoaded = (ofModules: boolean): unknown =>
  ofModules ? new NeverSettles(true) : new ModuleError(new Error(NEVER_LOADED))

const heapUsed = (): number => getHeapStatistics().used_heap_size

const both = async (
  fn: UserFunction | Promise<UserFunction>,
  second: UserFunction | Promise<UserFunction> | undefined,
): Promise<[UserFunction, UserFunction | undefined]> => [await fn, await second]

// Captured: functions may replace them.
const isView = ArrayBuffer.isView as (value: unknown) => value is Uint8Array
const exit = process.exit.bind(process)

/** What a Worker does: it takes calls of its pool, runs them, and hands in what comes of them. */
export class NodeWorkerLoop {
  readonly #native: NodeWorker
  readonly #lanes: Lane[]
  readonly #awaited: AwaitCounter
  readonly #loader: Loader
  readonly #services: DriverServices
  readonly #frame = new Float64Array(Frame.Length)
  /** Which call code belongs to; with one lane there is no question. */
  readonly #scope: AsyncLocalStorage<Lane> | undefined
  #scheduled = false
  /**
   * Keeps the event loop alive, but not while a call waits for something: when the loop has nothing
   * else that could settle it, nothing ever will.
   */
  readonly #keepAlive = setInterval(() => {}, 2 ** 31 - 1)

  /** @param adopt takes the place in the pool; `wake` has this Worker look for work */
  constructor(
    adopt: (wake: () => void, heapUsed: number) => NodeWorker,
    concurrency: number,
    resolveFrom: string,
    caps: Caps,
    platform: Platform,
  ) {
    this.#native = adopt(() => this.#wake(), heapUsed())
    this.#services = new DriverServices(platform, () => new DifferingCodec(platform))
    this.#awaited = new AwaitCounter(concurrency, this.#native.interrupts())
    this.#lanes = Array.from(
      { length: concurrency },
      (_, number) => new Lane(number, this.#awaited, this.#services, caps, this.#sendLogs),
    )
    this.#loader = new Loader(resolveFrom, (id, from, specifier) =>
      this.#native.resolveModule(id, from, specifier),
    )
    if (concurrency > 1) this.#scope = new AsyncLocalStorage()
    this.#schedule()
  }

  /** The event loop has run dry: what waits now waits for ever. */
  giveUpWaiting(): void {
    for (let i = 0; i < this.#lanes.length; i++) {
      const lane = this.#lanes[i]!
      if (!lane.busy) continue
      if (lane.loading) this.#refuse(lane, neverLoaded(lane.loadsModules))
      else this.#run(lane, () => lane.driver.giveUp())
    }
    this.#schedule()
  }

  /** The log of the call that runs. */
  get logs(): LogBuffer {
    return (this.#scope?.getStore() ?? this.#lanes[0]!).logs
  }

  // With an encoder of its own: the other one's memory may hold a result.
  readonly #logEncoder = new Encoder(nodePlatform)
  readonly #sendLogs = (lane: number, records: LogRecord[]): void =>
    this.#native.log(lane, this.#logEncoder.encode(records, 'logs'))

  /** The thread is about to end: fails the calls that run. */
  failAll(reason: Exit): void {
    for (let i = 0; i < this.#lanes.length; i++) {
      const lane = this.#lanes[i]!
      if (lane.busy) this.#handIn(lane, lane.driver.fail('throw', reason, 0, 0))
    }
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(this.#turn)
  }

  /** From the event loop, once a turn: work, an interrupt or the end has come. */
  #wake(): void {
    if (!this.#scheduled) this.#turn()
  }

  /**
   * One turn: goes on with what can go on, takes one call. A turn of the event loop for each: what a
   * call leaves behind (microtasks, rejections) comes out before the next one is taken. The call
   * itself has been handed in by then, since what it leaves behind may never end.
   */
  readonly #turn = (): void => {
    this.#scheduled = false
    const lanes = this.#lanes
    for (let i = 0; i < lanes.length; i++) if (lanes[i]!.busy) this.#continue(lanes[i]!)
    // What has been printed since the last call was handed in.
    endLines()
    const lane = this.#freeLane()
    if (lane !== undefined) this.#take(lane)
    let waits = false
    for (let i = 0; i < lanes.length; i++) waits ||= lanes[i]!.busy
    if (waits) this.#keepAlive.unref()
    else this.#keepAlive.ref()
  }

  #continue(lane: Lane): void {
    const { driver } = lane
    if (lane.isInterrupted()) this.#stop(lane)
    else if (lane.settledSome || (driver.isPaused && this.#awaited.hasRoom)) this.#resume(lane)
  }

  #stop(lane: Lane): void {
    lane.loading = false
    this.#finish(lane, lane.driver.interrupt())
  }

  #resume(lane: Lane): void {
    lane.settledSome = false
    this.#run(lane, () => lane.driver.resume())
  }

  /** The lane for the next call, if one can be taken. */
  #freeLane(): Lane | undefined {
    if (!this.#awaited.hasRoom) return undefined
    let free: Lane | undefined
    for (let i = 0; i < this.#lanes.length; i++) {
      const lane = this.#lanes[i]!
      // Items that wait for room go first.
      if (lane.busy && lane.driver.isPaused) return undefined
      if (!lane.busy) free ??= lane
    }
    return free
  }

  #take(lane: Lane): void {
    const native = this.#native
    for (;;) {
      switch (native.next(this.#frame, lane.input, PATIENCE_MS)) {
        case Step.Run:
          this.#begin(lane)
          return this.#schedule()
        case Step.Rest:
          this.#housekeep()
          break
        case Step.Leave:
          return exit(0)
        default:
          return
      }
    }
  }

  /** Tells how much heap is in use, and lets shared values go that the host has disposed of. */
  #housekeep(): void {
    const disposed = this.#native.rest(heapUsed())
    for (let i = 0; i < disposed.length; i++) this.#services.shared.remove(disposed[i]!)
  }

  #begin(lane: Lane): void {
    const frame = this.#frame
    lane.begin(frame)
    try {
      if (frame[Frame.Guards] !== 0) this.#guard(lane)
      const selects = frame[Frame.Selects] !== 0
      if (selects) {
        const failure = this.#select(lane)
        if (failure !== undefined) return this.#finish(lane, failure)
      }
      const size = frame[Frame.Size]!
      if (selects || size > lane.input.length) {
        lane.reserve(size)
        this.#native.read(lane.number, lane.input)
      }
      this.#load(lane)
    } catch (error) {
      this.#refuse(lane, error)
    }
  }

  /** Before the functions of the call are loaded, which may write to shared values. */
  #guard(lane: Lane): void {
    if (this.#services.shared.isGuarded) return
    lane.driver.guard(this.#native.guardReason(lane.number) ?? undefined)
  }

  /** Makes the shared values of the call visible to it, decoding those that are new here, or fails. */
  #select(lane: Lane): Uint8Array | undefined {
    const { names, ids } = this.#native.selection(lane.number)
    const { shared } = this.#services
    for (let i = 0; i < ids.length; i++) {
      if (shared.has(ids[i]!)) continue
      // Before there are more: a Worker that is never at rest would keep all versions of a value.
      this.#housekeep()
      const bytes = this.#native.sharedValue(lane.number, i)
      lane.reserve(bytes.length)
      lane.input.set(bytes)
      const failure = lane.driver.share(ids[i]!, bytes.length)
      if (failure !== undefined) {
        this.#native.unselect()
        return failure
      }
    }
    shared.select(names, ids)
    return undefined
  }

  #load(lane: Lane): void {
    const frame = this.#frame
    const second = frame[Frame.Second]!
    const load = (which: number, isSecond: boolean) =>
      this.#loader.load(which, () => this.#native.functionText(lane.number, isSecond))
    const attachments =
      frame[Frame.Attachments] === 0 ? undefined : this.#native.attachments(lane.number)
    const call = (fn: UserFunction, other: UserFunction | undefined) =>
      this.#run(lane, () => lane.driver.call(fn, other, attachments))
    try {
      const fn = load(frame[Frame.Function]!, false)
      const other = second === 0 ? undefined : load(second, true)
      if (typeof fn === 'function' && (other === undefined || typeof other === 'function')) {
        call(fn, other)
      } else {
        lane.loadsModules = this.#loader.loadsModules
        this.#await(lane, both(fn, other), call)
      }
    } catch (error) {
      this.#refuse(lane, error)
    }
  }

  /** Runs the call once its functions have been imported. */
  #await(
    lane: Lane,
    functions: Promise<[UserFunction, UserFunction | undefined]>,
    call: (fn: UserFunction, second: UserFunction | undefined) => void,
  ): void {
    const { shared } = this.#services
    const { selection } = shared
    const { callNumber } = lane
    lane.loading = true
    const then = (go: () => void) => {
      if (lane.callNumber !== callNumber || !lane.loading) return
      lane.loading = false
      go()
      this.#schedule()
    }
    functions.then(
      ([fn, second]) =>
        then(() => {
          const now = shared.selection
          shared.selection = selection
          call(fn, second)
          shared.selection = now
        }),
      (error: unknown) => then(() => this.#refuse(lane, error)),
    )
  }

  #refuse(lane: Lane, error: unknown): void {
    this.#finish(lane, lane.driver.fail('throw', error, 0, 0))
  }

  /** Runs `step` as a part of the call in `lane`. */
  #inScope<T>(lane: Lane, step: () => T): T {
    return this.#scope === undefined ? step() : this.#scope.run(lane, step)
  }

  /** Runs a step of the driver, and hands the call in when that was the last. */
  #run(lane: Lane, step: () => Uint8Array | ArrayBuffer | undefined): void {
    const output = this.#inScope(lane, step)
    if (lane.status !== Status.Pending) {
      // At once: what the function has left behind may change them.
      const attachments = lane.driver.takeAttachments()
      if (attachments.length > 0) this.#native.attach(lane.number, attachments as Uint8Array[])
      return this.#finish(lane, output ?? EMPTY)
    }
    const { callNumber } = lane
    lane.driver.watch(() => {
      lane.settled(1)
      if (lane.callNumber !== callNumber) return
      // Where that was all it waited for, at once: other microtasks may never end.
      if (lane.driver.canEnd) this.#resume(lane)
      else lane.settledSome = true
      this.#schedule()
    })
  }

  /** Hands in what the call in `lane` has come to. */
  #finish(lane: Lane, output: Uint8Array | ArrayBuffer): void {
    const { status } = lane
    const controller = this.#handIn(lane, output)
    // What a call that has ended well leaves behind it does so by choice. Last: a listener may never
    // return.
    if (status !== Status.Done && controller !== undefined) {
      this.#inScope(lane, () => controller.abort())
    }
  }

  /** Returns what aborts the signal of the call. */
  #handIn(lane: Lane, output: Uint8Array | ArrayBuffer): AbortController | undefined {
    endLines()
    const { status } = lane
    const bytes = isView(output) ? output : new Uint8Array(output)
    // The logs are encoded in the same memory.
    const kept = lane.hasLogs && isView(output) ? bytes.slice() : bytes
    const logs = lane.hasLogs ? lane.driver.takeLogs() : EMPTY
    const [cutLogs, cutErrors] = lane.takeCut()
    const controller = lane.end()
    const takesMore = this.#freeLane() !== undefined
    if (!this.#native.finish(lane.number, status, kept, logs, cutLogs, cutErrors, takesMore)) {
      exit(0)
    }
    return controller
  }
}
