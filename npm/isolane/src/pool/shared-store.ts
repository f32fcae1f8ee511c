import type { Channel } from '../addon/channel.js'
import type { NativePool } from '../addon/native.js'
import type { Encoder } from '../codec/index.js'
import type { SharedBuffers } from '../node-worker/shared-buffers.js'
import { encodeShared, type SharedHost } from '../values/shared.js'
import type { PoolLife } from './life.js'

/** Where the shared values of a pool go. */
export class SharedStore implements SharedHost {
  constructor(
    private readonly native: NativePool,
    private readonly channel: Channel,
    private readonly encoder: Encoder,
    private readonly buffers: SharedBuffers | undefined,
    private readonly life: PoolLife,
  ) {}

  share(name: string, value: unknown, mode: number): number {
    this.life.assertOpen()
    const encode = () => encodeShared(this.encoder, name, value, mode)
    const hand = (payload: Uint8Array) => this.native.share(name, payload)
    return this.buffers === undefined ? hand(encode()) : this.buffers.pin(encode, hand)
  }

  withdraw(key: number): void {
    // Calls that name the key may still wait to be sent.
    this.channel.flush()
    this.native.releaseShared(key)
    this.buffers?.unpin(key)
  }
}
