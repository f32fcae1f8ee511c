import {
  TypedArrayLength,
  TypedArraySet,
  Uint32ArrayConstructor,
  Uint8ArrayConstructor,
} from '../../codec/shared/primordials.js'
import { Control } from '../../driver/contract.js'
import type { Driver } from '../../driver/driver.js'
import type { RunHost } from '../../driver/run-host.js'
import { align, CODEC, Operation } from '../../protocol.js'

/** Arguments, then items: a number, and records as most calls have them. */
const SAMPLES: readonly (readonly [args: unknown, items: readonly unknown[]])[] = [
  [undefined, [1]],
  [{ limit: 1 }, [{ id: 1, name: 'one', tags: ['x'], at: { x: 0.5 } }, { id: 2 }]],
]

/** Bytes in front of the arguments: the length of the one part. */
const HEAD = 4

/**
 * Takes the way of every context's first call, from bytes to bytes. The engine does so once per
 * process, before it keeps the prelude's compiled code for the contexts to come: what has never run
 * is not in that code, and each context would compile it anew.
 */
export function warmUp(driver: Driver, host: RunHost): void {
  const { words, doubles, services } = host
  const { encoder } = services.codec
  for (let i = 0; i < SAMPLES.length; i++) {
    const sample = SAMPLES[i]!
    const args = sample[0]
    const items = sample[1]
    // What is encoded next takes the same memory.
    const head = new Uint8ArrayConstructor(encoder.encode(args))
    const part = new Uint8ArrayConstructor(encoder.encode(items))
    const argsOffset = align(HEAD)
    const offset = align(argsOffset + TypedArrayLength(head))
    const buffer = driver.reserve(offset + TypedArrayLength(part))
    new Uint32ArrayConstructor(buffer)[0] = TypedArrayLength(part)
    const input = new Uint8ArrayConstructor(buffer)
    TypedArraySet(input, head, argsOffset)
    TypedArraySet(input, part, offset)
    words[Control.Kind] = Operation.Map | (CODEC << 8) | (CODEC << 16)
    words[Control.ArgsLength] = TypedArrayLength(head)
    doubles[Control.First >> 1] = 0
    words[Control.Count] = items.length
    words[Control.Parts] = 1
    words[Control.MaxFailures] = 0
    driver.call(echo, undefined, undefined)
  }
}

const echo = (item: unknown) => item
