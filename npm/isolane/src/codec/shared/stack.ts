/**
 * How many take more than the codec does for what does not look deep: some 300 KiB, and half as much again where
 * they are interpreted. A thread has about 1 MB in all.
 */
export const DEEP_CALLS = 1024

/** Whether there is room for so many calls, of some 300 bytes each. */
export function hasStack(calls: number): boolean {
  try {
    descend(calls, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    return true
  } catch {
    return false
  }
}

/** Parameters make its frames large, so that fewer calls do. */
// oxlint-disable-next-line no-unused-vars
function descend(calls: number, ..._: number[]): number {
  if (calls === 0) return 0
  return (
    descend(calls - 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0) + 1
  )
}
