import { randomUUID } from 'node:crypto'

/** A name for a call: a UUID of version 7 (RFC 9562), so that names sort as their calls were made. */
export function makeCallId(): string {
  const time = Date.now().toString(16).padStart(12, '0')
  // One of version 4 has its random bits, and its variant, in the same places.
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`
}
