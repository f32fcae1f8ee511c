import { addAbortListener } from 'node:events'
import { guarded } from '../addon/timers.js'

/** What waits for a signal, and what ends the waiting. */
interface Watch {
  readonly callbacks: Set<() => void>
  stop(): void
}

/** By signal: many calls may have the same, and Node warns of a signal with many listeners. */
const watches = new WeakMap<AbortSignal, Watch>()

/**
 * Calls `callback`, which must not throw, when `signal` is aborted from now on. Returns what ends that.
 *
 * @throws what a signal that is not Node's throws
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  const watch = watches.get(signal) ?? watchOf(signal)
  watch.callbacks.add(callback)
  return () => {
    if (!watch.callbacks.delete(callback) || watch.callbacks.size > 0) return
    watches.delete(signal)
    guarded(() => watch.stop())
  }
}

function watchOf(signal: AbortSignal): Watch {
  const callbacks = new Set<() => void>()
  const abort = (): void => {
    watches.delete(signal)
    const called = [...callbacks]
    callbacks.clear()
    for (const callback of called) callback()
  }
  const watch = { callbacks, stop: listen(signal, abort) }
  watches.set(signal, watch)
  return watch
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
