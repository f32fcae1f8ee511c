import type { Attachment } from '../codec/index.js'
import { Control } from './contract.js'
import { writeLiteral } from './literals.js'
import type { DriverServices } from './services.js'

const NOTHING: readonly never[] = []

/** What calls give, encoded. Large buffers go beside it. */
export class Output {
  readonly #services: DriverServices
  readonly #words: Uint32Array
  /** What the output refers to, until the engine takes it. */
  #attached: readonly Attachment[] = NOTHING

  constructor(services: DriverServices, words: Uint32Array) {
    this.#services = services
    this.#words = words
  }

  encode(value: unknown): Uint8Array {
    const literal = writeLiteral(value)
    if (literal !== undefined) return literal
    const { bytes, attachments } = this.#services.codec.attaching.encode(value, 'result')
    this.#attached = attachments
    this.#words[Control.Attachments] = attachments.length
    return bytes
  }

  /** Gives up what the last output refers to. */
  takeAttachments(): readonly Attachment[] {
    const attached = this.#attached
    this.#attached = NOTHING
    this.#words[Control.Attachments] = 0
    return attached
  }
}
