/** What the message calls a value that another engine would carry; see `describe`. */
const SHARED = 'a SharedArrayBuffer'

/** A value that no payload can carry: a function, a symbol, a promise, a WeakMap, … */
export class DataCloneError extends Error {
  override name = 'DataCloneError'
  readonly code = 'ERR_ISOLANE_NOT_CLONEABLE'
  /** Tells instances of this class, whatever has become of their prototype. */
  readonly #isOne = true

  /**
   * @internal
   * @param path where the value is, for example `result[17].owner.save`
   * @param what what it is, for example `a function`
   */
  constructor(
    readonly path: string,
    readonly what: string,
  ) {
    super(
      what === SHARED
        ? `${path} is ${what}, which only the node engine can share; use new Pool({ engine: 'node' }) or send a copy`
        : `${path} is ${what}, which cannot be copied between threads; remove it or send plain data`,
    )
  }

  /**
   * @internal
   * @returns `value` if it is one; asks none of its properties or traps
   */
  static refused(value: object): DataCloneError | undefined {
    return #isOne in value && value.#isOne ? value : undefined
  }
}

/** Bytes that are no payload of this codec's version. */
export class BadPayloadError extends Error {
  override name = 'BadPayloadError'
  readonly code = 'ERR_ISOLANE_BAD_PAYLOAD'

  /**
   * @internal
   * @param offset byte offset in the payload at which reading failed
   */
  constructor(
    readonly offset: number,
    what: string,
  ) {
    super(`bad payload at byte ${offset}: ${what}; was it written by this version of isolane?`)
  }
}
