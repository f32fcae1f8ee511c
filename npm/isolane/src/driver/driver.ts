import type { Attachment } from '../codec/index.js'
import { Float64ArrayConstructor, Uint32ArrayConstructor } from '../codec/shared/primordials.js'
import { align, SHARED_HEAD, SharedForm, Status, type Caps } from '../protocol.js'
import { makeLog, type Log } from './console.js'
import { Control, type AwaitLimit } from './contract.js'
import { EvaluationError, FailureWriter, LoadError } from './failure.js'
import type { UserFunction } from './folding.js'
import { InputBuffer } from './input-buffer.js'
import type { LogBuffer } from './log.js'
import { Output } from './output.js'
import { Run, type Answer, type RunHost } from './run.js'
import type { DriverServices } from './services.js'

const { parse } = JSON

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
      const context = { args, shared: services.shared.selected, log: this.#log }
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

  /** Turns what escaped the driver, or stopped a function from loading, into a failure. */
  fail(
    kind: 'throw' | 'compile' | 'evaluate',
    error: unknown,
    line: number,
    column: number,
  ): Uint8Array {
    if (kind === 'compile') return this.#refuse(new LoadError(error, line, column))
    return this.#refuse(kind === 'evaluate' ? new EvaluationError(error) : error)
  }

  /** Decodes a shared value from the input buffer, freezes it and keeps it under `id`. */
  share(id: number, length: number): Uint8Array | undefined {
    const { words, input, services } = this.host
    words[Control.Status] = Status.Done
    try {
      const mode = input.byte(0)
      const form = input.byte(1)
      const value = input.decode(SHARED_HEAD, length - SHARED_HEAD)
      services.shared.add(id, form === SharedForm.JsonText ? parse(value as string) : value, mode)
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
