import type { Channel } from '../addon/channel.js'
import { ask } from '../addon/failure.js'
import { binding, type NativePool } from '../addon/native.js'
import { inSlices } from '../addon/slices.js'
import { now } from '../addon/timers.js'
import type { Encoder, Platform } from '../codec/index.js'
import type { SharedBuffers } from '../node-worker/shared-buffers.js'
import type { Steps } from '../values/json-pieces.js'
import type { PayloadSink } from '../values/payload-sink.js'
import { jsonPayload, SharedText, valuePayload } from '../values/shared-encoding.js'
import type { SharedHost, SharedValue } from '../values/shared.js'
import type { PoolLife } from './life.js'

/** What encodes for the host. */
export interface Encoding {
  readonly encoder: Encoder
  readonly platform: Platform
  /** Milliseconds of one turn that encoding may take. */
  readonly sliceMs: number
}

/** Milliseconds of one turn: nobody waits for data that is replaced as urgently as for what else the event loop does. */
const SLICE_MS = 0.25

/** What the addon is asked to do, in errors. */
const TAKE = 'take a shared value'

/** What a value is encoded to, in memory of the addon's. */
class Payload implements PayloadSink {
  readonly native

  constructor(length: number) {
    this.native = ask(TAKE, () => new (binding().NativePayload)(length))
  }

  put(bytes: Uint8Array): void {
    ask(TAKE, () => this.native.put(bytes))
  }
}

/** Where the shared values of a pool go. */
export class SharedStore implements SharedHost {
  constructor(
    private readonly native: NativePool,
    private readonly channel: Channel,
    private readonly encoding: Encoding,
    private readonly buffers: SharedBuffers | undefined,
    private readonly life: PoolLife,
    private readonly read: (value: SharedValue) => Promise<unknown>,
  ) {}

  /** Encodes for one slice now, so that what is small is there at once, and for more slices if need be. */
  share(name: string, value: unknown, mode: number): number | Promise<number> {
    this.life.assertOpen()
    const sliceMs = Math.min(SLICE_MS, this.encoding.sliceMs)
    const steps = this.#encode(name, value, mode)
    const end = now() + sliceMs
    for (let step = steps.next(); ; step = steps.next()) {
      if (step.done === true) return step.value
      if (now() >= end) break
    }
    return new Promise((resolve, reject) => {
      const next = (): boolean => {
        try {
          const step = steps.next()
          if (step.done !== true) return true
          resolve(step.value)
        } catch (error) {
          reject(error as Error)
        }
        return false
      }
      inSlices(next, sliceMs)
    })
  }

  /** Hands the value over as it is encoded. Gives its key. */
  *#encode(name: string, value: unknown, mode: number): Steps<number> {
    const { encoder, platform } = this.encoding
    const open = (length: number) => new Payload(length)
    const hand = (payload: Payload) => this.#hand(name, payload)
    if (SharedText.is(value)) return hand(yield* value.payload(mode, open))
    const asJson = yield* jsonPayload(platform, value, mode, open)
    if (asJson !== undefined) return hand(asJson)
    const encode = () => valuePayload(encoder, name, value, mode, open)
    return this.buffers === undefined ? hand(encode()) : this.buffers.pin(encode, hand)
  }

  #hand(name: string, { native }: Payload): number {
    this.life.assertOpen()
    return ask(TAKE, () => this.native.share(name, native))
  }

  async verify(value: SharedValue): Promise<void> {
    await this.read(value)
  }

  withdraw(key: number): void {
    // Calls that name the key may still wait to be sent.
    this.channel.flush()
    ask('let a shared value go', () => this.native.releaseShared(key))
    this.buffers?.unpin(key)
  }
}
