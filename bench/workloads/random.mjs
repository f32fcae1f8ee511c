/**
 * Seeded random draws, so that every run and every process measures the same data.
 *
 * The generator is Park and Miller's "minimal standard" with multiplier 48271 (CACM 36/7, 1993):
 * its products stay below 2^53, so doubles hold them exactly.
 *
 * @param {number} seed any integer
 */
export function makeRandom(seed) {
  const modulus = 2147483647
  let state = (Math.abs(Math.trunc(seed)) % (modulus - 1)) + 1

  /** @returns {number} in [0, 1) */
  const next = () => {
    state = (state * 48271) % modulus
    return (state - 1) / (modulus - 1)
  }
  // Small seeds start with small states, whose first draws would be alike.
  for (let i = 0; i < 8; i++) next()

  const integer = (low, high) => low + Math.floor(next() * (high - low + 1))
  const pick = (list) => list[integer(0, list.length - 1)]

  return {
    next,
    /** An integer in [low, high]. */
    integer,
    /** One element of `list`. */
    pick,
    /** True with the given probability. */
    chance: (probability) => next() < probability,
    /** `count` distinct elements of `list`, in the list's order. */
    sample(list, count) {
      let wanted = Math.min(count, list.length)
      return list.filter((_, i) => {
        const taken = next() * (list.length - i) < wanted
        if (taken) wanted--
        return taken
      })
    },
    /** A number in [low, high) rounded to `digits` decimals. */
    decimal: (low, high, digits) => Number((low + next() * (high - low)).toFixed(digits)),
  }
}
