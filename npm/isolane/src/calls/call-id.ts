import { randomBytes } from 'node:crypto'

/** Of this thread of this process: 42 random bits, drawn when the first id is made. */
let thread: number | undefined

/** The 6 bits of an order that stand before them. */
const ORDER_BITS = 2 ** 42

/**
 * A name for a call, as a UUID of version 7 (RFC 9562): ids in the order of their text are in that of
 * the calls.
 *
 * @param made when the call was made, in milliseconds since the epoch
 * @param order tells calls of one millisecond apart, and their order; 32 bits
 */
export function makeCallId(made: number, order: number): string {
  thread ??= randomBytes(6).readUIntBE(0, 6) % ORDER_BITS
  const time = hex(made, 12)
  const high = hex(order >>> 20, 3)
  const middle = hex(0x8000 | ((order >>> 6) & 0x3fff), 4)
  const low = hex((order & 0x3f) * ORDER_BITS + thread, 12)
  return `${time.slice(0, 8)}-${time.slice(8)}-7${high}-${middle}-${low}`
}

function hex(number: number, digits: number): string {
  return number.toString(16).padStart(digits, '0')
}
