import type { DifferingCodec } from '../differ/differing-codec.js'
import type { Platform } from '../codec/shared/platform.js'
import { SharedValues } from './shared-values.js'

/** What the drivers of one thread share. */
export class DriverServices {
  readonly shared = new SharedValues()
  #codec: DifferingCodec | undefined

  /** @param load gives the codec, when it is first needed */
  constructor(
    readonly platform: Platform,
    private readonly load: () => DifferingCodec,
  ) {}

  /** Lets the codec go, which may have been stopped half-way. */
  dropCodec(): void {
    this.#codec = undefined
  }

  get codec(): DifferingCodec {
    return (this.#codec ??= this.load())
  }
}
