import { refuseRevoked } from '../errors/invalid.js'
import { InvalidTypeError } from '../errors/errors.js'
import { assertStack } from '../errors/stack.js'
import { FreezeMode, TARGET } from '../protocol.js'
import { SharedText } from './shared-encoding.js'
import type { TextFormat } from './text.js'

/** What a shared value needs of its pool. */
export interface SharedHost {
  /**
   * Encodes the value and hands it over. Returns its key, or the promise of it where that takes longer.
   *
   * @throws {PoolClosedError} the pool is closed
   */
  share(name: string, value: unknown, mode: number): number | Promise<number>
  /** Lets a key go. */
  withdraw(key: number): void
  /** Has an isolate read the value. */
  verify(value: SharedValue): Promise<void>
}

/**
 * Lets go of what was never disposed of, once nobody can reach it. What is registered here lives as
 * long as the value; the host's pool may refer to the value in turn, by a listener, and so must not.
 */
const abandoned = new FinalizationRegistry<{
  host: WeakRef<SharedHost>
  key: { current: number }
}>(({ host, key }) => host.deref()?.withdraw(key.current))

/** Options of `pool.share`. */
export interface ShareOptions {
  /**
   * By default no call leaves a mark that another call sees, at no cost where the function's text
   * shows that it writes to nothing that it did not make: such a function gets the value unfrozen,
   * any other gets it frozen, and the pool's `'log'` event says once why. V8 reads frozen arrays
   * slowly in `every`, `some`, `includes` and the like.
   *
   * `'deep'`: everything in the value is read-only, whoever reads it. `'objects'`: all but the
   * elements of arrays. `false`: nothing; what a function writes stays in its context, and later
   * calls there may see it.
   */
  freeze?: 'deep' | 'objects' | false
  /**
   * The value is JSON text, which the isolates parse: one value, or of `'ndjson'` an array of the values
   * of its lines. One isolate does so at once, to see that it is, however long that takes: the pool's
   * `timeout` is for calls.
   */
  from?: TextFormat
}

const MODES = { deep: FreezeMode.Deep, objects: FreezeMode.Objects } as const

function modeOf({ freeze }: ShareOptions): number {
  if (freeze === undefined) return FreezeMode.AsNeeded
  return freeze === false ? FreezeMode.Nothing : MODES[freeze]
}

/**
 * A value that stays in the isolates: encoded once by `pool.share`, decoded once per isolate at
 * first use, deeply frozen there unless {@link ShareOptions.freeze} says otherwise or no function
 * writes to it. JavaScript cannot freeze the elements of typed arrays, and what Maps, Sets and Dates
 * hold only against their own methods: a function that writes to them by other means changes its
 * own isolate's copy. A SharedArrayBuffer (node engine) stays writable, and
 * is one memory for all.
 */
export class SharedValue {
  readonly #host: SharedHost
  readonly #key: { current: number }
  readonly #mode: number
  readonly #from: TextFormat | undefined
  #disposed = false
  /** Updates that were begun, and the one whose value is current. */
  #begun = 0
  #current = 0

  private constructor(
    host: SharedHost,
    /** The name by which functions find it: `shared.<name>`. */
    readonly name: string,
    key: number,
    mode: number,
    from?: TextFormat,
  ) {
    this.#host = host
    this.#mode = mode
    this.#from = from
    this.#key = { current: key }
    abandoned.register(this, { host: new WeakRef(host), key: this.#key }, this)
  }

  /** @internal */
  static of(
    host: SharedHost,
    name: string,
    value: unknown,
    options: ShareOptions = {},
  ): Promise<SharedValue> {
    const { from } = options
    const mode = modeOf(options)
    const key = host.share(name, given(value, from), mode)
    return SharedValue.#verified(async () => new SharedValue(host, name, await key, mode, from))
  }

  /** @internal What functions get copies of, and do not see. */
  static async target(host: SharedHost, value: unknown): Promise<SharedValue> {
    const key = await host.share(TARGET, value, FreezeMode.Encoded)
    return new SharedValue(host, TARGET, key, FreezeMode.Encoded)
  }

  static async #verified(make: () => Promise<SharedValue>): Promise<SharedValue> {
    const shared = await make()
    try {
      await shared.#verify()
    } catch (error) {
      shared.dispose()
      throw error
    }
    return shared
  }

  /**
   * Replaces the value for calls made when the promise has resolved; those that are running keep theirs.
   * Where it rejects the value stays as it was.
   *
   * @param value leave it alone until then. Another shared value of this pool and name gives its own up, as
   *   it is in the isolates: one that `pool.warm` has had decoded takes its place without a cold call. It is
   *   disposed of by that
   */
  async update(value: unknown): Promise<void> {
    this.#assertAlive()
    assertStack()
    const update = ++this.#begun
    if (SharedValue.#isOne(value)) return this.#adopt(value, update)
    const shared = this.#host.share(this.name, given(value, this.#from), this.#mode)
    const isKnown = typeof shared === 'number' && this.#from === undefined
    const key = isKnown ? shared : await this.#checked(shared)
    // A later one may have been faster.
    const isStale = update < this.#current
    if (this.#disposed || isStale) this.#host.withdraw(key)
    this.#assertAlive()
    if (!isStale) this.#become(key, update)
  }

  #become(key: number, update: number): void {
    const previous = this.#key.current
    this.#key.current = key
    this.#current = update
    this.#host.withdraw(previous)
  }

  /** It asks nothing of the value, which may be a Proxy. */
  static #isOne(value: unknown): value is SharedValue {
    return typeof value === 'object' && value !== null && #key in value
  }

  /** Takes over what another one stands for. */
  #adopt(other: SharedValue, update: number): void {
    const key = other.keyFor(this.#host)
    if (other === this || other.name !== this.name) {
      const got = other === this ? 'itself' : `'${other.name}'`
      throw new InvalidTypeError(
        `value must be what to share, or another shared value named '${this.name}'; got ${got}`,
      )
    }
    other.#retire()
    this.#become(key, update)
  }

  /** The key of a value that no call sees yet, once an isolate has read it where it is text. */
  async #checked(key: number | Promise<number>): Promise<number> {
    const next = await SharedValue.#verified(
      async () => new SharedValue(this.#host, this.name, await key, this.#mode, this.#from),
    )
    next.#retire()
    return next.#key.current
  }

  /** Has text read by an isolate. Rejects where it is not JSON. */
  async #verify(): Promise<void> {
    if (this.#from !== undefined) await this.#host.verify(this)
  }

  /** Lets the value go once the calls that use it have ended. Disposing twice does nothing. */
  dispose(): void {
    if (this.#disposed) return
    assertStack()
    this.#retire()
    this.#host.withdraw(this.#key.current)
  }

  /** From now on the key is somebody else's to withdraw. */
  #retire(): void {
    this.#disposed = true
    abandoned.unregister(this)
  }

  /** Same as {@link dispose}. */
  [Symbol.dispose](): void {
    this.dispose()
  }

  /** @internal The key of the value as it is now, for a call on `host`. */
  keyFor(host: SharedHost): number {
    this.#assertAlive()
    if (host !== this.#host) {
      throw new InvalidTypeError(`The shared value '${this.name}' belongs to another pool`)
    }
    return this.#key.current
  }

  #assertAlive(): void {
    if (this.#disposed) {
      throw new InvalidTypeError(`The shared value '${this.name}' has been disposed of`)
    }
  }
}

function given(value: unknown, from: TextFormat | undefined): unknown {
  refuseRevoked('value', value)
  return from === undefined ? value : new SharedText(value, from)
}
