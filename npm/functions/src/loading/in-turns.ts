/** Does something with each, some at a time. */
export async function inTurns<T>(
  queue: IterableIterator<T>,
  atOnce: number,
  task: (each: T) => Promise<void>,
): Promise<void> {
  const worker = async () => {
    for (const each of queue) await task(each)
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}
