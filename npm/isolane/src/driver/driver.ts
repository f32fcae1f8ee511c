import type { Attachment } from '../codec/index.js'
import {
  Float64ArrayConstructor,
  JSONParse,
  Uint32ArrayConstructor,
} from '../codec/shared/primordials.js'
import type { EncodedValue } from '../differ/late/patching.js'
import {
  align,
  FreezeMode,
  SHARED_HEAD,
  SharedForm,
  Status,
  TextKind,
  type Caps,
} from '../protocol.js'
import { makeLog, type Log } from './console.js'
import { Control, type AwaitLimit } from './contract.js'
import { EvaluationError, FailureWriter, LoadError, ModuleError, NeverSettles } from './failure.js'
import type { UserFunction } from './folding.js'
import { InputBuffer } from './input-buffer.js'
import type { LogBuffer } from './log.js'
import { Output } from './output.js'
import type { Answer } from './results.js'
import { Run } from './run.js'
import type { RunHost } from './run-host.js'
import type { DriverServices } from './services.js'

/** What was done when it failed. */
export type Failing = 'throw' | 'compile' | 'evaluate' | 'module' | 'stall'

/**
 * What an engine calls to have chunks run, one after the other, and what lives as long as the place
 * that runs them. Methods return bytes to carry away, or nothing; the status word says what they are.
 */
export class Driver {
  /** The chunk that runs. */
  protected run: Run | undefined
  protected readonly host: RunHost
  readonly #log: Log
  readonly #logs: LogBuffer
  readonly #caps: Caps

  /**
   * @param control memory of the words that the engine and the driver exchange; see {@link Control}
   * @param caps on what errors take
   * @param awaitLimit where promises may take their time
   */
  constructor(
    control: ArrayBuffer,
    logs: LogBuffer,
    services: DriverServices,
    caps: Caps,
    awaitLimit?: AwaitLimit,
  ) {
    const words = new Uint32ArrayConstructor(control)
    this.host = {
      services,
      words,
      doubles: new Float64ArrayConstructor(control),
      input: new InputBuffer(services),
      output: new Output(services, words),
      failures: new FailureWriter(services, words, caps),
      awaitLimit,
    }
    this.#logs = logs
    logs.itemNow = () => itemOf(this.run)
    this.#caps = caps
    this.#log = makeLog(logs)
  }

  /** Makes room for `size` bytes of input and returns the buffer to write them to. */
  reserve(size: number): ArrayBuffer {
    return this.host.input.reserve(size)
  }

  /**
   * Runs the chunk that the control words describe and whose input has been written.
   *
   * @param attachments what came beside the input; the function's from now on
   * @param memory raw items that are not in the input; the engine detaches it after the call
   * @returns the answer; nothing, with status pending, where promises are awaited
   */
  call(
    fn: UserFunction,
    second: UserFunction | undefined,
    attachments: readonly ArrayBuffer[] | undefined,
    memory?: ArrayBuffer,
  ): Answer | undefined {
    const { words, services, input, output, awaitLimit } = this.host
    words[Control.Status] = Status.Done
    output.takeAttachments()
    this.#abandon()
    try {
      const parts = words[Control.Parts]!
      const argsLength = words[Control.ArgsLength]!
      const argsOffset = align(parts * 4)
      const args = argsLength === 0 ? undefined : input.decode(argsOffset, argsLength)
      const context = { args, shared: services.shared.selection.values, log: this.#log }
      const run = (this.run = new Run(this.host, fn, context))
      awaitLimit?.extendContext(context)
      const place = {
        kind: (words[Control.Kind]! >> 8) & 0xff,
        offset: align(argsOffset + argsLength),
        count: words[Control.Count]!,
        parts,
        received: attachments === undefined ? undefined : services.codec.received(attachments),
        memory,
      }
      return this.ended(run.begin(place, second))
    } catch (error) {
      return this.#refuse(error)
    }
  }

  /**
   * Turns what escaped the driver, or stopped a function from loading, into a failure.
   *
   * @param module the id of the module that it is about, of a function that is made of modules
   */
  fail(kind: Failing, error: unknown, line: number, column: number, module?: string): Uint8Array {
    switch (kind) {
      case 'compile':
        return this.#refuse(new LoadError(error, line, column, module))
      case 'evaluate':
        return this.#refuse(new EvaluationError(error))
      case 'module':
        return this.#refuse(new ModuleError(error, module))
      case 'stall':
        return this.#refuse(new NeverSettles(true))
      default:
        return this.#refuse(error)
    }
  }

  /**
   * Freezes shared values whose freezing was left open, from now on, and those that are there.
   *
   * @param reason for the log
   */
  guard(reason: string | undefined): void {
    this.host.services.shared.guard()
    if (reason !== undefined) this.#logs.note('debug', reason)
  }

  /** Decodes a shared value from the input buffer, freezes it as it says, and keeps it under `id`. */
  share(id: number, length: number): Uint8Array | undefined {
    const { words, input, services } = this.host
    words[Control.Status] = Status.Done
    try {
      const mode = input.byte(0)
      const form = input.byte(1)
      const size = length - SHARED_HEAD
      if (mode === FreezeMode.Encoded) services.shared.keep(id, encodedValue(input, form, size))
      else services.shared.add(id, valueOf(input, form, size), mode)
      return undefined
    } catch (error) {
      return this.#refuse(error)
    }
  }

  /** What the last answer refers to, for the engine to copy. */
  takeAttachments(): readonly Attachment[] {
    return this.host.output.takeAttachments()
  }

  /** Encoded log records since the last time. */
  takeLogs(): Uint8Array {
    // First: should loading the codec be stopped, they are not left for the next call to tell.
    const records = this.#logs.take()
    return this.host.services.codec.encoder.encode(records, 'logs')
  }

  /**
   * Begins anew after a termination, which may have stopped any of this half-way. The log stays, which
   * has been taken; so do the shared values: each is there whole, or not at all.
   */
  protected renew(): void {
    const { host } = this
    const { services, words } = host
    this.run = undefined
    services.dropCodec()
    host.input = new InputBuffer(services)
    host.output = new Output(services, words)
    host.failures = new FailureWriter(services, words, this.#caps)
  }

  /** Lets a run go that has given its answer. Not before: a termination leaves it to be salvaged. */
  protected ended(answer: Answer | undefined): Answer | undefined {
    if (answer !== undefined) this.run = undefined
    return answer
  }

  #abandon(): void {
    this.run?.drop()
    this.run = undefined
  }

  /** What went wrong outside of a run. */
  #refuse(error: unknown): Uint8Array {
    this.#abandon()
    this.host.words[Control.Status] = Status.Failed
    return this.host.failures.encode(error, -1, 0)
  }
}

/** Index in the whole input of the item that is being computed; -1 outside of items. */
function itemOf(run: Run | undefined): number {
  return run === undefined || run.at < 0 ? -1 : run.first + run.at
}

/** A shared value that is to be decoded more than once. */
function encodedValue(input: InputBuffer, form: number, length: number): EncodedValue {
  return form === SharedForm.JsonText
    ? (input.decode(SHARED_HEAD, length) as string)
    : input.copy(SHARED_HEAD, length)
}

/** The shared value whose payload has been written to the input. */
export function sharedValue(input: InputBuffer, length: number): unknown {
  return valueOf(input, input.byte(1), length - SHARED_HEAD)
}

function valueOf(input: InputBuffer, form: number, length: number): unknown {
  if (form === SharedForm.Json) return input.text(SHARED_HEAD, length, TextKind.Json)
  if (form === SharedForm.Ndjson) return input.text(SHARED_HEAD, length, TextKind.Ndjson)
  const value = input.decode(SHARED_HEAD, length)
  return form === SharedForm.JsonText ? JSONParse(value as string) : value
}
