/** How many calls deep room is asked for: some 6 KiB, which takes less than a microsecond. */
const DEPTH = 64

/**
 * Throws now what would else be thrown in the middle of something: by code that has no stack left, which
 * may go on when it has caught that. For what must be done as a whole, and runs no code of the user's.
 *
 * @throws {RangeError} V8's own
 */
export function assertStack(): void {
  descend(DEPTH, 0, 0, 0, 0, 0, 0, 0, 0)
}

/** Parameters make its frames large. */
// oxlint-disable-next-line no-unused-vars
function descend(depth: number, ..._: number[]): number {
  return depth === 0 ? 0 : descend(depth - 1, 0, 0, 0, 0, 0, 0, 0, 0) + 1
}

/** Whether that is what was thrown. Calls nothing: there may be no stack for it. */
export function isOutOfStack(error: unknown): boolean {
  return (error as Error).message === 'Maximum call stack size exceeded'
}
