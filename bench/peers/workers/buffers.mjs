import { move } from 'piscina'

export function touch(bytes) {
  bytes[bytes.length - 1]++
  return bytes
}

export const touchAndMove = (bytes) => move(touch(bytes))
