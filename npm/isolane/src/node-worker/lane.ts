import { Frame } from '../addon/codes.js'
import { LaneDriver } from './driver.js'
import { LogBuffer } from '../driver/log.js'
import { Control, type AwaitLimit } from '../driver/contract.js'
import type { DriverServices } from '../driver/services.js'
import type { Caps, LogLevel, LogRecord, Status } from '../protocol.js'
import { placeNow } from './place.js'

/** What lanes share: how many promises the Worker awaits, and which calls are to stop. */
export class AwaitCounter {
  readonly #limit: number
  readonly #interrupts: Uint32Array
  #awaiting = 0

  constructor(limit: number, interrupts: ArrayBuffer) {
    this.#limit = limit
    this.#interrupts = new Uint32Array(interrupts)
  }

  /** Whether another promise may be awaited. */
  get hasRoom(): boolean {
    return this.#awaiting < this.#limit
  }

  /** Counts promises in, or out. */
  add(count: number): void {
    this.#awaiting += count
  }

  /** Whether any call is to stop. */
  get anyInterrupted(): boolean {
    return load(this.#interrupts, 0) !== 0
  }

  /** Whether the call in a lane is. */
  isInterrupted(lane: number): boolean {
    // The first word is 0 nearly always, and the only one to be read then.
    return load(this.#interrupts, 0) !== 0 && load(this.#interrupts, 1 + lane) !== 0
  }
}

// Not a plain read: the compiler must not take it out of a loop.
const { load } = Atomics

/**
 * The log of a lane. Lines are shipped as they come: a call that has to be terminated takes with it
 * what it has not handed over.
 */
class SendingLog extends LogBuffer {
  readonly #send: (records: LogRecord[]) => void

  constructor(control: ArrayBuffer, caps: Caps, send: (records: LogRecord[]) => void) {
    super(control, caps, placeNow)
    this.#send = send
  }

  override add(level: LogLevel, values: ArrayLike<unknown>, isNote = false): void {
    super.add(level, values, isNote)
    const records = this.takeEarly()
    if (records.length > 0) this.#send(records)
  }
}

/** One place for a call of this Worker: its driver, input, logs and signal. */
export class Lane implements AwaitLimit {
  readonly driver: LaneDriver
  readonly logs: LogBuffer
  /** Whether a call runs. */
  busy = false
  /** Whether the call waits for something other than its promises: its function is being loaded. */
  loading = false
  /** Whether that is made of modules. */
  loadsModules = false
  /** Whether a promise has settled since the call was last gone on with. */
  settledSome = false
  /** Tells this call from the one before it in the lane. */
  callNumber = 0
  input: Uint8Array
  readonly #control = new ArrayBuffer(Control.Length * 4)
  readonly #words = new Uint32Array(this.#control)
  readonly #doubles = new Float64Array(this.#control)
  readonly #awaited: AwaitCounter
  #abort: AbortController | undefined

  constructor(
    readonly number: number,
    awaited: AwaitCounter,
    services: DriverServices,
    caps: Caps,
    send: (lane: number, records: LogRecord[]) => void,
  ) {
    this.#awaited = awaited
    this.logs = new SendingLog(this.#control, caps, (records) => send(number, records))
    this.driver = new LaneDriver(this.#control, this.logs, services, caps, this)
    this.input = new Uint8Array(this.driver.reserve(0))
  }

  /** Makes room for `size` bytes of input. */
  reserve(size: number): void {
    if (size > this.input.length) this.input = new Uint8Array(this.driver.reserve(size))
  }

  /** A call begins: the one that `frame` describes. */
  begin(frame: Float64Array): void {
    this.busy = true
    this.callNumber++
    // What the last call has logged counts against its bounds, not this one's.
    this.logs.take()
    const words = this.#words
    words[Control.Kind] = frame[Frame.Kind]!
    words[Control.ArgsLength] = frame[Frame.ArgsLength]!
    this.#doubles[Control.First >> 1] = frame[Frame.First]!
    words[Control.Count] = frame[Frame.Count]!
    words[Control.Parts] = frame[Frame.Parts]!
    words[Control.MaxFailures] = frame[Frame.MaxFailures]!
  }

  /** The call is over. Returns what aborts its `signal`, if a function has asked for one. */
  end(): AbortController | undefined {
    const controller = this.#abort
    this.busy = false
    this.loading = false
    this.settledSome = false
    this.#abort = undefined
    return controller
  }

  /** How the driver's last method ended. */
  get status(): (typeof Status)[keyof typeof Status] {
    return this.#words[Control.Status] as (typeof Status)[keyof typeof Status]
  }

  get hasLogs(): boolean {
    return this.#words[Control.Logs] !== 0
  }

  /** What the caps have cut off since the last time: log records, and errors. */
  takeCut(): [logs: number, errors: number] {
    const cut: [number, number] = [this.#words[Control.CutLogs]!, this.#words[Control.CutErrors]!]
    this.#words[Control.CutLogs] = this.#words[Control.CutErrors] = 0
    return cut
  }

  await(): boolean {
    this.#awaited.add(1)
    return !this.#awaited.hasRoom
  }

  settled(count: number): void {
    this.#awaited.add(-count)
  }

  isInterrupted(): boolean {
    return this.#awaited.isInterrupted(this.number)
  }

  extendContext(context: object): void {
    this.#abort = undefined
    const { callNumber } = this
    // Made only for those who ask: a controller costs more than a small call.
    let signal: AbortSignal | undefined
    const get = (): AbortSignal => {
      if (signal !== undefined) return signal
      const controller = new AbortController()
      if (this.busy && this.callNumber === callNumber) this.#abort = controller
      // Whoever asks now has outlived the call.
      else controller.abort()
      return (signal = controller.signal)
    }
    defineProperty(context, 'signal', {
      __proto__: null,
      get,
      enumerable: true,
    } as PropertyDescriptor)
  }
}

const { defineProperty } = Object
