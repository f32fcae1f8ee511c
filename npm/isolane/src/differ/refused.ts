import type { Path } from './operation.js'

/** What no difference can be told of. The host makes a `PatchError` of it, with a message. */
export class Refused {
  readonly #isOne = true

  /** @param why the end of a sentence that begins with the path */
  constructor(
    readonly path: Path,
    readonly why: string,
  ) {}

  static is(thrown: unknown): thrown is Refused {
    return typeof thrown === 'object' && thrown !== null && #isOne in thrown && thrown.#isOne
  }
}
