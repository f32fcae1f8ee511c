import type { MapOptions } from 'isolane'

import type { Runnables } from '../calls/runnables.js'
import { CallContext, type CallOperation } from '../interceptors/context.js'
import { around, type Interceptors } from '../interceptors/interceptors.js'
import { errorFrom, FallbackError } from '../errors/errors.js'
import type { CallLogs } from '../logs/call-logs.js'
import type { LinePrinter } from '../logs/printer.js'
import { type Linked, UNSAVED } from '../link/linked.js'
import { checkReference } from '../names/name.js'
import { type Attempts, BatchAttempts, type Given, SingleAttempts } from './attempts.js'
import {
  allCompleted,
  type BatchEnvelope,
  type CallEnd,
  type CallFacts,
  endOf,
  type Envelope,
  failed,
  fellBack,
  type ItemCounts,
  whole,
} from './envelope.js'
import { callEvent, type TellCall } from './call-event.js'
import { CollectedLogs } from './collected-logs.js'
import { codeOf } from './faults.js'
import { checkEnvelopeOptions, type EnvelopeSettings, refusalOf } from './options.js'

/** What calls are made with. */
export interface EnvelopeHost {
  readonly runnables: Runnables
  readonly interceptors: Interceptors
  readonly logs: CallLogs | undefined
  readonly printer: LinePrinter | undefined
  /** Where somebody listens. */
  readonly tell: TellCall | undefined
}

/** One call, whose envelope tells what it came to. */
export class EnvelopedCall {
  readonly #began = performance.now()
  #given: Given | undefined
  readonly #collected: CollectedLogs | undefined

  constructor(
    readonly host: EnvelopeHost,
    readonly operation: CallOperation,
    /** Of its functions, without versions. */
    readonly names: readonly string[],
    readonly input: unknown,
    readonly settings: EnvelopeSettings,
    readonly attempts: Attempts,
  ) {
    this.#collected = settings.logs ? new CollectedLogs() : undefined
  }

  /** @throws what was asked for wrongly */
  async envelope(): Promise<Envelope> {
    await this.attempts.find()
    const { operation, input, attempts, settings, names } = this
    const version = versionOf(attempts.found?.linked[0])
    const options = { ...settings.pool }
    const context = new CallContext(
      operation,
      names[0] ?? '',
      version,
      input,
      options,
      settings.trigger,
    )
    const end = await this.#end(context)
    const facts = this.#facts(context)
    this.host.tell?.(callEvent(context, end, facts))
    return whole(end, this.#counts, facts)
  }

  async batchEnvelope(): Promise<BatchEnvelope<any>> {
    const envelope = await this.envelope()
    return { ...envelope, workers: this.attempts.times.workers }
  }

  /** What became of items; of a call that has failed, nothing. */
  get #counts(): ItemCounts {
    return this.#given?.counts ?? allCompleted(0)
  }

  async #end(context: CallContext): Promise<CallEnd> {
    const { attempts, host, settings } = this
    try {
      const data = await around(host.interceptors.of(this.names), context, async () => {
        this.#given = await this.#make(context)
        return this.#given.data
      })
      return endOf(data, this.#counts)
    } catch (thrown) {
      this.#given = undefined
      // What only passes through here was thrown around the call.
      const { failure } = attempts
      if (failure === undefined || thrown !== failure) return failed(errorFrom(thrown))
      if (attempts.isRefused) throw refusalOf(failure, settings)
      return this.#fallBack(failure)
    }
  }

  #make({ input, callId, poolOptions }: CallContext): Promise<Given> {
    const { attempts, host, settings } = this
    const make = () => attempts.make(input, this.#hearing(poolOptions))
    return host.printer?.during(callId, settings.trigger, make) ?? make()
  }

  #hearing(options: MapOptions): MapOptions {
    const collected = this.#collected
    if (collected !== undefined) return { ...options, onLog: (entry) => collected.add(entry) }
    const { logs } = this.host
    if (logs === undefined || options.onLog !== undefined) return options
    return { ...options, onLog: logs.hearing(this.settings.trigger) }
  }

  async #fallBack(error: Error): Promise<CallEnd> {
    const { fallback, givesOriginal } = this.settings
    // Nobody waits for data any more.
    if (codeOf(error) === 'ERR_ISOLANE_ABORTED') return failed(error)
    if (fallback === undefined) return givesOriginal ? fellBack(this.input, error) : failed(error)
    if (typeof fallback !== 'function') return fellBack(fallback, error)
    try {
      return fellBack(await fallback(error, this.input), error)
    } catch (thrown) {
      return failed(new FallbackError(thrown, error))
    }
  }

  #facts({ callId }: CallContext): CallFacts {
    const { attempts, settings, host } = this
    const { linked = [], revision = host.runnables.revision } = attempts.found ?? {}
    const one = linked.length === 1 ? linked[0] : undefined
    return {
      function: this.names.join(', '),
      version: versionOf(one),
      linkHash: one?.linkHash,
      revision,
      callId,
      traceId: settings.traceId,
      attempts: attempts.made,
      trigger: settings.trigger,
      logs: this.#collected?.logs,
      logsOmitted: this.#collected?.logsOmitted ?? 0,
      timing: attempts.times.upTo(performance.now() - this.#began),
      worker: attempts.times.worker,
    }
  }
}

/** The version of a function that is published. */
export function versionOf(linked: Linked | undefined): number | undefined {
  const version = linked?.record.version
  return version === UNSAVED ? undefined : version
}

/** One call for one input, as `FunctionCalls.call` has it. */
export async function enveloped(
  host: EnvelopeHost,
  name: string,
  input: unknown,
  options: unknown,
): Promise<Envelope> {
  const settings = checkEnvelopeOptions(options, false)
  const names = [checkReference(name).name]
  const look = () => host.runnables.findInRevision([name])
  const attempts = new SingleAttempts(host.runnables, name, look, settings)
  return new EnvelopedCall(host, 'call', names, input, settings, attempts).envelope()
}

/** One call over items, as `FunctionCalls.callAll` has it. */
export async function envelopedBatch(
  host: EnvelopeHost,
  name: string,
  items: unknown,
  options: unknown,
): Promise<BatchEnvelope<any>> {
  const settings = checkEnvelopeOptions(options, true)
  const names = [checkReference(name).name]
  const look = () => host.runnables.findInRevision([name])
  const attempts = new BatchAttempts(host.runnables, name, look, settings)
  const isReadAgain = settings.retries.attempts > 1 || settings.givesOriginal
  const kept = isReadAgain && isIterator(items) ? [...items] : items
  return new EnvelopedCall(host, 'callAll', names, kept, settings, attempts).batchEnvelope()
}

/** Such as what a generator gives: it can be gone through once. */
function isIterator(items: unknown): items is Iterable<unknown> {
  const { next } = (items ?? {}) as { next?: unknown }
  return typeof next === 'function' && Symbol.iterator in (items as object)
}
