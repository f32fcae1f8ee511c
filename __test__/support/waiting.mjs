import { setTimeout as pause } from 'node:timers/promises'

/** How long a helper waits for what must come before it calls that a hang. */
export const PATIENCE_MS = 60_000

/** Resolves once `condition()` is truthy, with what it gave. */
export async function until(condition, what = String(condition)) {
  const end = performance.now() + PATIENCE_MS
  for (;;) {
    const value = await condition()
    if (value) return value
    if (performance.now() > end) throw new Error(`still not so: ${what}`)
    await pause(1)
  }
}

/** What `promise` settles to; rejects where it would hang, also with nothing to keep the process alive. */
export async function settled(promise) {
  const giveUp = new AbortController()
  const hang = pause(PATIENCE_MS, undefined, { signal: giveUp.signal }).then(() => {
    throw new Error('the promise does not settle')
  })
  hang.catch(() => {})
  try {
    return await Promise.race([promise, hang])
  } finally {
    giveUp.abort()
  }
}
