// Captured: in a Worker, functions may replace them.
const NativeWeakRef = WeakRef
const deref = Function.prototype.call.bind(WeakRef.prototype.deref) as (
  ref: WeakRef<SharedArrayBuffer>,
) => SharedArrayBuffer | undefined

/** A shared buffer on its way to another thread, or (without one) the word to let it go. */
export interface BufferMessage {
  id: number
  buffer: SharedArrayBuffer | undefined
}

/**
 * The shared buffers that a thread has met, by the ids that a pool knows them by. It keeps none of
 * them alive. Each message that brings a buffer makes another object over the same memory: here the
 * first one is found again, so that identity lasts as long as anybody can tell.
 */
export class BufferTable {
  readonly #counter: Uint32Array
  readonly #idOf: (buffer: SharedArrayBuffer) => number | undefined
  readonly #setId: (buffer: SharedArrayBuffer, id: number) => unknown
  readonly #ref: (id: number) => WeakRef<SharedArrayBuffer> | undefined
  readonly #setRef: (id: number, ref: WeakRef<SharedArrayBuffer>) => unknown
  readonly #watch: (buffer: SharedArrayBuffer, id: number) => void

  /** @param counter of ids; all threads of the pool share it */
  constructor(counter: Uint32Array) {
    this.#counter = counter
    const ids = new WeakMap<SharedArrayBuffer, number>()
    this.#idOf = ids.get.bind(ids)
    this.#setId = ids.set.bind(ids)
    const refs = new Map<number, WeakRef<SharedArrayBuffer>>()
    this.#ref = refs.get.bind(refs)
    this.#setRef = refs.set.bind(refs)
    const remove = refs.delete.bind(refs)
    const collected = new FinalizationRegistry<number>((id) => {
      // Another object may have come under the id.
      if (this.#alive(id) === undefined) remove(id)
    })
    this.#watch = collected.register.bind(collected)
  }

  /** The buffer's id; a new one where it has none. */
  idOf(buffer: SharedArrayBuffer): number {
    const known = this.#idOf(buffer)
    if (known !== undefined) return known
    // Relaxed would do: all that counts is that no two threads get the same number.
    const id = add(this.#counter, 0, 1)
    this.#enter(id, buffer)
    return id
  }

  /** The object that stands for a buffer that has come: the one that is known, or this one. */
  adopt(id: number, buffer: SharedArrayBuffer): SharedArrayBuffer {
    const known = this.#alive(id)
    if (known === undefined) this.#enter(id, buffer)
    return known ?? buffer
  }

  #alive(id: number): SharedArrayBuffer | undefined {
    const ref = this.#ref(id)
    return ref === undefined ? undefined : deref(ref)
  }

  #enter(id: number, buffer: SharedArrayBuffer): void {
    this.#setId(buffer, id)
    this.#setRef(id, new NativeWeakRef(buffer))
    this.#watch(buffer, id)
  }
}

const { add } = Atomics
