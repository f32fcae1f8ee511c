/** Ends early with the signal. It keeps no process alive. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', wake)
      resolve()
    }
    const timer = setTimeout(wake, ms).unref()
    if (signal.aborted) wake()
    else signal.addEventListener('abort', wake)
  })
}
