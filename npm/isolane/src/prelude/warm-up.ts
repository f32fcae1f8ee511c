import type { Encoder } from '../codec/index.js'
import { CODEC, Operation } from '../protocol.js'
import type { Driver } from './driver.js'

/** Arguments, then items: a number, and records as most calls have them. */
const SAMPLES: readonly (readonly [args: unknown, items: readonly unknown[]])[] = [
  [undefined, [1]],
  [{ limit: 1 }, [{ id: 1, name: 'one', tags: ['x'], at: { x: 0.5 } }, { id: 2 }]],
]

/**
 * Takes the way of every realm's first call, from bytes to bytes. The engine does so once per
 * process, before it keeps the prelude's compiled code for the realms to come: what has never run
 * is not in that code, and each realm would compile it anew.
 */
export function warmUp(driver: Driver, encoder: Encoder): void {
  for (let i = 0; i < SAMPLES.length; i++) {
    const [args, items] = SAMPLES[i]!
    const head = encoder.encode(args).slice()
    const part = encoder.encode(items).slice()
    const offset = 8 + ((head.length + 7) & ~7)
    const buffer = driver.reserve(offset + part.length)
    new Uint32Array(buffer)[0] = part.length
    const input = new Uint8Array(buffer)
    input.set(head, 8)
    input.set(part, offset)
    const kind = Operation.Map | (CODEC << 8) | (CODEC << 16)
    driver.call(kind, echo, undefined, head.length, 0, items.length, 1, 0, undefined)
  }
}

const echo = (item: unknown) => item
