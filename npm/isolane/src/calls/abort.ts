import { addAbortListener } from 'node:events'
import { clearInterval, guarded, setInterval } from '../addon/timers.js'

/** What waits for a signal, and what ends the waiting. */
interface Watch {
  readonly signal: AbortSignal
  readonly callbacks: Set<() => void>
  /** In `asked`. */
  readonly self: WeakRef<Watch>
  stop(): void
}

/** By signal: many calls may have the same, and Node warns of a signal with many listeners. */
const watches = new WeakMap<AbortSignal, Watch>()
/** The same; what nobody holds but a signal that has been forgotten shall not stay. */
const asked = new Set<WeakRef<Watch>>()

/** So often signals are asked whose event may not have come. */
const LOOK_MS = 500
let timer: NodeJS.Timeout | undefined

/**
 * Calls `callback` when `signal` is aborted from now on; again, if that throws. Returns what ends that.
 *
 * @throws what a signal that is not Node's throws
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  const watch = watches.get(signal) ?? watchOf(signal)
  watch.callbacks.add(callback)
  return () => {
    if (!watch.callbacks.delete(callback) || watch.callbacks.size > 0) return
    forget(watch)
    guarded(() => watch.stop())
  }
}

function watchOf(signal: AbortSignal): Watch {
  const stop = listen(signal, () => {
    try {
      aborted(watch)
    } catch {
      // No stack is left; see `look`.
    }
  })
  const watch = { signal, callbacks: new Set<() => void>(), stop } as Watch & {
    self: WeakRef<Watch>
  }
  watch.self = new WeakRef(watch)
  watches.set(signal, watch)
  asked.add(watch.self)
  timer ??= setInterval(look, LOOK_MS).unref()
  return watch
}

function forget({ signal, self }: Watch): void {
  watches.delete(signal)
  asked.delete(self)
}

/** Each callback is forgotten when it has done what it has to. */
function aborted(watch: Watch): void {
  const { callbacks } = watch
  for (const callback of callbacks) {
    callback()
    callbacks.delete(callback)
  }
  forget(watch)
}

/**
 * An event of a signal that was aborted in the depth of a recursion may have found no stack, in Node's
 * code or here. It does not come again.
 */
function look(): void {
  for (const self of asked) {
    const watch = self.deref()
    try {
      if (watch === undefined) asked.delete(self)
      else if (watch.signal.aborted) aborted(watch)
    } catch {
      // A signal that is not Node's does not say.
    }
  }
  if (asked.size > 0) return
  clearInterval(timer)
  timer = undefined
}

/** Where Node can, also behind a listener that stops the event from reaching others. */
function listen(signal: AbortSignal, abort: () => void): () => void {
  if (addAbortListener !== undefined) {
    const listener = addAbortListener(signal, abort)
    return () => listener[Symbol.dispose]()
  }
  signal.addEventListener('abort', abort, { once: true })
  return () => signal.removeEventListener('abort', abort)
}
