/** What isolates are warmed with, from `pool.warm` on, until it is taken back. */
export class WarmUp {
  #forget: (() => void) | undefined

  /** @internal */
  constructor(
    forget: () => void,
    /** Names of the functions, those of published ones with the version. */
    readonly functions: readonly string[],
  ) {
    this.#forget = forget
  }

  /**
   * Takes it back: isolates that replace others from now on are not warmed with it. Those that were stay as
   * they are. Disposing twice does nothing.
   */
  dispose(): void {
    const forget = this.#forget
    this.#forget = undefined
    forget?.()
  }

  /** Same as {@link dispose}. */
  [Symbol.dispose](): void {
    this.dispose()
  }
}
