/** What is not as it should be, by name: told when it begins, and not again while it stays so. */
export class Refusals {
  readonly #tell: (name: string, reason: Error) => void
  #known = new Set<string>()

  constructor(tell: (name: string, reason: Error) => void) {
    this.#tell = tell
  }

  /** @param reasons of all that there are now */
  now(reasons: ReadonlyMap<string, Error>): void {
    const before = this.#known
    this.#known = new Set(reasons.keys())
    for (const [name, reason] of reasons) {
      if (!before.has(name)) this.#tell(name, reason)
    }
  }
}
