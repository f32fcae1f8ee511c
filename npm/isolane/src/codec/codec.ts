import { ReceivedBuffers } from './read/attachments.js'
import { AttachingEncoder } from './write/attachments.js'
import { Decoder } from './read/decoder.js'
import { Encoder } from './write/encoder.js'
import type { Platform } from './shared/platform.js'

/** Both directions, for one thread. */
export class Codec {
  readonly encoder: Encoder
  /** Uses {@link encoder}. */
  readonly attaching: AttachingEncoder
  readonly decoder: Decoder

  constructor(private readonly platform: Platform) {
    this.encoder = new Encoder(platform)
    this.attaching = new AttachingEncoder(this.encoder)
    this.decoder = new Decoder(platform)
  }

  /** An encoder that shares nothing with the others. */
  freshEncoder(): Encoder {
    return new Encoder(this.platform)
  }

  /** What came beside payloads, for {@link decoder}. */
  received(buffers: readonly ArrayBuffer[]): ReceivedBuffers {
    return new ReceivedBuffers(buffers)
  }
}
