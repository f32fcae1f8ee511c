/** Few sizes, so that a server prepares few statements; the largest first. */
const SIZES = [64, 8, 1]
/** Of all texts of a batch, in characters: servers refuse what is longer than a packet of some MiB. */
const MOST_CHARACTERS = 256 * 1024

/**
 * A list in pieces that are sent one after the other.
 *
 * @param lengthOf how long the text of one is
 */
export function* batches<T>(
  all: readonly T[],
  lengthOf: (one: T) => number,
): Generator<readonly T[]> {
  let start = 0
  while (start < all.length) {
    const size = SIZES.find((count) => {
      const batch = all.slice(start, start + count)
      const characters = batch.reduce((sum, one) => sum + lengthOf(one), 0)
      return batch.length === count && (count === 1 || characters <= MOST_CHARACTERS)
    })!
    yield all.slice(start, start + size)
    start += size
  }
}
