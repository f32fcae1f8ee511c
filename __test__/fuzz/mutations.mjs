/** Bytes that are nearly right. */

const WORDS = [0, 1, 2, 7, 8, 127, 128, 255, 256, 65535, 2 ** 24, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1]

/** A copy of `bytes` with a few changes. */
export function mutated(random, bytes) {
  const copy = Uint8Array.from(bytes)
  if (copy.length === 0) return copy
  for (let edits = random.integer(1, 4); edits > 0; edits--) edit(random, copy)
  return random.chance(0.2) ? copy.slice(0, random.integer(0, copy.length)) : copy
}

/** Changes something in `bytes`, in place. */
export function edit(random, bytes) {
  const at = random.integer(0, bytes.length - 1)
  random.pick([
    () => (bytes[at] = random.integer(0, 255)),
    () => (bytes[at] ^= 1 << random.integer(0, 7)),
    () => (bytes[at] = random.pick([0, 1, 0x7f, 0x80, 0xff])),
    () => word(bytes, at & ~3, random.pick(WORDS)),
    () =>
      bytes.copyWithin(at, random.integer(0, bytes.length - 1), random.integer(0, bytes.length)),
  ])()
}

function word(bytes, at, value) {
  for (let i = 0; i < 4 && at + i < bytes.length; i++) bytes[at + i] = value >>> (8 * i)
}

export const randomBytes = (random, most) =>
  Uint8Array.from({ length: random.integer(2, most) }, () => random.integer(0, 255))
