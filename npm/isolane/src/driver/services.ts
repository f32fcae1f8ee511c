import type { Codec } from '../codec/codec.js'
import type { Platform } from '../codec/shared/platform.js'
import { SharedValues } from './shared-values.js'

/** What the drivers of one thread share. */
export class DriverServices {
  readonly shared = new SharedValues()
  #codec: Codec | undefined

  /** @param load gives the codec, when it is first needed */
  constructor(
    readonly platform: Platform,
    private readonly load: () => Codec,
  ) {}

  get codec(): Codec {
    return (this.#codec ??= this.load())
  }
}
