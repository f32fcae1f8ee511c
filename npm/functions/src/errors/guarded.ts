/** A listener that throws must not undo what is done: what it throws is an uncaught exception. */
export function guarded(tell: () => void): void {
  try {
    tell()
  } catch (error) {
    process.nextTick(() => {
      throw error
    })
  }
}
