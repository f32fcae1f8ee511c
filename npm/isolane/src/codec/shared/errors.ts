import { MAX_DEPTH } from './format.js'
import { StringIncludes } from './primordials.js'

/** What the message calls a value that another engine would carry; see `describe`. */
const SHARED = 'a SharedArrayBuffer'

/** What it calls a value that is nested too deep: for any payload, or for the stack of the one that reads or writes it. */
export const TOO_DEEP = `nested deeper than ${MAX_DEPTH} levels`
export const TOO_DEEP_FOR_STACK = 'nested deeper than the stack allows'
/** What it calls a value that takes more than a payload may have, or than there is. */
export const TOO_LARGE = 'larger than 2 GiB, or than there is memory for, when encoded'

/** How `what` of a value begins that the receiving engine cannot make; what it is comes first, why it cannot follows. */
const LACKING = ' that the receiving V8 lacks'

/** Thrown while a payload is read; the decoder turns it into a DataCloneError that names the path. */
export class Lacking {
  /** @param why what the engine says, where it says anything */
  constructor(
    private readonly what: string,
    private readonly why: string,
  ) {}

  readonly #isOne = true

  static is(thrown: unknown): thrown is Lacking {
    return typeof thrown === 'object' && thrown !== null && #isOne in thrown && thrown.#isOne
  }

  get text(): string {
    return `${this.what}${LACKING}${this.why === '' ? '' : ` (${this.why})`}`
  }
}

/** What follows `what` in a message. */
function advice(what: string): string {
  switch (what) {
    case SHARED:
      return `, which only the node engine can share; use new Pool({ engine: 'node' }) or send a copy`
    case TOO_DEEP:
    case TOO_DEEP_FOR_STACK:
      return '; send its parts as a list, or a flatter value'
    case TOO_LARGE:
      return '; send less at once'
    default:
      if (StringIncludes(what, LACKING)) return '; send it in another form'
      return ', which cannot be copied between threads; remove it or send plain data'
  }
}

/** A value that no payload can carry: a function, a symbol, a promise, a WeakMap, … */
export class DataCloneError extends Error {
  override name = 'DataCloneError'
  readonly code = 'ERR_ISOLANE_NOT_CLONEABLE'
  /** The call that it has ended, if there was one by then. */
  declare readonly callId?: string
  /** The function of the call. */
  declare readonly function?: string
  /** The tenant of the call. */
  declare readonly tenant?: string
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
    super(`${path} is ${what}${advice(what)}`)
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
  /** The call that it has ended, if there was one by then. */
  declare readonly callId?: string
  /** The function of the call. */
  declare readonly function?: string
  /** The tenant of the call. */
  declare readonly tenant?: string

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

/** Thrown while a value is written; the encoder turns it into a DataCloneError that names the path. */
export class Uncloneable {
  readonly #isOne = true

  constructor(readonly value: unknown) {}

  /** Asks no property or trap of `thrown`, as `instanceof` would: a getter may have thrown anything. */
  static is(thrown: unknown): thrown is Uncloneable {
    return typeof thrown === 'object' && thrown !== null && #isOne in thrown && thrown.#isOne
  }
}

/** The same for what is nested deeper than MAX_DEPTH. */
export class TooDeep {
  readonly #isOne = true

  constructor(readonly value: unknown) {}

  static is(thrown: unknown): thrown is TooDeep {
    return typeof thrown === 'object' && thrown !== null && #isOne in thrown && thrown.#isOne
  }
}

/** The same for what is larger than a payload may be. */
export class TooLarge {
  readonly #isOne = true

  static is(thrown: unknown): thrown is TooLarge {
    return typeof thrown === 'object' && thrown !== null && #isOne in thrown && thrown.#isOne
  }
}
