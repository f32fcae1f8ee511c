import type { Encoder } from '../../codec/index.js'
import {
  Int32ArrayConstructor,
  TypedArraySet,
  Uint8ArrayConstructor,
} from '../../codec/shared/primordials.js'
import { CODEC, Operation } from '../../protocol.js'
import type { Driver } from '../driver.js'

/** Arguments, then items: a number, and records as most calls have them. */
const SAMPLES: readonly (readonly [args: unknown, items: readonly unknown[]])[] = [
  [undefined, [1]],
  [{ limit: 1 }, [{ id: 1, name: 'one', tags: ['x'], at: { x: 0.5 } }, { id: 2 }]],
]

/**
 * Takes the way of every context's first call, from bytes to bytes. The engine does so once per
 * process, before it keeps the prelude's compiled code for the contexts to come: what has never run
 * is not in that code, and each context would compile it anew.
 */
export function warmUp(driver: Driver, encoder: Encoder): void {
  for (let i = 0; i < SAMPLES.length; i++) {
    const [args, items] = SAMPLES[i]!
    // What is encoded next takes the same memory.
    const head = new Uint8ArrayConstructor(encoder.encode(args))
    const part = new Uint8ArrayConstructor(encoder.encode(items))
    const offset = 8 + ((head.length + 7) & ~7)
    const buffer = driver.reserve(offset + part.length)
    new Int32ArrayConstructor(buffer)[0] = part.length
    const input = new Uint8ArrayConstructor(buffer)
    TypedArraySet(input, head, 8)
    TypedArraySet(input, part, offset)
    const kind = Operation.Map | (CODEC << 8) | (CODEC << 16)
    driver.call(kind, echo, undefined, head.length, 0, items.length, 1, 0, undefined)
  }
}

const echo = (item: unknown) => item
