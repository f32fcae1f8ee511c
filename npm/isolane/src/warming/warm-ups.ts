/** The warm-ups of a pool: jobs that each worker runs once, and so does each that replaces it. */

import type { Channel } from '../addon/channel.js'
import { EventCode } from '../addon/codes.js'
import { ask } from '../addon/failure.js'
import type { WireEvent } from '../addon/inbox.js'
import type { NativePool } from '../addon/native.js'
import type { JobHead, Part } from '../addon/outbox.js'
import type { Call } from '../calls/call.js'
import { errorOf } from '../jobs/failures.js'
import { BaseJob, type JobReaders, type Settle } from '../jobs/job.js'
import { singleShape, type Submission } from '../jobs/submission.js'
import type { SharedBuffers } from '../node-worker/shared-buffers.js'
import type { CallOptions } from '../options/call.js'
import { Operation, WORD } from '../protocol.js'
import { WarmUpError, type WarmUpFailure } from './errors.js'

/** What warm-ups need of their pool. */
export interface WarmUpHost {
  readonly native: NativePool
  readonly channel: Channel
  readonly submission: Submission
  readonly readers: JobReaders
  /** Where buffers can be shared. */
  readonly buffers: SharedBuffers | undefined
  /** By slot, whether there is a worker, or one that starts. */
  workers(): readonly boolean[]
  /** An isolate that replaces another could not be warmed. */
  failed(error: WarmUpError): void
}

/** What a worker runs at once. */
export interface Portion {
  readonly operation: typeof Operation.Run | typeof Operation.Map
  /** Of `Run` one. */
  readonly samples: readonly unknown[]
  /** What errors call them. */
  readonly root: string
  /** Index of the first. */
  readonly first: number
}

/** Bytes before what an event says of the end: slot and worker. */
const HEAD = 2 * WORD

/** The warm-ups that are in force, or under way. */
export class WarmUps {
  readonly #byJob = new Map<number, WarmUpJob>()

  constructor(private readonly host: WarmUpHost) {}

  /**
   * Has each worker run a portion. Resolves with what failed when all have.
   *
   * @param group of the portions of one function
   * @param told gets the number by which it can be forgotten, at once
   */
  begin(
    call: Call,
    portion: Portion,
    group: Group,
    options: CallOptions,
    told: (job: number) => void,
  ): Promise<readonly WarmUpFailure[]> {
    const { submission, channel, buffers, readers } = this.host
    const { operation } = portion
    return submission.settled(call, (settle) => {
      const forget = (id: number) => this.forget(id, true)
      const job = new WarmUpJob(call, readers, settle, portion.first, this.host, group, forget)
      group.jobs.push(job)
      const encode = (): [JobHead, Part] => {
        const shape = { ...singleShape(operation), warmUp: true }
        const head = { ...submission.head(call, options, shape), queueTimeout: Infinity }
        return [head, this.#part(portion)]
      }
      const open = ([head, part]: [JobHead, Part]): number => {
        job.id = channel.open(job, head, part, false)
        return pinOf(job.id)
      }
      if (buffers === undefined) open(encode())
      else buffers.pin(encode, open)
      this.#byJob.set(job.id, job)
      told(job.id)
      return job.id
    })
  }

  /** All in one piece, and a copy: each worker reads it. */
  #part({ operation, samples, root }: Portion): Part {
    const { encoder } = this.host.submission
    const count = samples.length
    const bytes =
      operation === Operation.Run
        ? encoder.encode(samples[0], root)
        : encoder.encodeRange(samples, 0, count, root)
    return { bytes: bytes.slice(), count, attachments: [] }
  }

  /** A worker has run one, or could not. */
  warmed(event: WireEvent): void {
    this.#byJob.get(event.subject)?.warmed(event)
  }

  /** A worker has gone; there may be none in its place. */
  workerGone(): void {
    for (const job of this.#byJob.values()) job.look()
  }

  /** The call of one that runs. */
  callOf(job: number): Call | undefined {
    return this.#byJob.get(job)?.call
  }

  /** No more workers run it; with `stop`, none goes on. */
  forget(job: number, stop: boolean): void {
    if (!this.#byJob.delete(job)) return
    const { native, channel, buffers } = this.host
    if (stop) channel.cancel(job)
    // The command that opens it may still wait to be sent.
    channel.flush()
    ask('forget a warm-up', () => native.forgetWarmUp(job, stop))
    buffers?.unpin(pinOf(job))
  }
}

/** Those of shared values are not negative. */
const pinOf = (job: number): number => -1 - job

/** Ends that cost a worker, or all of its time. The addon does not try that again. */
const COSTLY: ReadonlySet<number> = new Set([
  EventCode.TimedOut,
  EventCode.MemoryLimit,
  EventCode.WorkerLost,
])

/** The portions of one function, which a worker runs one after the other. */
export class Group {
  readonly jobs: { readonly isOpen: boolean; readonly id: number; finish(): void }[] = []
  /** Workers of which it is told that one could not be run: the others have nothing to add. */
  readonly told = new Set<number>()
}

/** One portion: until all workers have run it the call's; from then on what fails is told to the pool. */
class WarmUpJob extends BaseJob<readonly WarmUpFailure[]> {
  id = 0
  readonly #reached = new Set<number>()
  readonly #failures: WarmUpFailure[] = []
  #isOpen = true

  constructor(
    call: Call,
    readers: JobReaders,
    settle: Settle<readonly WarmUpFailure[]>,
    private readonly first: number,
    private readonly host: WarmUpHost,
    private readonly group: Group,
    private readonly forget: (job: number) => void,
  ) {
    super(call, readers, settle)
  }

  override chunk(): void {}

  override end(event: WireEvent): void {
    this.#isOpen = false
    super.end(event)
  }

  protected override value(): readonly WarmUpFailure[] {
    return this.#failures
  }

  warmed(event: WireEvent): void {
    const { bytes, offset, length, count: code } = event
    // Nothing has come of it: whoever follows that worker runs it, or the pool has ended.
    if (code === EventCode.Cancelled || code === EventCode.Closed) return
    const view = new DataView(bytes.buffer, bytes.byteOffset + offset, HEAD)
    this.#reached.add(view.getUint32(0, true))
    if (code !== EventCode.Done) {
      const end = { ...event, code, offset: offset + HEAD, length: length - HEAD }
      const error = errorOf(end, this.call, this.readers.decoder)
      this.#failed({ worker: view.getUint32(WORD, true), function: this.call.function, error })
    }
    if (COSTLY.has(code)) this.#endGroup()
    else this.look()
  }

  /** The others would cost the same. */
  #endGroup(): void {
    for (const job of this.group.jobs) {
      if (job.isOpen) job.finish()
      else this.forget(job.id)
    }
  }

  /** Ends the call where no worker is left that it has not reached. */
  look(): void {
    if (!this.#isOpen) return
    const isLeft = (isThere: boolean, slot: number) => isThere && !this.#reached.has(slot)
    if (!this.host.workers().some(isLeft)) this.finish()
  }

  finish(): void {
    if (this.#isOpen) this.host.channel.seal(this.id)
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  #failed(failure: Omit<WarmUpFailure, 'sample'>): void {
    if (this.group.told.has(failure.worker)) return
    this.group.told.add(failure.worker)
    const { index, path } = failure.error as { index?: number; path?: string }
    const inPath = /^(?:result|items)\[(\d+)\]/.exec(path ?? '')?.[1]
    const inPortion = index ?? (inPath === undefined ? undefined : Number(inPath))
    const sample = this.first < 0 ? inPortion : this.first + (inPortion ?? 0)
    const whole = { ...failure, sample }
    if (this.#isOpen) this.#failures.push(whole)
    else this.host.failed(new WarmUpError([whole]))
  }
}
